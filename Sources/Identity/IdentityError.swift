import Crypto
import Wire

/// Why bytes or text are no identity, or prove nothing. No case carries secret bytes.
public enum IdentityError: Error, Equatable, Sendable {
    /// The bytes are not the one canonical encoding of a PublicKey or PrivateKey message; the text says what is wrong.
    case malformedKey(String)
    /// A key type beyond those of ``KeyType``, or one that linnet cannot sign with.
    case unsupportedKeyType(UInt64)
    /// The message is sound, but its key is refused: length, encoding or size.
    case invalidKey(CryptoError)
    /// A private key whose stored public half is not the one that its seed gives.
    case mismatchedKeyHalves
    /// Bytes or text are no peer id; the text says what is wrong.
    case malformedPeerID(String)
    /// The bytes are no signed envelope.
    case malformedEnvelope(ProtobufError)
    /// The envelope is longer than ``SignedEnvelope/maximumByteCount``; the number is its length in bytes.
    case envelopeTooLong(Int)
    /// The envelope has no public key.
    case missingPublicKey
    /// The payload is of another type than the one asked for.
    case unexpectedPayloadType([UInt8])
    /// The signature does not belong to the key, the domain, the type and the payload.
    case invalidSignature
    /// The payload is no peer record.
    case malformedRecord(ProtobufError)
    /// The record speaks of another peer than the one that signed it.
    case recordOfAnotherPeer(record: [UInt8], signer: PeerID)
}

extension IdentityError: CustomStringConvertible {
    /// One lower-case sentence for logs and error messages.
    public var description: String {
        switch self {
        case .malformedKey(let reason): "malformed key: \(reason)"
        case .unsupportedKeyType(let type): "unsupported key type \(type)"
        case .invalidKey(let error): "invalid key: \(error)"
        case .mismatchedKeyHalves: "the public half of the key does not belong to its seed"
        case .malformedPeerID(let reason): "malformed peer id: \(reason)"
        case .malformedEnvelope(let error): "malformed envelope: \(error)"
        case .envelopeTooLong(let count): "envelope of \(count) bytes"
        case .missingPublicKey: "envelope without a public key"
        case .unexpectedPayloadType: "envelope with another type of payload"
        case .invalidSignature: "invalid signature"
        case .malformedRecord(let error): "malformed peer record: \(error)"
        case .recordOfAnotherPeer(let record, let signer):
            "peer record of \((try? PeerID(bytes: record))?.description ?? "no peer") signed by \(signer)"
        }
    }
}
