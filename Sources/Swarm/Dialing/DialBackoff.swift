import Time

/// How long an address is left alone after it failed: 5 s + 1 s · n² after the nth failure in a row, at most 5 min
/// (go-libp2p's numbers).
struct DialBackoff: Sendable {
    static let base = Duration.seconds(5)
    static let maximum = Duration.seconds(300)

    private(set) var failures = 0
    private(set) var until: Instant?

    mutating func failed(now: Instant) {
        // Above 17 the square is beyond the maximum, so the count need not grow on.
        failures = min(failures + 1, 18)
        until = now + min(Self.base + .seconds(failures * failures), Self.maximum)
    }

    mutating func succeeded() { self = DialBackoff() }

    /// How long it is still to be left alone; nil when it may be dialed.
    func remaining(now: Instant) -> Duration? {
        guard let until, until > now else { return nil }
        return until - now
    }
}
