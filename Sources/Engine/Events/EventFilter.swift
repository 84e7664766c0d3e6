import Wire

/// Which events a reader wants.
struct EventFilter: Sendable, Equatable {
    /// One of these must fit the type; nil for every type.
    var types: [Glob]?
    /// The event must belong to one of these conversations; nil for every event, with or without one.
    var chats: Set<ByteText>?

    /// Every event.
    static let everything = EventFilter()

    /// Whether an event of this type, of this conversation if it is of one, is wanted.
    func admits(_ type: String, chat: String?) -> Bool {
        if let chats {
            guard let chat, chats.contains(ByteText(chat)) else { return false }
        }
        guard let types else { return true }
        return types.contains { $0.matches(type) }
    }
}
