/// Binary as text, in a base that the text's first character names. The case's raw value is that character.
///
/// Source: multiformats/multibase (every base of its table but base256emoji).
public enum Multibase: Character, CaseIterable, Sendable {
    /// Binary digits.
    case base2 = "0"
    /// Octal digits.
    case base8 = "7"
    /// Decimal digits of one number.
    case base10 = "9"
    /// Lower-case hexadecimal.
    case base16 = "f"
    /// Upper-case hexadecimal.
    case base16Upper = "F"
    /// RFC 4648 base32, lower case, no padding: the usual text of a CID.
    case base32 = "b"
    /// RFC 4648 base32, upper case, no padding.
    case base32Upper = "B"
    /// RFC 4648 base32, lower case, padded.
    case base32Padded = "c"
    /// RFC 4648 base32, upper case, padded.
    case base32PaddedUpper = "C"
    /// RFC 4648 base32hex, lower case, no padding.
    case base32Hex = "v"
    /// RFC 4648 base32hex, upper case, no padding.
    case base32HexUpper = "V"
    /// RFC 4648 base32hex, lower case, padded.
    case base32HexPadded = "t"
    /// RFC 4648 base32hex, upper case, padded.
    case base32HexPaddedUpper = "T"
    /// z-base-32.
    case base32Z = "h"
    /// Lower-case base36, as in IPNS names.
    case base36 = "k"
    /// Upper-case base36.
    case base36Upper = "K"
    /// Bitcoin's base58.
    case base58BTC = "z"
    /// Flickr's base58.
    case base58Flickr = "Z"
    /// RFC 4648 base64, no padding.
    case base64 = "m"
    /// RFC 4648 base64, padded.
    case base64Padded = "M"
    /// RFC 4648 base64url, no padding.
    case base64URL = "u"
    /// RFC 4648 base64url, padded.
    case base64URLPadded = "U"

    /// The longest text that `decode` takes unless told otherwise, in bytes.
    public static let defaultLimit = 4096

    /// The text of `bytes`, with its prefix character.
    public func encode(_ bytes: [UInt8]) -> String {
        String(rawValue) + encodeWithoutPrefix(bytes)
    }

    /// The text of `bytes` in this base alone, as other formats use it: `Multibase.base64Padded` is the usual base64.
    public func encodeWithoutPrefix(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        switch codec {
        case .bits(let codec): codec.encode(bytes, into: &text)
        case .radix(let codec): codec.encode(bytes, into: &text)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads text with a prefix character.
    /// - Parameter limit: the longest text, in bytes of UTF-8, that is looked at.
    /// - Returns: the base that the prefix names, and the bytes.
    public static func decode(
        _ text: some StringProtocol, limit: Int = defaultLimit
    ) throws(MultibaseError) -> (base: Multibase, bytes: [UInt8]) {
        let utf8 = text.utf8
        guard let prefix = utf8.first else { throw .empty }
        guard let base = Multibase(rawValue: Character(Unicode.Scalar(prefix))) else { throw .unknownBase }
        return (base, try base.decode(utf8.dropFirst(), limit: max(0, limit - 1)))
    }

    /// Reads text of this base that has no prefix character.
    /// - Parameter limit: the longest text, in bytes of UTF-8, that is looked at.
    public func decodeWithoutPrefix(
        _ text: some StringProtocol, limit: Int = defaultLimit
    ) throws(MultibaseError) -> [UInt8] {
        try decode(text.utf8, limit: limit)
    }

    private func decode(_ utf8: some Collection<UInt8>, limit: Int) throws(MultibaseError) -> [UInt8] {
        // Not all of a text beyond the limit is even counted.
        let digits = Array(utf8.prefix(limit + 1))
        guard digits.count <= limit else { throw .tooLong(limit: limit) }
        switch codec {
        case .bits(let codec): return try codec.decode(digits[...])
        case .radix(let codec): return try codec.decode(digits[...])
        }
    }
}

/// Why text is not what a base can write. Offsets count bytes after the prefix.
public enum MultibaseError: Error, Hashable, Sendable {
    /// The text is empty: there is no prefix.
    case empty
    /// The first character names no base that is known here.
    case unknownBase
    /// The text is longer than the caller allows, in bytes.
    case tooLong(limit: Int)
    /// A character is no digit of the base.
    case invalidCharacter(offset: Int)
    /// No bytes have a text of this length, or the padding is wrong.
    case invalidLength
    /// The last digit carries bits that belong to no byte.
    case notCanonical
}
