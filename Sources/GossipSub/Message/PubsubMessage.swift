import Identity
import Wire

/// A message of pubsub, as it stands on the wire. What a message does not have is nil.
///
/// Source: pubsub specification, "The Message"; `from` holds the bytes of a peer id whatever its declared type.
public struct PubsubMessage: Hashable, Sendable {
    /// The author's peer id.
    public var from: [UInt8]?
    /// What is said.
    public var data: [UInt8]
    /// Grows with each message of an author: eight bytes, big-endian.
    public var sequence: [UInt8]?
    /// Where it is said.
    public var topic: GossipSub.Topic
    /// The author's signature over the rest.
    public var signature: [UInt8]?
    /// The author's key, if its peer id does not hold it.
    public var key: [UInt8]?

    /// An unsigned message.
    public init(topic: GossipSub.Topic, data: [UInt8]) {
        self.topic = topic
        self.data = data
    }

    /// The author, if `from` is a peer id.
    public var author: PeerID? { from.flatMap { try? PeerID(bytes: $0) } }

    /// The numbers of the message's fields.
    private enum Field {
        static let from = 1
        static let data = 2
        static let sequence = 3
        static let topic = 4
        static let signature = 5
        static let key = 6
    }

    /// The longest topic that is read, in bytes.
    public static let maximumTopic = 1024
    /// The longest key or signature that is read, in bytes: those of RSA with 8192 bits, with room.
    private static let maximumProof = 2048

    /// Reads a message by itself, as ``encoded`` gives it. Its signature is not looked at.
    public init(encoded bytes: [UInt8]) throws(ProtobufError) {
        try self.init(ProtobufReader(bytes))
    }

    /// Reads a message.
    init(_ reader: ProtobufReader) throws(ProtobufError) {
        var reader = reader
        self.init(topic: "", data: [])
        while let field = try reader.next() {
            switch field.number {
            case Field.from: from = try reader.bytes(of: field, limit: 64)
            case Field.data: data = try reader.bytes(of: field)
            case Field.sequence: sequence = try reader.bytes(of: field, limit: 64)
            case Field.topic: topic = GossipSub.Topic(try reader.bytes(of: field, limit: Self.maximumTopic))
            case Field.signature: signature = try reader.bytes(of: field, limit: Self.maximumProof)
            case Field.key: key = try reader.bytes(of: field, limit: Self.maximumProof)
            default: break
            }
        }
    }

    /// The message's own bytes.
    public var encoded: [UInt8] {
        var writer = ProtobufWriter()
        write(to: &writer)
        return writer.bytes
    }

    func write(to writer: inout ProtobufWriter, withProof: Bool = true) {
        if let from { writer.bytes(Field.from, from) }
        writer.bytes(Field.data, data)
        if let sequence { writer.bytes(Field.sequence, sequence) }
        writer.bytes(Field.topic, topic.bytes)
        guard withProof else { return }
        if let signature { writer.bytes(Field.signature, signature) }
        if let key { writer.bytes(Field.key, key) }
    }
}
