import Identity
import Wire

/// What messages must have, and must not.
///
/// Source: pubsub specification, "Message Signing"; the lax policies are legacy and not offered.
public enum SignaturePolicy: Sendable {
    /// Author, sequence number and a valid signature: the default everywhere.
    case strictSign
    /// None of the three: for topics whose message id is of the content.
    case strictNoSign

    /// What is wrong with a message, apart from its signature's validity; nil if nothing is.
    func objection(to message: PubsubMessage) -> RejectReason? {
        switch self {
        case .strictSign:
            guard message.signature != nil else { return .unsigned }
            guard message.author != nil else { return .malformedAuthor }
            guard message.sequence?.count == 8 else { return .malformedSequence }
        case .strictNoSign:
            guard message.signature == nil, message.key == nil, message.from == nil, message.sequence == nil else {
                return .unexpectedSignature
            }
        }
        return nil
    }
}

/// Why a message was refused before anybody looked into its data.
public enum RejectReason: String, Sendable {
    /// No signature, where one is required.
    case unsigned
    /// No author, or one that is no peer id.
    case malformedAuthor = "malformed_author"
    /// A sequence number that does not have eight bytes.
    case malformedSequence = "malformed_sequence"
    /// Author, signature or key, where there should be none.
    case unexpectedSignature = "unexpected_signature"
    /// The signature is not of this author and this message.
    case invalidSignature = "invalid_signature"
    /// Said to be from ourselves, by somebody else.
    case selfOrigin = "self_origin"
    /// Larger than a message may be.
    case tooLarge = "too_large"
    /// The application refused it.
    case invalid
}

extension PubsubMessage {
    private static let domain = Array("libp2p-pubsub:".utf8)

    /// Prefix, and the message without signature and key. (The specification says without the signature; go, rust and
    /// js leave out the key as well, and so must we.)
    private var signedBytes: [UInt8] {
        var writer = ProtobufWriter()
        write(to: &writer, withProof: false)
        return Self.domain + writer.bytes
    }

    /// A message of ours.
    ///
    /// - Parameter sequence: greater than that of each message before it.
    public static func signed(
        _ data: [UInt8], to topic: GossipSub.Topic, sequence: UInt64, by key: KeyPair
    ) -> PubsubMessage {
        var message = PubsubMessage(topic: topic, data: data)
        message.from = key.peerID.bytes
        message.sequence = []
        message.sequence?.appendBigEndian(sequence)
        message.signature = key.sign(message.signedBytes)
        // An Ed25519 id holds its key.
        return message
    }

    /// Whether the signature is the author's. Takes tens of microseconds: not for the loop.
    public var hasValidSignature: Bool {
        guard let author, let signature else { return false }
        let publicKey: PublicKey
        if let key {
            guard let given = try? PublicKey(protobuf: key), given.peerID == author else { return false }
            publicKey = given
        } else {
            guard let inlined = author.publicKey else { return false }
            publicKey = inlined
        }
        return publicKey.isValid(signature: signature, for: signedBytes)
    }
}
