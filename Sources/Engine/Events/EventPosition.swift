import Store
import Time
import Wire

/// A place in the log of events, as users name it.
enum EventPosition: Sendable, Equatable {
    /// The end of the log.
    case now
    /// What the consumer has acknowledged.
    case ack
    /// Behind the event with this number.
    case seq(Int64)
    /// So long ago.
    case age(Duration)
    /// The first event of that time or a later one; as an end, the last of that time or an earlier one.
    case time(Timestamp)

    /// The longest way back: ten years, in milliseconds.
    private static let maximumAge: Int64 = 315_360_000_000

    /// What a line holds: `"now"`, `"ack"`, a number, a time as lines have it, or a duration with its unit.
    init?(_ value: JSON) {
        switch value {
        case .integer(let seq) where (0...FieldType.safeInteger).contains(seq): self = .seq(seq)
        case .string("now"): self = .now
        case .string("ack"): self = .ack
        case .string(let text):
            if let time = Timestamp(rfc3339: text) {
                self = .time(time)
            } else if let age = DurationText.milliseconds(text) {
                guard age <= Self.maximumAge else { return nil }
                self = .age(.milliseconds(age))
            } else if let seq = Int64(text), (0...FieldType.safeInteger).contains(seq) {
                self = .seq(seq)
            } else {
                return nil
            }
        default: return nil
        }
    }

    /// Where a subscription begins that names neither, either or both: now without a consumer, behind what it has
    /// acknowledged with one.
    ///
    /// - Throws: `argument.missing`, `argument.invalid`.
    static func start(_ since: EventPosition?, _ consumer: String?) throws(CommandFailure) -> EventPosition {
        if consumer == Lifecycle.cursorName {
            throw CommandFailure(
                .argumentInvalid, "'\(Lifecycle.cursorName)' is linnet's own name for its reader; choose another",
                field: EventArguments.consumer.spec.name)
        }
        if since == .ack, consumer == nil {
            throw CommandFailure(
                .argumentMissing, "'since' is ack, which needs a 'consumer'", field: EventArguments.consumer.spec.name)
        }
        return since ?? (consumer == nil ? .now : .ack)
    }

    /// The number of the last event before this place, in a log that ends with `last`.
    ///
    /// - Parameters:
    ///   - now: The time that an age counts from.
    ///   - isEnd: Whether the place ends what is asked for, with all that happened at its time.
    ///   - cursor: What the consumer has acknowledged; nil: nothing yet, so that everything is still to come.
    func seq(
        in log: ReadTransaction, last: Int64, now: Timestamp, isEnd: Bool = false, cursor: Int64?
    ) throws(StoreError) -> Int64 {
        switch self {
        case .now: last
        case .ack: cursor ?? 0
        case .seq(let seq): seq
        case .age(let age): try log.firstEventSeq(since: now - age).map { $0 - 1 } ?? last
        case .time(let time):
            try log.firstEventSeq(since: isEnd ? time + .milliseconds(1) : time).map { $0 - 1 } ?? last
        }
    }
}
