/// SHA-256 (FIPS 180-4), 32 bytes. In one call, or in pieces: `init`, `update`, `finalize`.
public struct SHA256: ~Copyable {
    /// The length of a hash in bytes.
    public static let byteCount = 32

    private var digest = MessageDigest(.sha256)

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

    /// Ends the hash and returns its 32 bytes.
    public consuming func finalize() -> [UInt8] {
        digest.finalize()
    }

    /// The 32-byte hash of `bytes`.
    public static func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        DigestAlgorithm.sha256.hash(bytes)
    }

    /// The 32-byte hash of `bytes`.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { DigestAlgorithm.sha256.hash($0) }
    }
}
