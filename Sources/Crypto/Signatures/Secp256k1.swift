import CSecp256k1

/// ECDSA over secp256k1 with SHA-256, the second most common identity on the libp2p network.
public enum Secp256k1 {
    /// The length of a compressed public key in bytes.
    public static let publicKeyByteCount = 33

    /// The longest DER signature: two 33-byte integers and their headers.
    public static let maximumSignatureByteCount = 72

    /// A verification key: a compressed point.
    public struct PublicKey: Hashable, Sendable {
        /// The 33 bytes: 02 or 03, then x.
        public let bytes: [UInt8]

        /// A key of 33 bytes that starts with 02 or 03. Whether x is on the curve shows at verification.
        public init(compressed bytes: [UInt8]) throws(CryptoError) {
            guard bytes.count == publicKeyByteCount else {
                throw .wrongKeyLength(expected: publicKeyByteCount, actual: bytes.count)
            }
            guard bytes.first == 2 || bytes.first == 3 else {
                throw .malformedKey("not a compressed secp256k1 point")
            }
            self.bytes = bytes
        }

        init(unchecked bytes: [UInt8]) {
            self.bytes = bytes
        }

        /// Whether `signature`, in strict DER, is this key's over the SHA-256 of `message`.
        ///
        /// Both values of s are accepted: libsecp256k1 itself takes only the lower one, while other libraries
        /// produce either.
        public func isValid(signature: [UInt8], for message: [UInt8]) -> Bool {
            guard
                signature.count <= maximumSignatureByteCount,
                ECDSASignature.isStrictDER(signature, scalarByteCount: 32)
            else { return false }
            let context = Secp256k1Context.shared.pointer
            var key = secp256k1_pubkey()
            var parsed = secp256k1_ecdsa_signature()
            guard
                secp256k1_ec_pubkey_parse(context, &key, bytes, bytes.count) == 1,
                secp256k1_ecdsa_signature_parse_der(context, &parsed, signature, signature.count) == 1
            else { return false }
            var normalised = secp256k1_ecdsa_signature()
            secp256k1_ecdsa_signature_normalize(context, &normalised, &parsed)
            return secp256k1_ecdsa_verify(context, &normalised, SHA256.hash(message), &key) == 1
        }
    }
}
