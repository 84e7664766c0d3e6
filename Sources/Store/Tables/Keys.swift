import Time

/// A command that carried an idempotency key, and what it came to.
public struct StoredKey: Sendable, Equatable {
    /// How a command ended.
    public enum Outcome: Sendable, Equatable {
        /// Well, with these members on its line.
        case ok([UInt8])
        /// With an error, in an encoding of the engine's.
        case error([UInt8])
    }

    /// The key.
    public var key: String
    /// The hash of what the command said.
    public var digest: [UInt8]
    /// When it was given.
    public var time: Timestamp
    /// The message that it made.
    public var message: String?
    /// How it ended; nil as long as it has not.
    public var outcome: Outcome?

    /// A key with all that is known of it.
    public init(key: String, digest: [UInt8], time: Timestamp, message: String? = nil, outcome: Outcome? = nil) {
        self.key = key
        self.digest = digest
        self.time = time
        self.message = message
        self.outcome = outcome
    }
}

extension ReadTransaction {
    /// What is known of a key that was given at `time` or later.
    public func key(_ key: String, since time: Timestamp) throws(StoreError) -> StoredKey? {
        try database.first(
            "SELECT key, digest, time, message, outcome, answer FROM keys WHERE key = ? AND time >= ?", .text(key),
            .integer(time.milliseconds)
        ) { row in
            let outcome: StoredKey.Outcome? =
                switch row.optionalText(4) {
                case "ok": .ok(row.blob(5))
                case "error": .error(row.blob(5))
                default: nil
                }
            return StoredKey(
                key: row.text(0), digest: row.blob(1), time: Timestamp(milliseconds: row.integer(2)),
                message: row.optionalText(3), outcome: outcome)
        }
    }

    /// Every key that is kept, with the time at which it was given: the oldest first.
    public func keys() throws(StoreError) -> [(key: String, time: Timestamp)] {
        try database.all("SELECT key, time FROM keys ORDER BY time, key") {
            (key: $0.text(0), time: Timestamp(milliseconds: $0.integer(1)))
        }
    }
}

extension Transaction {
    /// Records a key for the first time since `time`.
    ///
    /// Throws `constraint` when it is taken: so the rest of the write, whose key it is, happens once.
    public func insert(_ key: StoredKey, expiring time: Timestamp) throws(StoreError) {
        try removeKey(key.key, olderThan: time)
        let (outcome, answer) = key.columns
        try database.run(
            "INSERT INTO keys (key, digest, time, message, outcome, answer) VALUES (?, ?, ?, ?, ?, ?)",
            .text(key.key), .blob(key.digest), .integer(key.time.milliseconds), .optional(key.message), outcome, answer)
    }

    /// Records how the command of a key ended, whether the key is recorded already or not. One that was recorded since
    /// `time` for another content stays as it is.
    public func settle(_ key: StoredKey, expiring time: Timestamp) throws(StoreError) {
        try removeKey(key.key, olderThan: time)
        let (outcome, answer) = key.columns
        try database.run(
            """
            INSERT INTO keys (key, digest, time, message, outcome, answer) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET outcome = excluded.outcome, answer = excluded.answer
            WHERE digest = excluded.digest
            """,
            .text(key.key), .blob(key.digest), .integer(key.time.milliseconds), .optional(key.message), outcome, answer)
    }

    /// Forgets keys that were given before `time`; at most `limit`. Returns how many.
    @discardableResult
    public func pruneKeys(olderThan time: Timestamp, limit: Int = 10_000) throws(StoreError) -> Int {
        try database.run(
            "DELETE FROM keys WHERE key IN (SELECT key FROM keys WHERE time < ? ORDER BY time LIMIT ?)",
            .integer(time.milliseconds), .integer(Int64(max(limit, 0))))
        return database.changes
    }

    /// Forgets the oldest keys, so that at most `count` are kept; of keys that were given at the same time all go, or none.
    public func pruneKeys(keepingLast count: Int) throws(StoreError) {
        let time = try database.first(
            "SELECT time FROM keys ORDER BY time DESC LIMIT 1 OFFSET ?", .integer(Int64(max(count, 0)))
        ) { Timestamp(milliseconds: $0.integer(0)) }
        guard let time else { return }
        try database.run("DELETE FROM keys WHERE time <= ?", .integer(time.milliseconds))
    }

    private func removeKey(_ key: String, olderThan time: Timestamp) throws(StoreError) {
        try database.run("DELETE FROM keys WHERE key = ? AND time < ?", .text(key), .integer(time.milliseconds))
    }
}

extension StoredKey {
    fileprivate var columns: (outcome: SQLValue, answer: SQLValue) {
        switch outcome {
        case .ok(let bytes): (.text("ok"), .blob(bytes))
        case .error(let bytes): (.text("error"), .blob(bytes))
        case nil: (.null, .null)
        }
    }
}
