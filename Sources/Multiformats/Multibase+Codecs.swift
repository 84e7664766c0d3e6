extension Multibase {
    /// How a base is worked: digit by digit, or as one number.
    enum Codec: Sendable {
        case bits(BitCodec)
        case radix(RadixCodec)
    }

    /// The codec of this base.
    var codec: Codec {
        switch self {
        case .base2: Self.base2Codec
        case .base8: Self.base8Codec
        case .base10: Self.base10Codec
        case .base16: Self.base16Codec
        case .base16Upper: Self.base16UpperCodec
        case .base32: Self.base32Codec
        case .base32Upper: Self.base32UpperCodec
        case .base32Padded: Self.base32PaddedCodec
        case .base32PaddedUpper: Self.base32PaddedUpperCodec
        case .base32Hex: Self.base32HexCodec
        case .base32HexUpper: Self.base32HexUpperCodec
        case .base32HexPadded: Self.base32HexPaddedCodec
        case .base32HexPaddedUpper: Self.base32HexPaddedUpperCodec
        case .base32Z: Self.base32ZCodec
        case .base36: Self.base36Codec
        case .base36Upper: Self.base36UpperCodec
        case .base58BTC: Self.base58BTCCodec
        case .base58Flickr: Self.base58FlickrCodec
        case .base64: Self.base64Codec
        case .base64Padded: Self.base64PaddedCodec
        case .base64URL: Self.base64URLCodec
        case .base64URLPadded: Self.base64URLPaddedCodec
        }
    }

    private static let base2Codec = bits(1, "01")
    private static let base8Codec = bits(3, "01234567")
    private static let base10Codec = radix("0123456789")
    private static let base16Codec = bits(4, "0123456789abcdef")
    private static let base16UpperCodec = bits(4, "0123456789ABCDEF")
    private static let base32Codec = bits(5, "abcdefghijklmnopqrstuvwxyz234567")
    private static let base32UpperCodec = bits(5, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    private static let base32PaddedCodec = bits(5, "abcdefghijklmnopqrstuvwxyz234567", isPadded: true)
    private static let base32PaddedUpperCodec = bits(5, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", isPadded: true)
    private static let base32HexCodec = bits(5, "0123456789abcdefghijklmnopqrstuv")
    private static let base32HexUpperCodec = bits(5, "0123456789ABCDEFGHIJKLMNOPQRSTUV")
    private static let base32HexPaddedCodec = bits(5, "0123456789abcdefghijklmnopqrstuv", isPadded: true)
    private static let base32HexPaddedUpperCodec = bits(5, "0123456789ABCDEFGHIJKLMNOPQRSTUV", isPadded: true)
    private static let base32ZCodec = bits(5, "ybndrfg8ejkmcpqxot1uwisza345h769")
    private static let base36Codec = radix("0123456789abcdefghijklmnopqrstuvwxyz", ignoresCase: true)
    private static let base36UpperCodec = radix("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", ignoresCase: true)
    private static let base58BTCCodec = radix("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
    private static let base58FlickrCodec = radix("123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ")
    private static let base64Codec = bits(6, base64Alphabet)
    private static let base64PaddedCodec = bits(6, base64Alphabet, isPadded: true)
    private static let base64URLCodec = bits(6, base64URLAlphabet)
    private static let base64URLPaddedCodec = bits(6, base64URLAlphabet, isPadded: true)

    private static let base64Alphabet: StaticString =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    private static let base64URLAlphabet: StaticString =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    /// Below six bits a digit, letters mean the same in either case.
    private static func bits(_ count: Int, _ alphabet: StaticString, isPadded: Bool = false) -> Codec {
        .bits(
            BitCodec(
                bitsPerDigit: count, alphabet: Alphabet(alphabet, ignoresCase: count < 6), isPadded: isPadded))
    }

    private static func radix(_ alphabet: StaticString, ignoresCase: Bool = false) -> Codec {
        .radix(RadixCodec(alphabet: Alphabet(alphabet, ignoresCase: ignoresCase)))
    }
}
