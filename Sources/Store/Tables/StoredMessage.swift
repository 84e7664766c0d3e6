import Time

/// Where a message stands. Outgoing ones move `accepted` → `sent` → `delivered`, or end `failed` or `expired`;
/// incoming ones are `received`.
public enum MessageState: String, Sendable, CaseIterable {
    /// Another's message, stored here.
    case received
    /// Ours, on disk, not yet handed to the peer's connection.
    case accepted
    /// Handed to the peer's connection at least once.
    case sent
    /// The peer has stored it.
    case delivered
    /// The peer refused it for good; `failure` says why.
    case failed
    /// Its time ran out before the peer took it.
    case expired

    /// True when nothing further will happen to the message by itself.
    public var isFinal: Bool {
        switch self {
        case .received, .delivered, .failed, .expired: true
        case .accepted, .sent: false
        }
    }
}

/// A message to be stored.
public struct NewMessage: Sendable, Equatable {
    /// Unique for its author: 26 characters.
    public var id: String
    /// The author's peer id.
    public var author: String
    /// The conversation: for direct messages the other side's peer id.
    public var chat: String
    /// True for our own.
    public var isOutgoing: Bool
    /// By the author's clock.
    public var sentAt: Timestamp
    /// By our clock.
    public var storedAt: Timestamp
    /// A media type; `text/plain` bodies are UTF-8.
    public var contentType: String
    /// The content.
    public var body: [UInt8]
    /// The id of the message that this one answers.
    public var replyTo: String?
    /// `accepted` for ours, `received` for others'.
    public var state: MessageState
    /// When an outgoing message stops being tried.
    public var expiresAt: Timestamp?
    /// A hash over all that the author signed: tells a repetition from another message under the same id.
    public var digest: [UInt8]
    /// The author's signature; empty where the protocol has none.
    public var signature: [UInt8]
    /// Whether a program wrote it.
    public var isBot: Bool
    /// What the author called itself when it came.
    public var nick: String?
    /// Whether it mentions us, or answers a message of ours.
    public var mentionsMe = false

    /// A message with all its fields.
    public init(
        id: String, author: String, chat: String, isOutgoing: Bool, sentAt: Timestamp, storedAt: Timestamp,
        contentType: String, body: [UInt8], replyTo: String? = nil, state: MessageState, expiresAt: Timestamp? = nil,
        digest: [UInt8], signature: [UInt8], isBot: Bool = false
    ) {
        self.id = id
        self.author = author
        self.chat = chat
        self.isOutgoing = isOutgoing
        self.sentAt = sentAt
        self.storedAt = storedAt
        self.contentType = contentType
        self.body = body
        self.replyTo = replyTo
        self.state = state
        self.expiresAt = expiresAt
        self.digest = digest
        self.signature = signature
        self.isBot = isBot
    }
}

/// A message as the store holds it.
public struct StoredMessage: Sendable, Equatable {
    /// Its place in the order of arrival, which is the order of every list. Grows, never reused.
    public let position: Int64
    /// What it was stored with; `state` is the present one.
    public let content: NewMessage
    /// When the state last changed.
    public let stateAt: Timestamp
    /// Why it failed.
    public let failure: String?
    /// When an incoming message was marked read here.
    public let readAt: Timestamp?

    /// A message as it is right after its insertion at `position`.
    public init(position: Int64, content: NewMessage) {
        self.position = position
        self.content = content
        stateAt = content.storedAt
        failure = nil
        readAt = nil
    }

    /// The message's id.
    public var id: String { content.id }
    /// The author's peer id.
    public var author: String { content.author }
    /// The conversation.
    public var chat: String { content.chat }
    /// The present state.
    public var state: MessageState { content.state }
}
