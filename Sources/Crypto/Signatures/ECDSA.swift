/// ECDSA over the NIST curves with SHA-256, whatever the curve: the way libp2p signs with such keys.
public enum ECDSA {
    /// The curves that are accepted, by name only; explicit curve parameters are refused.
    public enum Curve: CaseIterable, Sendable {
        /// NIST P-224.
        case p224
        /// NIST P-256, the one that is met in practice.
        case p256
        /// NIST P-384.
        case p384
        /// NIST P-521.
        case p521

        /// The length of a coordinate and of a scalar, in bytes.
        var scalarByteCount: Int {
            switch self {
            case .p224: 28
            case .p256: 32
            case .p384: 48
            case .p521: 66
            }
        }

        /// Everything in front of the coordinates. DER has one encoding of a named curve and an uncompressed point,
        /// so that a key is recognised by its first bytes and its length (RFC 5480, section 2).
        var subjectPublicKeyPrefix: [UInt8] {
            let ecPublicKey: [UInt8] = [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]
            let uncompressed: [UInt8] = [0x00, 0x04]
            switch self {
            case .p224:
                return [0x30, 0x4e, 0x30, 0x10] + ecPublicKey + [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x21]
                    + [0x03, 0x3a] + uncompressed
            case .p256:
                return [0x30, 0x59, 0x30, 0x13] + ecPublicKey
                    + [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07] + [0x03, 0x42] + uncompressed
            case .p384:
                return [0x30, 0x76, 0x30, 0x10] + ecPublicKey + [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22]
                    + [0x03, 0x62] + uncompressed
            case .p521:
                return [0x30, 0x81, 0x9b, 0x30, 0x10] + ecPublicKey + [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23]
                    + [0x03, 0x81, 0x86] + uncompressed
            }
        }
    }

    /// A verification key.
    public struct PublicKey: Hashable, Sendable {
        /// The DER SubjectPublicKeyInfo.
        public let bytes: [UInt8]
        /// The curve it names.
        public let curve: Curve

        /// A key in DER SubjectPublicKeyInfo form: a named NIST curve and an uncompressed point. Whether the point
        /// is on the curve shows at verification.
        public init(subjectPublicKeyInfo bytes: [UInt8]) throws(CryptoError) {
            for curve in Curve.allCases {
                let prefix = curve.subjectPublicKeyPrefix
                guard bytes.count == prefix.count + 2 * curve.scalarByteCount, bytes.starts(with: prefix) else {
                    continue
                }
                self.bytes = bytes
                self.curve = curve
                return
            }
            throw .malformedKey("not an uncompressed point on a named NIST curve")
        }

        /// Whether `signature`, in strict DER, is this key's over the SHA-256 of `message`.
        public func isValid(signature: [UInt8], for message: [UInt8]) -> Bool {
            guard ECDSASignature.isStrictDER(signature, scalarByteCount: curve.scalarByteCount) else { return false }
            return SubjectPublicKey.isValid(signature: signature, for: message, key: bytes)
        }
    }
}
