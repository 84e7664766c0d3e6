import CSodium

/// Diffie–Hellman on Curve25519 (RFC 7748).
public enum X25519 {
    /// The length of private keys, public keys and shared secrets, in bytes.
    public static let byteCount = 32

    /// A private key and the public key that belongs to it.
    public struct PrivateKey: Sendable {
        private let bytes: SecretBytes

        /// The 32-byte public key.
        public let publicKey: [UInt8]

        /// A key from 32 random bytes; clamping is done by the curve function.
        ///
        /// - Precondition: `bytes` has 32 bytes.
        public init(bytes: SecretBytes) {
            precondition(bytes.count == X25519.byteCount, "an X25519 private key has 32 bytes")
            self.bytes = bytes
            publicKey = [UInt8](unsafeUninitializedCapacity: X25519.byteCount) { buffer, initialised in
                bytes.withUnsafeBytes { scalar in
                    _ = crypto_scalarmult_base(UnsafeMutableRawBufferPointer(buffer).octets, scalar.octets)
                }
                initialised = X25519.byteCount
            }
        }

        /// The secret shared with the owner of a 32-byte public key.
        ///
        /// Throws ``CryptoError/lowOrderPoint`` where the result would be zero, which a peer can force otherwise.
        public func sharedSecret(with publicKey: [UInt8]) throws(CryptoError) -> SecretBytes {
            guard publicKey.count == X25519.byteCount else {
                throw .wrongKeyLength(expected: X25519.byteCount, actual: publicKey.count)
            }
            return try SecretBytes(count: X25519.byteCount) { (output) throws(CryptoError) in
                let result = bytes.withUnsafeBytes { scalar in
                    crypto_scalarmult(
                        output.octets,
                        scalar.octets, publicKey)
                }
                guard result == 0 else { throw .lowOrderPoint }
            }
        }
    }
}
