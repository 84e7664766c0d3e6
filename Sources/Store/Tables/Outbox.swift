import Time

/// A message that waits for one peer.
public struct OutboxEntry: Sendable, Equatable {
    /// Whom it is for.
    public let peer: String
    /// The message; its position is its place in the peer's queue.
    public let message: StoredMessage
    /// When it stops being tried.
    public let expiresAt: Timestamp
}

/// How much waits for a peer.
public struct OutboxBacklog: Sendable, Equatable {
    /// Whom the messages are for.
    public let peer: String
    /// Messages that the peer has not acknowledged.
    public let count: Int
    /// Those of them that were never handed to a connection.
    public let unsent: Int
}

/// A message that nobody took in time.
public struct ExpiredEntry: Sendable, Equatable {
    /// Whom it was for.
    public let peer: String
    /// Its place in the peer's queue.
    public let position: Int64
    /// The message's id.
    public let id: String
    /// The conversation.
    public let chat: String
}

extension ReadTransaction {
    /// The next messages for `peer` behind the position `after`, in order: at most `limit`, and no more than
    /// `maximumBytes` of bodies, though one message in any case.
    public func outbox(
        for peer: String, after: Int64 = 0, limit: Int, maximumBytes: Int = maximumListedBytes
    ) throws(StoreError) -> [OutboxEntry] {
        let queued = try database.all(
            "SELECT position, expires_at FROM outbox WHERE peer = ? AND position > ? ORDER BY position LIMIT ?",
            .text(peer), .integer(after), .integer(Int64(max(limit, 0)))
        ) { (position: $0.integer(0), expiresAt: Timestamp(milliseconds: $0.integer(1))) }
        var entries: [OutboxEntry] = []
        var bytes = 0
        for item in queued {
            guard let message = try message(at: item.position) else { continue }
            bytes += message.content.body.count
            guard entries.isEmpty || bytes <= maximumBytes else { break }
            entries.append(OutboxEntry(peer: peer, message: message, expiresAt: item.expiresAt))
        }
        return entries
    }

    /// The peers with messages waiting, in the order of their ids.
    public func outboxBacklogs() throws(StoreError) -> [OutboxBacklog] {
        try database.all(
            """
            SELECT outbox.peer, count(*), sum(messages.state = 'accepted')
            FROM outbox JOIN messages USING (position) GROUP BY outbox.peer ORDER BY outbox.peer
            """
        ) { OutboxBacklog(peer: $0.text(0), count: Int($0.integer(1)), unsent: Int($0.integer(2))) }
    }

    /// Messages whose time has run out at `time`, longest first: at most `limit`.
    public func outboxExpired(at time: Timestamp, limit: Int) throws(StoreError) -> [ExpiredEntry] {
        try database.all(
            """
            SELECT outbox.peer, outbox.position, messages.id, messages.chat
            FROM outbox JOIN messages USING (position)
            WHERE outbox.expires_at <= ? ORDER BY outbox.expires_at, outbox.position LIMIT ?
            """, .integer(time.milliseconds), .integer(Int64(max(limit, 0)))
        ) { ExpiredEntry(peer: $0.text(0), position: $0.integer(1), id: $0.text(2), chat: $0.text(3)) }
    }

    /// When the next message expires; nil when none waits.
    public func nextOutboxExpiry() throws(StoreError) -> Timestamp? {
        try database.first("SELECT min(expires_at) FROM outbox") { $0.optionalInteger(0) }?
            .map(Timestamp.init(milliseconds:))
    }
}

extension Transaction {
    /// Puts the message at `position` behind all others that wait for `peer`.
    public func enqueue(messageAt position: Int64, for peer: String, expiresAt: Timestamp) throws(StoreError) {
        try database.run(
            "INSERT INTO outbox (peer, position, expires_at) VALUES (?, ?, ?)", .text(peer), .integer(position),
            .integer(expiresAt.milliseconds))
    }

    /// Takes a message out of `peer`'s queue. False when it was not there.
    @discardableResult
    public func dequeue(messageAt position: Int64, for peer: String) throws(StoreError) -> Bool {
        try database.run("DELETE FROM outbox WHERE peer = ? AND position = ?", .text(peer), .integer(position))
        return database.changes > 0
    }
}
