import GossipSub
import Groups
import Wire

/// A conversation of many, as the store and the line name it.
public enum GroupChat: Hashable, Sendable, CustomStringConvertible {
    /// What a room of gigi is.
    public typealias Topic = GossipSub.Topic

    /// A group.
    case group(GroupID)
    /// A room of gigi: a topic, on which everybody says what they like.
    case gigi(Topic)

    /// What the id of a room of gigi begins with.
    static let gigiPrefix = "gigi:"

    /// The topic of a room of gigi; nil for anything else.
    static func gigiTopic(_ text: String) -> Topic? {
        guard let topic = text.dropping(prefix: gigiPrefix), !topic.isEmpty else { return nil }
        return Topic(topic)
    }

    /// Reads an id; nil for anything else.
    public init?(_ text: String) {
        if let topic = Self.gigiTopic(text) {
            self = .gigi(topic)
        } else if let id = GroupID(text) {
            self = .group(id)
        } else {
            return nil
        }
    }

    /// The id.
    public var description: String {
        switch self {
        case .group(let id): id.description
        case .gigi(let topic): Self.gigiPrefix + topic.description
        }
    }
}
