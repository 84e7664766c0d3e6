import Crypto

/// The address of an Ethereum account: the last 20 bytes of the Keccak-256 of its public key.
public struct EVMAddress: Hashable, Sendable {
    /// The length of an address in bytes.
    public static let byteCount = 20

    /// The 20 bytes.
    public let bytes: [UInt8]

    /// The address that belongs to a public key; nil if the key is not on the curve.
    public init?(_ key: Secp256k1.PublicKey) {
        guard let point = key.uncompressed() else { return nil }
        bytes = Array(Keccak256.hash(Array(point.dropFirst())).suffix(Self.byteCount))
    }

    /// The address that belongs to a private key.
    public init(_ key: Secp256k1.PrivateKey) {
        guard let address = EVMAddress(key.publicKey) else {
            preconditionFailure("the public half of a private key is on the curve")
        }
        self = address
    }

    /// An address of ``byteCount`` bytes; nil for any other number of them.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// Reads `0x` and 40 hexadecimal digits. If their letters are not all of one case they carry the checksum of
    /// EIP-55, and it must be right.
    public init(_ text: some StringProtocol) throws(EVMAddressError) {
        let characters = Array(text.utf8.prefix(2 * Self.byteCount + 3))
        guard characters.count == 2 * Self.byteCount + 2, characters.starts(with: Array("0x".utf8)) else {
            throw .malformed
        }
        let digits = characters.dropFirst(2)
        var bytes: [UInt8] = []
        var pending: UInt8?
        for character in digits {
            guard let value = Character(UnicodeScalar(character)).hexDigitValue else { throw .malformed }
            let nibble = UInt8(truncatingIfNeeded: value)
            if let high = pending {
                bytes.append(high << 4 | nibble)
                pending = nil
            } else {
                pending = nibble
            }
        }
        self.bytes = bytes
        let hasUpper = digits.contains { (0x41...0x46).contains($0) }
        let hasLower = digits.contains { (0x61...0x66).contains($0) }
        if hasUpper && hasLower && !characters.elementsEqual(description.utf8) { throw .wrongChecksum }
    }

    /// The text in lower case, without a checksum, as gigi writes it.
    public var lowercased: String {
        "0x" + String(decoding: Self.digits(of: bytes), as: UTF8.self)
    }

    private static func digits(of bytes: [UInt8]) -> [UInt8] {
        bytes.flatMap { byte in [byte >> 4, byte & 15].map { $0 < 10 ? 0x30 + $0 : 0x57 + $0 } }
    }
}

extension EVMAddress: CustomStringConvertible {
    /// The text with the checksum of EIP-55: a letter is a capital where the Keccak-256 of the lower-case digits has
    /// a nibble of 8 or more.
    public var description: String {
        let digits = Self.digits(of: bytes)
        let hash = Keccak256.hash(digits)
        let nibbles = hash.flatMap { [$0 >> 4, $0 & 15] }
        let marked = zip(digits, nibbles).map { digit, nibble in
            digit >= 0x61 && nibble >= 8 ? digit ^ 0x20 : digit
        }
        return "0x" + String(decoding: marked, as: UTF8.self)
    }
}

/// Why a text is no address.
public enum EVMAddressError: Error, Equatable, Sendable {
    /// Not `0x` and 40 hexadecimal digits.
    case malformed
    /// Capitals and small letters do not agree with the checksum: a digit was mistyped.
    case wrongChecksum
}

extension EVMAddressError: CustomStringConvertible {
    /// One lower-case sentence for logs and error messages.
    public var description: String {
        switch self {
        case .malformed: "an address is 0x and 40 hexadecimal digits"
        case .wrongChecksum: "the address was mistyped: its capitals do not fit its digits"
        }
    }
}
