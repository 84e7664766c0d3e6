import Crypto
import Identity

/// What a message is known by in IHAVE, IWANT, IDONTWANT and among those already seen. Any bytes; never sent with the
/// message itself, so that all peers of a topic must compute it the same way.
public struct MessageID: Hashable, Sendable {
    /// The longest id that is taken from a peer, in bytes. Ours have at most 64.
    public static let maximumCount = 256

    /// The id.
    public let bytes: [UInt8]

    /// An id of these bytes.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Feeds the bytes to the hasher at once.
    public func hash(into hasher: inout Hasher) {
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}

extension MessageID: Comparable {
    /// The order of the bytes.
    public static func < (left: MessageID, right: MessageID) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

/// How the id of a message is computed.
public struct MessageIDFunction: Sendable {
    /// Computes the id of a message.
    public let compute: @Sendable (PubsubMessage) -> MessageID

    /// Computes ids with this closure, which must give the same for the same message everywhere.
    public init(_ compute: @escaping @Sendable (PubsubMessage) -> MessageID) { self.compute = compute }

    /// Author and sequence number, one behind the other: the default of the specification, of go and of js.
    public static let authorAndSequence = MessageIDFunction { message in
        MessageID((message.from ?? []) + (message.sequence ?? []))
    }

    /// The default of rust-libp2p: the author in base58, then the sequence number in decimal.
    public static let authorAndSequenceText = MessageIDFunction { message in
        let author = message.author.map(\.description) ?? ""
        let sequence = (message.sequence ?? []).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return MessageID(Array((author + String(sequence)).utf8))
    }

    /// The SHA-256 of the data: for topics whose messages are not signed.
    public static let dataHash = MessageIDFunction { MessageID(SHA256.hash($0.data)) }
}
