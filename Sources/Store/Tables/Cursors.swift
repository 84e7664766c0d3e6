/// What a consumer has done with the events of the log.
public struct StoredCursor: Sendable, Equatable {
    /// The last event that it has acknowledged.
    public var seq: Int64
    /// The last event that it may have been told; nil while an engine is telling it events, and after that engine has
    /// died: then it may have been told any.
    public var told: Int64?

    /// A consumer's cursor.
    public init(seq: Int64, told: Int64?) {
        self.seq = seq
        self.told = told
    }
}

extension ReadTransaction {
    /// What is known about `consumer`; nil when the consumer is not known.
    public func cursor(of consumer: String) throws(StoreError) -> StoredCursor? {
        try database.first("SELECT seq, told FROM cursors WHERE consumer = ?", .text(consumer)) {
            StoredCursor(seq: $0.integer(0), told: $0.optionalInteger(1))
        }
    }

    /// Every consumer with the last event that it has acknowledged, in the order of their names.
    public func cursors() throws(StoreError) -> [(consumer: String, seq: Int64)] {
        try database.all("SELECT consumer, seq FROM cursors ORDER BY consumer") { ($0.text(0), $0.integer(1)) }
    }
}

extension Transaction {
    /// Sets `consumer`'s cursor to `seq`, forward or back. A new consumer has been told nothing.
    public func setCursor(of consumer: String, to seq: Int64) throws(StoreError) {
        try database.run(
            "INSERT INTO cursors (consumer, seq, told) VALUES (?, ?, 0) ON CONFLICT DO UPDATE SET seq = excluded.seq",
            .text(consumer), .integer(seq))
    }

    /// Notes that `consumer` is told events from now on: until that is said to be over, it may have been told any.
    public func beginTelling(_ consumer: String) throws(StoreError) {
        try database.run(
            "INSERT INTO cursors (consumer, seq, told) VALUES (?, 0, NULL) ON CONFLICT DO UPDATE SET told = NULL",
            .text(consumer))
    }

    /// Notes that `consumer` is told nothing any more, and was told events through `seq` at most.
    public func endTelling(_ consumer: String, through seq: Int64) throws(StoreError) {
        try database.run("UPDATE cursors SET told = ? WHERE consumer = ?", .integer(seq), .text(consumer))
    }

    /// Ends what an engine that died was telling: it may have told all that is in the log by now, and nothing later.
    public func endTelling() throws(StoreError) {
        let last = try lastEventSeq()
        try database.run("UPDATE cursors SET told = ? WHERE told IS NULL", .integer(last))
    }

    /// Makes room for one more consumer if `limit` are known: forgets the one that is furthest behind, provided that the
    /// log has lost the next event of it and that it is not being told events. `kept` is never forgotten.
    ///
    /// - Returns: Whether there is room.
    public func makeRoomForCursor(limit: Int, kept: String) throws(StoreError) -> Bool {
        let count = try database.first("SELECT count(*) FROM cursors") { $0.integer(0) } ?? 0
        guard count >= limit else { return true }
        try database.run(
            """
            DELETE FROM cursors WHERE consumer = (
                SELECT consumer FROM cursors
                WHERE consumer <> ? AND told IS NOT NULL AND seq + 1 < (SELECT min(seq) FROM events)
                ORDER BY seq, consumer LIMIT 1)
            """, .text(kept))
        return database.changes > 0
    }
}
