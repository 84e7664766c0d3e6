import Time

/// An event to be logged.
public struct NewEvent: Sendable, Equatable {
    /// Its name, as `message.sent`.
    public var type: String
    /// When it happened.
    public var time: Timestamp
    /// The conversation that it belongs to.
    public var chat: String?
    /// The JSON members that follow `seq` and `time` on its line, without braces.
    public var payload: [UInt8]

    /// An event with all its fields.
    public init(type: String, time: Timestamp, chat: String? = nil, payload: [UInt8]) {
        self.type = type
        self.time = time
        self.chat = chat
        self.payload = payload
    }
}

/// An event of the durable log.
public struct LoggedEvent: Sendable, Equatable {
    /// Its number: one more than that of the event before it, never reused.
    public let seq: Int64
    /// What was logged.
    public let event: NewEvent

    /// The event's name.
    public var type: String { event.type }
    /// When it happened.
    public var time: Timestamp { event.time }
    /// The conversation that it belongs to.
    public var chat: String? { event.chat }
    /// The JSON members that follow `seq` and `time` on its line, without braces.
    public var payload: [UInt8] { event.payload }
}

extension ReadTransaction {
    /// Payload bytes that one read of events returns at most; it returns one event in any case.
    public static var maximumEventBytes: Int { 8 << 20 }

    /// The events after `seq`, in order: at most `limit`. The first one's number tells whether retention has taken
    /// some (it is then greater than `seq` + 1).
    public func events(after seq: Int64, limit: Int) throws(StoreError) -> [LoggedEvent] {
        var events: [LoggedEvent] = []
        var bytes = 0
        try database.forEach(
            "SELECT seq, type, time, chat, payload FROM events WHERE seq > ? ORDER BY seq LIMIT ?",
            [.integer(seq), .integer(Int64(max(limit, 0)))]
        ) { (row) throws(StoreError) in
            let event = LoggedEvent(
                seq: row.integer(0),
                event: NewEvent(
                    type: row.text(1), time: Timestamp(milliseconds: row.integer(2)), chat: row.optionalText(3),
                    payload: row.blob(4)))
            bytes += event.payload.count
            guard events.isEmpty || bytes <= Self.maximumEventBytes else { return false }
            events.append(event)
            return true
        }
        return events
    }

    /// The number of the last event ever logged; 0 when there was none.
    public func lastEventSeq() throws(StoreError) -> Int64 {
        try database.first("SELECT value FROM counters WHERE name = 'event'") { $0.integer(0) } ?? 0
    }

    /// The number of the oldest event that is still kept; nil when none is.
    public func firstEventSeq() throws(StoreError) -> Int64? {
        try database.first("SELECT min(seq) FROM events") { $0.optionalInteger(0) } ?? nil
    }

    /// The number of the first kept event at or after `time`; nil when there is none.
    public func firstEventSeq(since time: Timestamp) throws(StoreError) -> Int64? {
        try database.first("SELECT min(seq) FROM events WHERE time >= ?", .integer(time.milliseconds)) {
            $0.optionalInteger(0)
        } ?? nil
    }
}

extension Transaction {
    /// Logs an event and returns its number. The counter is a row, so a rolled-back write gives its numbers back.
    @discardableResult
    public func append(_ event: NewEvent) throws(StoreError) -> Int64 {
        let seq = try database.first(
            "UPDATE counters SET value = value + 1 WHERE name = 'event' RETURNING value"
        ) { $0.integer(0) }
        guard let seq else { throw StoreError(.corrupt, "\(database.path) has lost its event counter") }
        try database.run(
            "INSERT INTO events (seq, type, time, chat, payload, logged_at) VALUES (?, ?, ?, ?, ?, ?)", .integer(seq),
            .text(event.type), .integer(event.time.milliseconds), .optional(event.chat), .blob(event.payload),
            .integer((now ?? event.time).milliseconds))
        appended.append(LoggedEvent(seq: seq, event: event))
        return seq
    }

    /// Retention: drops the oldest events that were logged before `time` or are not among the last `count`. Returns how many
    /// went; at most `limit`, so that one call does not hold the store for long.
    @discardableResult
    public func pruneEvents(
        olderThan time: Timestamp, keepingLast count: Int64, limit: Int = 10_000
    ) throws(StoreError) -> Int {
        let last = try lastEventSeq()
        let surplus = last - min(max(count, 0), last)
        // A prefix of the log only: the first event that is young enough ends it, so no hole comes about.
        let young = try database.first("SELECT min(seq) FROM events WHERE logged_at >= ?", .integer(time.milliseconds))
        {
            $0.optionalInteger(0)
        }
        let old = (young ?? nil).map { $0 - 1 } ?? last
        try database.run(
            "DELETE FROM events WHERE seq IN (SELECT seq FROM events WHERE seq <= ? ORDER BY seq LIMIT ?)",
            .integer(max(surplus, old)), .integer(Int64(max(limit, 0))))
        return database.changes
    }
}
