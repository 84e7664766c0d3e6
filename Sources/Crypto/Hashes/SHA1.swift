/// SHA-1 (FIPS 180-4), 20 bytes. It is broken for signatures and identities: here only to check old multihashes.
public enum SHA1 {
    /// The length of a hash in bytes.
    public static let byteCount = 20

    /// The 20-byte hash of `bytes`.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { DigestAlgorithm.sha1.hash($0) }
    }
}
