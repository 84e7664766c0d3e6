import Store
import Time

/// Where a reader begins, and what it may have been told before.
struct ReaderStart: Sendable, Equatable {
    /// It is told the events behind this one.
    var after: Int64
    /// The last event in the log.
    var last: Int64
    /// The last event that it may have been told.
    var told: Int64

    /// Looks up where a reader begins; from now on its consumer is known.
    ///
    /// - Parameters:
    ///   - consumer: The name it goes by; nil for a reader that nobody remembers.
    ///   - isTold: Whether it is told events as soon as this is on the disk.
    init(
        _ since: EventPosition, as consumer: String?, isTold: Bool, in transaction: Transaction, now: Timestamp
    ) throws(StoreError) {
        last = try transaction.lastEventSeq()
        let known: StoredCursor?
        if let consumer { known = try transaction.cursor(of: consumer) } else { known = nil }
        let wanted = try since.seq(in: transaction, last: last, now: now, cursor: known?.seq)
        after = since == .ack ? min(wanted, last) : wanted
        told = known == nil ? 0 : known?.told ?? last
        guard let consumer, after <= last else { return }
        if known == nil { try transaction.setCursor(of: consumer, to: after) }
        if isTold { try transaction.beginTelling(consumer) }
    }

    /// The failure of a reader that wants to begin behind the end of the log; nil if it does not.
    func problem(_ field: String) -> CommandFailure? {
        after > last ? .beyond(after, last, field) : nil
    }
}

/// As whom the reader of the pipes is told events.
enum PipeReader: Sendable, Equatable {
    /// As the profile's reader, which begins where the one before it stopped.
    case profile
    /// As a listener, which leaves the profile's reader alone: nobody remembers it, or it is a consumer.
    case listener(since: EventPosition, consumer: String?)

    /// The name that its cursor is kept by.
    var consumer: String? {
        switch self {
        case .profile: Lifecycle.cursorName
        case .listener(_, let consumer): consumer
        }
    }

    /// Where it begins.
    var since: EventPosition {
        switch self {
        case .profile: .ack
        case .listener(let since, _): since
        }
    }
}
