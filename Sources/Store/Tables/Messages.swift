import Time

/// A part of a conversation that a list asks for. Positions are those of `StoredMessage`.
public enum MessageRange: Sendable, Equatable {
    /// The newest messages.
    case latest
    /// Those that follow a position.
    case after(Int64)
    /// Those that precede a position, nearest first to be chosen.
    case before(Int64)
}

/// A list's answer.
public struct MessagePage: Sendable, Equatable {
    /// Oldest first, whatever the range.
    public let messages: [StoredMessage]
    /// True when the limit, not the conversation's end, ended the list in the range's direction.
    public let hasMore: Bool
}

/// What became of an insertion.
public enum MessageInsertion: Sendable, Equatable {
    /// Stored, at this position.
    case inserted(Int64)
    /// The same message was there already, at this position.
    case duplicate(Int64)
    /// Another message of this author has the same id. Nothing was stored.
    case conflict
}

extension ReadTransaction {
    /// Messages in one list at most.
    public static var maximumListed: Int { 500 }
    /// Body bytes in one list at most; a list holds one message in any case.
    public static var maximumListedBytes: Int { 8 << 20 }

    /// A part of the conversation `chat` in the order of arrival. `limit` is cut to 1...500.
    public func messages(in chat: String, _ range: MessageRange, limit: Int) throws(StoreError) -> MessagePage {
        let limit = min(max(limit, 1), Self.maximumListed)
        let ascending: Bool
        let bound: Int64
        switch range {
        case .latest: (ascending, bound) = (false, .max)
        case .before(let position): (ascending, bound) = (false, position)
        case .after(let position): (ascending, bound) = (true, position)
        }
        var found: [StoredMessage] = []
        var bytes = 0
        var hasMore = false
        try database.forEach(
            ascending
                ? "SELECT * FROM messages WHERE chat = ? AND position > ? ORDER BY position LIMIT ?"
                : "SELECT * FROM messages WHERE chat = ? AND position < ? ORDER BY position DESC LIMIT ?",
            [.text(chat), .integer(bound), .integer(Int64(limit) + 1)]
        ) { (row) throws(StoreError) in
            let message = try StoredMessage(row)
            bytes += message.content.body.count
            hasMore = found.count == limit || (!found.isEmpty && bytes > Self.maximumListedBytes)
            if !hasMore { found.append(message) }
            return !hasMore
        }
        return MessagePage(messages: ascending ? found : found.reversed(), hasMore: hasMore)
    }

    /// The message with `id` by `author`.
    public func message(_ id: String, by author: String) throws(StoreError) -> StoredMessage? {
        try database.first(
            "SELECT * FROM messages WHERE author = ? AND id = ?", .text(author), .text(id),
            decode: StoredMessage.init)
    }

    /// The messages with `id`, oldest first and 16 at most: several only when different authors used the same id.
    public func messages(withID id: String) throws(StoreError) -> [StoredMessage] {
        try database.all(
            "SELECT * FROM messages WHERE id = ? ORDER BY position LIMIT 16", .text(id), decode: StoredMessage.init)
    }

    /// The message at `position`.
    public func message(at position: Int64) throws(StoreError) -> StoredMessage? {
        try database.first("SELECT * FROM messages WHERE position = ?", .integer(position), decode: StoredMessage.init)
    }

    /// The state of the message at `position`.
    public func state(ofMessageAt position: Int64) throws(StoreError) -> MessageState? {
        try database.first("SELECT state FROM messages WHERE position = ?", .integer(position)) { $0.text(0) }
            .flatMap(MessageState.init(rawValue:))
    }

    /// True when `author`'s message `id` is stored.
    public func hasMessage(_ id: String, by author: String) throws(StoreError) -> Bool {
        try database.first("SELECT 1 FROM messages WHERE author = ? AND id = ?", .text(author), .text(id)) { _ in
            true
        } ?? false
    }

    /// Whether another's message `id` in `chat` was written by a program.
    public func isBotMessage(_ id: String, in chat: String) throws(StoreError) -> Bool {
        try database.first(
            "SELECT 1 FROM messages WHERE id = ? AND chat = ? AND outgoing = 0 AND bot = 1", .text(id), .text(chat)
        ) { _ in true } ?? false
    }

