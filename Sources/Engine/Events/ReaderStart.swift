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
    /// Whether there are so many consumers already that this one cannot be known.
    private(set) var isCrowded = false

    /// How many consumers a store knows. One that the log has left behind gives way to a new one.
    static let maximumConsumers = 1024

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
        if known == nil {
            let limit = Self.maximumConsumers
            let own = Lifecycle.cursorName
            if consumer != own, try !transaction.makeRoomForCursor(limit: limit, kept: own) {
                isCrowded = true
                return
            }
            try transaction.setCursor(of: consumer, to: after)
        }
        if isTold { try transaction.beginTelling(consumer) }
    }

    /// The failure of a reader that wants to begin behind the end of the log, or is one consumer too many; nil for others.
    func problem(_ field: String) -> CommandFailure? {
        if after > last { return .beyond(after, last, field) }
        guard isCrowded else { return nil }
        return CommandFailure(
            .limitReached, "\(Self.maximumConsumers) consumers are known already; use one of their names",
            field: EventArguments.consumer.spec.name)
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
