/// RIPEMD-160, which Bitcoin's key fingerprints are made with. For nothing else.
public enum RIPEMD160 {
    /// The length of a hash in bytes.
    public static let byteCount = 20

    /// The 20-byte hash of `bytes`.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { DigestAlgorithm.ripemd160.hash($0) }
    }
}
