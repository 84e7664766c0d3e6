import Groups

/// A conversation of many, as the store and the line name it.
public enum GroupChat: Hashable, Sendable, CustomStringConvertible {
    /// A group.
    case group(GroupID)
    /// A room of gigi: a topic, on which everybody says what they like.
    case gigi(String)

    /// What the id of a room of gigi begins with.
    static let gigiPrefix = "gigi:"

    /// The topic of a room of gigi; nil for anything else.
    static func gigiTopic(_ text: String) -> String? {
        guard text.hasPrefix(gigiPrefix), text.utf8.count > gigiPrefix.utf8.count else { return nil }
        return String(text.dropFirst(gigiPrefix.count))
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
        case .gigi(let topic): Self.gigiPrefix + topic
        }
    }
}