    /// Incoming messages of `chat` that are not marked read; of every conversation when nil.
    public func unreadCount(in chat: String? = nil) throws(StoreError) -> Int {
        let count =
            if let chat {
                try database.first(
                    "SELECT count(*) FROM messages WHERE chat = ? AND outgoing = 0 AND read_at IS NULL", .text(chat)
                ) { $0.integer(0) }
            } else {
                try database.first(
                    "SELECT count(*) FROM messages WHERE outgoing = 0 AND read_at IS NULL"
                ) { $0.integer(0) }
            }
        return Int(count ?? 0)
    }
}

extension Transaction {
    /// Stores a message unless its author's id is taken.
    public func insert(_ message: NewMessage) throws(StoreError) -> MessageInsertion {
        let present = try database.first(
            "SELECT position, digest FROM messages WHERE author = ? AND id = ?", .text(message.author),
            .text(message.id)
        ) { (position: $0.integer(0), digest: $0.blob(1)) }
        if let present {
            return present.digest == message.digest ? .duplicate(present.position) : .conflict
        }
        try database.run(
            """
            INSERT INTO messages
                (id, author, chat, outgoing, sent_at, stored_at, content_type, body, reply_to, state, state_at,
                 expires_at, digest, signature, bot, nick, mentions_me)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?6, ?11, ?12, ?13, ?14, ?15, ?16)
            """,
            .text(message.id), .text(message.author), .text(message.chat), .bool(message.isOutgoing),
            .integer(message.sentAt.milliseconds), .integer(message.storedAt.milliseconds),
            .text(message.contentType), .blob(message.body), .optional(message.replyTo),
            .text(message.state.rawValue), .optional(message.expiresAt?.milliseconds), .blob(message.digest),
            .blob(message.signature), .bool(message.isBot), .optional(message.nick), .bool(message.mentionsMe))
        return .inserted(database.lastInsertedRow)
    }

    /// Moves an outgoing message on. A state never moves back, and a final one never changes; false then.
    @discardableResult
    public func advance(
        messageAt position: Int64, to state: MessageState, at time: Timestamp, failure: String? = nil
    ) throws(StoreError) -> Bool {
        let values: (SQLValue, SQLValue, SQLValue, SQLValue) = (
            .text(state.rawValue), .integer(time.milliseconds), .optional(failure), .integer(position)
        )
        switch state {
        case .received, .accepted:
            return false
        case .sent:
            try database.run(
                "UPDATE messages SET state = ?, state_at = ?, failure = ? WHERE position = ? AND state = 'accepted'",
                values.0, values.1, values.2, values.3)
        case .delivered, .failed, .expired:
            try database.run(
                """
                UPDATE messages SET state = ?, state_at = ?, failure = ?
                WHERE position = ? AND state IN ('accepted', 'sent')
                """, values.0, values.1, values.2, values.3)
        }
        return database.changes > 0
    }

    /// Marks the incoming messages of `chat` up to and with `position` as read; all of them when nil. Returns how many
    /// were not read before.
    public func markRead(in chat: String, upTo position: Int64? = nil, at time: Timestamp) throws(StoreError) -> Int {
        try database.run(
            """
            UPDATE messages SET read_at = ?
            WHERE chat = ? AND outgoing = 0 AND read_at IS NULL AND position <= ?
            """, .integer(time.milliseconds), .text(chat), .integer(position ?? .max))
        return database.changes
    }
}

extension StoredMessage {
    /// The columns in the order of the table, which `SELECT *` keeps: migrations only ever append columns.
    init(_ row: Row) throws(StoreError) {
        guard let state = MessageState(rawValue: row.text(10)) else {
            throw StoreError(.corrupt, "message \(row.integer(0)) has the unknown state '\(row.text(10))'")
        }
        position = row.integer(0)
        var content = NewMessage(
            id: row.text(1), author: row.text(2), chat: row.text(3), isOutgoing: row.bool(4),
            sentAt: Timestamp(milliseconds: row.integer(5)), storedAt: Timestamp(milliseconds: row.integer(6)),
            contentType: row.text(7), body: row.blob(8), replyTo: row.optionalText(9), state: state,
            expiresAt: row.optionalInteger(14).map(Timestamp.init(milliseconds:)), digest: row.blob(15),
            signature: row.blob(16), isBot: row.bool(17))
        content.nick = row.optionalText(18)
        content.mentionsMe = row.bool(19)
        self.content = content
        stateAt = Timestamp(milliseconds: row.integer(11))
        failure = row.optionalText(12)
        readAt = row.optionalInteger(13).map(Timestamp.init(milliseconds:))
    }
}
