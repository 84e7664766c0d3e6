import CSecp256k1
import CSodium

extension Secp256k1 {
    /// The length of a private key in bytes.
    public static let privateKeyByteCount = 32

    /// A signing key: a number from 1 to the order of the curve less 1, in guarded memory.
    public struct PrivateKey: Sendable {
        /// The public half.
        public let publicKey: PublicKey

        private let scalar: SecretBytes

        /// The key of 32 big-endian bytes. Throws ``CryptoError/wrongKeyLength(expected:actual:)``, or
        /// ``CryptoError/scalarOutOfRange`` for zero and for numbers from the order of the curve on.
        public init(_ scalar: SecretBytes) throws(CryptoError) {
            guard scalar.count == privateKeyByteCount else {
                throw .wrongKeyLength(expected: privateKeyByteCount, actual: scalar.count)
            }
            let context = Secp256k1Context.shared.pointer
            var point = secp256k1_pubkey()
            // Checks the scalar, too: it fails for those that are out of range.
            let isKey = scalar.withUnsafeBytes { secp256k1_ec_pubkey_create(context, &point, $0.octets) == 1 }
            guard isKey else { throw .scalarOutOfRange }
            self.scalar = scalar
            publicKey = PublicKey(point: &point)
        }

        /// The key whose number is the sum of this one's and `tweak`, modulo the order of the curve: a child key of
        /// BIP-32. Throws ``CryptoError/scalarOutOfRange`` if `tweak` is not below the order, or the sum is zero.
        ///
        /// - Precondition: `tweak` has at least 32 bytes, of which the first 32 count.
        public func adding(_ tweak: UnsafeRawBufferPointer) throws(CryptoError) -> PrivateKey {
            precondition(tweak.count >= privateKeyByteCount, "a scalar has 32 bytes")
            let sum = try SecretBytes(count: privateKeyByteCount) { (sum) throws(CryptoError) in
                scalar.withUnsafeBytes { sum.copyMemory(from: $0) }
                let context = Secp256k1Context.shared.pointer
                guard secp256k1_ec_seckey_tweak_add(context, sum.octets, tweak.octets) == 1 else {
                    throw .scalarOutOfRange
                }
            }
            return try PrivateKey(sum)
        }

        /// The signature of a 32-byte digest, from which the public key can be recovered. The same digest always
        /// gives the same signature (RFC 6979), with the lower of the two values of s.
        ///
        /// - Precondition: `digest` has 32 bytes.
        public func signRecoverably(digest: [UInt8]) -> RecoverableSignature {
            precondition(digest.count == 32, "a digest has 32 bytes")
            let context = Secp256k1Context.shared.pointer
            var signature = secp256k1_ecdsa_recoverable_signature()
            let isSigned = scalar.withUnsafeBytes {
                secp256k1_ecdsa_sign_recoverable(context, &signature, digest, $0.octets, nil, nil) == 1
            }
            precondition(isSigned, "libsecp256k1 could not sign with a key that it had accepted")
            var recoveryID: Int32 = 0
            let compact = [UInt8](unsafeUninitializedCapacity: RecoverableSignature.compactByteCount) { buffer, count in
                _ = secp256k1_ecdsa_recoverable_signature_serialize_compact(
                    context, UnsafeMutableRawBufferPointer(buffer).octets, &recoveryID, &signature)
                count = RecoverableSignature.compactByteCount
            }
            return RecoverableSignature(unchecked: compact, recoveryID: UInt8(truncatingIfNeeded: recoveryID))
        }

        /// Lends the 32 big-endian bytes to the closure.
        public func withUnsafeBytes<Result, Failure>(
            _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
        ) throws(Failure) -> Result {
            try scalar.withUnsafeBytes(body)
        }

        /// The 32 big-endian bytes. They are the secret itself.
        public var secret: SecretBytes { scalar }
    }
}

extension Secp256k1.PrivateKey: CustomStringConvertible {
    /// The public half; nothing of the secret.
    public var description: String { "Secp256k1.PrivateKey(\(publicKey))" }
}
