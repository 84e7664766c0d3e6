extension ReadTransaction {
    /// The last event that `consumer` has acknowledged; nil when the consumer is not known.
    public func cursor(of consumer: String) throws(StoreError) -> Int64? {
        try database.first("SELECT seq FROM cursors WHERE consumer = ?", .text(consumer)) { $0.integer(0) }
    }

    /// Every consumer with its cursor, in the order of their names.
    public func cursors() throws(StoreError) -> [(consumer: String, seq: Int64)] {
        try database.all("SELECT consumer, seq FROM cursors ORDER BY consumer") { ($0.text(0), $0.integer(1)) }
    }
}

extension Transaction {
    /// Sets `consumer`'s cursor to `seq`, forward or back.
    public func setCursor(of consumer: String, to seq: Int64) throws(StoreError) {
        try database.run(
            "INSERT INTO cursors (consumer, seq) VALUES (?, ?) ON CONFLICT DO UPDATE SET seq = excluded.seq",
            .text(consumer), .integer(seq))
    }

    /// Forgets `consumer`. False when it was not known.
    @discardableResult
    public func removeCursor(of consumer: String) throws(StoreError) -> Bool {
        try database.run("DELETE FROM cursors WHERE consumer = ?", .text(consumer))
        return database.changes > 0
    }
}
