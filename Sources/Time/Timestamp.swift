/// Wall-clock time: milliseconds since 1970-01-01T00:00:00Z, without leap seconds (POSIX time).
public struct Timestamp: Comparable, Hashable, Sendable {
    /// Milliseconds since 1970 UTC; negative before.
    public let milliseconds: Int64

    /// The time `milliseconds` after 1970 UTC.
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// The time `duration` later (earlier, if negative), clamped to the representable range.
    public static func + (timestamp: Timestamp, duration: Duration) -> Timestamp {
        let delta = duration.millisecondsClamped
        let (sum, overflowed) = timestamp.milliseconds.addingReportingOverflow(delta)
        return Timestamp(milliseconds: overflowed ? (delta < 0 ? .min : .max) : sum)
    }

    /// The time `duration` earlier (later, if negative), clamped to the representable range.
    public static func - (timestamp: Timestamp, duration: Duration) -> Timestamp {
        let delta = duration.millisecondsClamped
        let (difference, overflowed) = timestamp.milliseconds.subtractingReportingOverflow(delta)
        return Timestamp(milliseconds: overflowed ? (delta < 0 ? .max : .min) : difference)
    }

    /// The time from `earlier` to `later`, clamped to `Int64` milliseconds; negative if they are the other way round.
    public static func - (later: Timestamp, earlier: Timestamp) -> Duration {
        let (difference, overflowed) = later.milliseconds.subtractingReportingOverflow(earlier.milliseconds)
        return .milliseconds(overflowed ? (later < earlier ? .min : .max) : difference)
    }

    /// Orders times from earlier to later.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }
}
