/// The hash function of a multihash, by its code in the multicodec table. Unknown codes are carried as they are.
public struct MultihashCode: RawRepresentable, Hashable, Sendable {
    /// The code in the multicodec table.
    public let rawValue: UInt64

    /// The function with this code.
    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// No hash: the digest is the data itself. Peer ids of small keys.
    public static let identity = MultihashCode(rawValue: 0x00)
    /// SHA-1, only to read old values.
    public static let sha1 = MultihashCode(rawValue: 0x11)
    /// SHA-256: peer ids of large keys, CIDs, certificate hashes.
    public static let sha2256 = MultihashCode(rawValue: 0x12)
    /// SHA-512.
    public static let sha2512 = MultihashCode(rawValue: 0x13)
    /// SHA3-512.
    public static let sha3512 = MultihashCode(rawValue: 0x14)
    /// SHA3-384.
    public static let sha3384 = MultihashCode(rawValue: 0x15)
    /// SHA3-256.
    public static let sha3256 = MultihashCode(rawValue: 0x16)
    /// SHA3-224.
    public static let sha3224 = MultihashCode(rawValue: 0x17)
    /// BLAKE3, of any length.
    public static let blake3 = MultihashCode(rawValue: 0x1e)
    /// BLAKE2b-256.
    public static let blake2b256 = MultihashCode(rawValue: 0xb220)

    /// The length of the function's full digest in bytes; nil if it has none of its own or is unknown.
    public var digestCount: Int? {
        switch self {
        case .sha1: 20
        case .sha3224: 28
        case .sha2256, .sha3256, .blake2b256: 32
        case .sha3384: 48
        case .sha2512, .sha3512: 64
        default: nil
        }
    }
}
