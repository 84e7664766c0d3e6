import Time

/// How long to leave a peer alone after a failure: up to 1 s, then 2, 4 … up to 5 minutes, each time a uniformly random
/// part of that ("full jitter"), so that peers who lost sight of each other at one moment do not come back at one.
struct RetryBackoff: Equatable, Sendable {
    private(set) var failures = 0

    static let base = Duration.seconds(1)
    static let maximum = Duration.seconds(300)
    /// No pause is shorter: a failure that comes at once must not become a busy loop.
    static let minimum = Duration.milliseconds(50)

    /// The longest pause while there is little time left: whoever comes up meanwhile is not to be missed.
    static let urgentMaximum = Duration.milliseconds(500)

    /// The longest that the next pause can be.
    var ceiling: Duration {
        // 2^9 seconds exceed the maximum.
        min(Self.base * (1 << min(failures, 9)), Self.maximum)
    }

    /// The next pause, chosen by 64 random bits.
    ///
    /// - Parameter isUrgent: whether there is little time left.
    mutating func next(entropy: UInt64, isUrgent: Bool = false) -> Duration {
        let ceiling = isUrgent ? min(ceiling, Self.urgentMaximum) : ceiling
        let range = UInt64(max(ceiling.nanosecondsClamped, 0))
        let chosen = entropy.multipliedFullWidth(by: range).high
        failures += 1
        return max(.nanoseconds(Int64(clamping: chosen)), Self.minimum)
    }

    /// After a success.
    mutating func reset() { failures = 0 }
}
