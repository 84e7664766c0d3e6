import CSecp256k1

/// A signature over secp256k1 that tells whose it is: given the digest, the public key follows (SEC 1, section
/// 4.1.6).
public struct RecoverableSignature: Hashable, Sendable {
    /// The length of r and s together, in bytes.
    public static let compactByteCount = 64

    /// r and s, 32 big-endian bytes each; s is the lower of its two values.
    public let compact: [UInt8]
    /// Which of the points with this r was meant: 0...3, in practice 0 or 1.
    public let recoveryID: UInt8

    /// A signature of 64 bytes and a recovery id. Throws ``CryptoError/malformedSignature(_:)`` for any other length
    /// or id, for r or s beyond the order of the curve, and for the higher value of s: there is one signature, not
    /// two, for what was signed.
    public init(compact: [UInt8], recoveryID: UInt8) throws(CryptoError) {
        guard compact.count == Self.compactByteCount else { throw .malformedSignature("not 64 bytes and an id") }
        guard recoveryID < 4 else { throw .malformedSignature("recovery id beyond 3") }
        let context = Secp256k1Context.shared.pointer
        var signature = secp256k1_ecdsa_signature()
        guard secp256k1_ecdsa_signature_parse_compact(context, &signature, compact) == 1 else {
            throw .malformedSignature("r or s is out of range")
        }
        guard secp256k1_ecdsa_signature_normalize(context, nil, &signature) == 0 else {
            throw .malformedSignature("s is the higher of its two values")
        }
        self.init(unchecked: compact, recoveryID: recoveryID)
    }

    init(unchecked compact: [UInt8], recoveryID: UInt8) {
        self.compact = compact
        self.recoveryID = recoveryID
    }

    /// The key that signed a 32-byte digest; nil if no key can have.
    ///
    /// - Precondition: `digest` has 32 bytes.
    public func recoverKey(digest: [UInt8]) -> Secp256k1.PublicKey? {
        precondition(digest.count == 32, "a digest has 32 bytes")
        let context = Secp256k1Context.shared.pointer
        var signature = secp256k1_ecdsa_recoverable_signature()
        var point = secp256k1_pubkey()
        guard
            secp256k1_ecdsa_recoverable_signature_parse_compact(context, &signature, compact, Int32(recoveryID)) == 1,
            secp256k1_ecdsa_recover(context, &point, &signature, digest) == 1
        else { return nil }
        return Secp256k1.PublicKey(point: &point)
    }
}
