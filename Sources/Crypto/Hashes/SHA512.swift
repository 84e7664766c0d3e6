/// SHA-512 (FIPS 180-4), 64 bytes. In one call, or in pieces: `init`, `update`, `finalize`.
public struct SHA512: ~Copyable {
    /// The length of a hash in bytes.
    public static let byteCount = 64

    private var digest = MessageDigest(.sha512)

    /// A hash of nothing yet.
    public init() {}

    /// Appends bytes to what is hashed.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        digest.update(bytes)
    }

    /// Appends bytes to what is hashed.
    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { digest.update($0) }
    }

    /// Ends the hash and returns its 64 bytes.
    public consuming func finalize() -> [UInt8] {
        digest.finalize()
    }

    /// The 64-byte hash of `bytes`.
    public static func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        DigestAlgorithm.sha512.hash(bytes)
    }

    /// The 64-byte hash of `bytes`.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { DigestAlgorithm.sha512.hash($0) }
    }
}
