import CSodium

/// Ed25519 signatures (RFC 8032), over the message itself.
public enum Ed25519 {
    /// The length of a seed, the private half, in bytes.
    public static let seedByteCount = 32
    /// The length of a public key in bytes.
    public static let publicKeyByteCount = 32
    /// The length of a signature in bytes.
    public static let signatureByteCount = 64

    /// A signing key. The public half is always computed from the seed: to sign with a public half that someone else
    /// supplied gives the secret away (CVE-2022-50237).
    public struct PrivateKey: Sendable {
        /// The public half.
        public let publicKey: PublicKey

        // libsodium's expanded form: seed, then public key.
        private let expanded: SecretBytes

        /// The key of a 32-byte seed.
        ///
        /// - Precondition: `seed` has 32 bytes.
        public init(seed: SecretBytes) {
            precondition(seed.count == seedByteCount, "an Ed25519 seed has 32 bytes")
            var publicBytes = [UInt8](repeating: 0, count: publicKeyByteCount)
            expanded = SecretBytes(count: seedByteCount + publicKeyByteCount) { expanded in
                seed.withUnsafeBytes { seed in
                    _ = crypto_sign_seed_keypair(
                        &publicBytes, expanded.octets,
                        seed.octets)
                }
            }
            publicKey = PublicKey(unchecked: publicBytes)
        }

        /// The 64-byte signature of `message`; the same message always gives the same one.
        public func sign(_ message: [UInt8]) -> [UInt8] {
            [UInt8](unsafeUninitializedCapacity: signatureByteCount) { buffer, initialised in
                expanded.withUnsafeBytes { key in
                    _ = crypto_sign_detached(
                        UnsafeMutableRawBufferPointer(buffer).octets, nil, message, UInt64(message.count),
                        key.octets)
                }
                initialised = signatureByteCount
            }
        }

        /// Overwrites the secret half, in every copy of this key. Nobody may be signing on another thread.
        public func wipe() {
            expanded.wipe()
        }

        /// Lends `seed || public key`, the 64 bytes that libp2p stores, to the closure.
        public func withUnsafeExpandedBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
            expanded.withUnsafeBytes(body)
        }
    }

    /// A verification key.
    public struct PublicKey: Hashable, Sendable {
        /// The 32 bytes.
        public let bytes: [UInt8]

        /// A key of exactly 32 bytes. Whether they are a point on the curve shows at verification.
        public init(_ bytes: [UInt8]) throws(CryptoError) {
            guard bytes.count == publicKeyByteCount else {
                throw .wrongKeyLength(expected: publicKeyByteCount, actual: bytes.count)
            }
            self.bytes = bytes
        }

        init(unchecked bytes: [UInt8]) {
            self.bytes = bytes
        }

        /// Whether `signature` is this key's over `message`. Any length but 64 is invalid, as are keys of small order.
        public func isValid(signature: [UInt8], for message: [UInt8]) -> Bool {
            guard signature.count == signatureByteCount, bytes.count == publicKeyByteCount else { return false }
            Sodium.initialise()
            return crypto_sign_verify_detached(signature, message, UInt64(message.count), bytes) == 0
        }
    }
}
