/// A point in time on a monotonic clock: nanoseconds since an arbitrary origin, the same for a whole process.
public struct Instant: Comparable, Hashable, Sendable {
    /// Nanoseconds since the origin.
    public let nanoseconds: UInt64

    /// The instant `nanoseconds` after the origin.
    public init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    /// Later than every instant that a clock gives.
    public static let distantFuture = Instant(nanoseconds: .max)

    /// The instant `duration` later (earlier, if negative), clamped to the representable range.
    public static func + (instant: Instant, duration: Duration) -> Instant {
        let delta = duration.nanosecondsClamped
        let (sum, overflowed) =
            delta >= 0
            ? instant.nanoseconds.addingReportingOverflow(delta.magnitude)
            : instant.nanoseconds.subtractingReportingOverflow(delta.magnitude)
        return Instant(nanoseconds: overflowed ? (delta >= 0 ? .max : 0) : sum)
    }

    /// Moves the instant by `duration`, clamped to the representable range.
    public static func += (instant: inout Instant, duration: Duration) {
        instant = instant + duration
    }

    /// The exact time from `earlier` to `later`; negative if they are the other way round.
    public static func - (later: Instant, earlier: Instant) -> Duration {
        let isNegative = later.nanoseconds < earlier.nanoseconds
        let magnitude =
            isNegative ? earlier.nanoseconds - later.nanoseconds : later.nanoseconds - earlier.nanoseconds
        // At most 1.8e10 seconds, and fewer than 1e9 nanoseconds of 1e9 attoseconds each: both fit.
        let seconds = Int64(magnitude / 1_000_000_000)
        let attoseconds = Int64(magnitude % 1_000_000_000) * 1_000_000_000
        return Duration(
            secondsComponent: isNegative ? -seconds : seconds,
            attosecondsComponent: isNegative ? -attoseconds : attoseconds)
    }

    /// Orders instants from earlier to later.
    public static func < (left: Instant, right: Instant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}
