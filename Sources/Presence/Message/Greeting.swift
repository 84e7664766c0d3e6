import GossipSub
import Wire

/// What two peers say to each other on a stream: each about itself, and the one that is asked, about others as well.
///
/// Source: `/linnet/presence/1.0.0`, one request and one response to a stream.
public struct Greeting: Equatable, Sendable {
    /// The sender's own.
    public var own: Announcement
    /// Whether the sender is new, and wants to hear of others.
    public var asksForOthers = false
    /// Others' announcements as they came in the topic, each with its author's signature.
    public var others: [PubsubMessage] = []

    /// A greeting.
    public init(_ own: Announcement, asksForOthers: Bool = false, others: [PubsubMessage] = []) {
        self.own = own
        self.asksForOthers = asksForOthers
        self.others = others
    }

    /// The most announcements of others in one.
    public static let maximumOthers = 256
    /// The most bytes of one.
    public static let maximumCount = 128 << 10
    /// The most bytes of one that asks.
    public static let maximumRequest = 2048
    /// The most bytes of another's announcement with its signature, of any kind of key.
    static let maximumMessage = 4096

    /// The numbers of the fields.
    private enum Field {
        static let own = 1
        static let asksForOthers = 2
        static let others = 3
    }

    /// Reads a greeting. What is said of others is not believed yet: their signatures are to be verified.
    ///
    /// - Throws: ``PresenceError`` `malformed`.
    public init(_ bytes: [UInt8]) throws(PresenceError) {
        guard bytes.count <= Self.maximumCount else { throw .malformed("more than \(Self.maximumCount) bytes") }
        var own: [UInt8]?
        var asks = false
        var others: [PubsubMessage] = []
        do throws(ProtobufError) {
            var reader = ProtobufReader(bytes)
            while let field = try reader.next() {
                switch field.number {
                case Field.own: own = try reader.bytes(of: field, limit: Announcement.maximumCount)
                case Field.asksForOthers: asks = try field.bool
                case Field.others where others.count < Self.maximumOthers:
                    let message = try reader.bytes(of: field, limit: Self.maximumMessage)
                    others.append(try PubsubMessage(encoded: message))
                default: break
                }
            }
        } catch {
            throw .malformed("\(error)")
        }
        guard let own else { throw .malformed("nothing of the sender's own") }
        self.init(try Announcement(own), asksForOthers: asks, others: others)
    }

    /// The bytes.
    public var encoded: [UInt8] {
        var writer = ProtobufWriter()
        writer.bytes(Field.own, own.encoded)
        if asksForOthers { writer.bool(Field.asksForOthers, true) }
        for other in others { writer.bytes(Field.others, other.encoded) }
        return writer.bytes
    }
}
