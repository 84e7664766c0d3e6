import Store
import Time

/// What happened to messages, to be told to the user. Each is logged in the transaction of the change it tells of.
public enum MessagingEvent: Sendable, Equatable {
    /// Another's message has come in.
    case received(StoredMessage)
    /// Ours was handed to the peer's connection.
    case sent(MessageProgress)
    /// The peer has stored ours.
    case delivered(MessageProgress)
    /// The peer refused ours for good.
    case failed(MessageProgress, reason: String)
    /// The time of ours ran out.
    case expired(MessageProgress)
    /// Incoming messages of a chat were marked read here: `count` of them, up to and with `message` (the whole chat
    /// when nil).
    case read(chat: String, message: String?, count: Int, time: Timestamp)
}

/// Which message of ours moved on, and when.
public struct MessageProgress: Sendable, Equatable {
    /// The message's id.
    public let message: String
    /// The conversation.
    public let chat: String
    /// The peer that the message is for.
    public let peer: String
    /// By our wall clock.
    public let time: Timestamp
}
