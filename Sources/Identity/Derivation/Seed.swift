import Crypto

/// What the keys of an account are derived from: 64 bytes of a mnemonic, or 16...64 bytes from elsewhere.
public struct Seed: Sendable {
    /// The accepted lengths in bytes (BIP-32, "Master key generation").
    public static let byteCounts = 16...64

    /// The bytes. They are the secret itself.
    public let secret: SecretBytes

    /// A seed of 16...64 bytes. Throws ``DerivationError/seedLength(_:)``.
    public init(_ secret: SecretBytes) throws(DerivationError) {
        guard Self.byteCounts.contains(secret.count) else { throw .seedLength(secret.count) }
        self.secret = secret
    }

    init(unchecked secret: SecretBytes) {
        self.secret = secret
    }

    /// HMAC-SHA512 of the seed under the name of a curve: master key, then chain code.
    func master(curve: StaticString) -> SecretBytes {
        secret.withUnsafeBytes { seed in
            curve.withUTF8Buffer { HMACSHA512.authenticationCode(for: [seed], key: UnsafeRawBufferPointer($0)) }
        }
    }
}
