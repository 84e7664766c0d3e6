/// A rate with a burst: `burst` tokens may be taken at once, and `rate` of them come back each second.
public struct TokenBucket: Sendable {
    /// Tokens per second.
    public let rate: Double
    /// The most tokens there are.
    public let burst: Int
    private var tokens: Double
    private var updated: Instant

    /// A full bucket.
    public init(rate: Double, burst: Int, now: Instant) {
        self.rate = rate
        self.burst = burst
        tokens = Double(burst)
        updated = now
    }

    /// Takes one token; false when there is none.
    public mutating func take(now: Instant) -> Bool { shortage(1, now: now) == nil }

    /// Takes `count` tokens. When there are too few, it takes none and returns how long it is until there are enough,
    /// rounded up to a millisecond; for more than the burst, until the bucket is full.
    public mutating func shortage(_ count: Int, now: Instant) -> Duration? {
        refill(now: now)
        guard Double(count) > tokens else {
            tokens -= Double(count)
            return nil
        }
        let missing = Double(min(count, burst)) - tokens
        return .milliseconds(Int64((missing / rate * 1000).rounded(.up)))
    }

    /// Whether nothing of the burst is used up, so that the bucket may be forgotten.
    public mutating func isFull(now: Instant) -> Bool {
        refill(now: now)
        return tokens >= Double(burst)
    }

    /// Takes one token, or the next one to come.
    ///
    /// - Parameters:
    ///   - now: the time.
    ///   - patience: the longest wait worth it.
    /// - Returns: how long to wait for the token, zero when there was one; nil when it would take too long, and none
    ///   is taken then.
    public mutating func reserve(now: Instant, patience: Duration) -> Duration? {
        refill(now: now)
        let missing = max(1 - tokens, 0)
        guard missing <= Double(patience.nanosecondsClamped) / 1e9 * rate else { return nil }
        tokens -= 1
        return .nanoseconds(Int64(missing / rate * 1e9))
    }

    private mutating func refill(now: Instant) {
        guard now > updated else { return }
        let elapsed = Double((now - updated).nanosecondsClamped) / 1e9
        tokens = min(Double(burst), tokens + elapsed * rate)
        updated = now
    }
}
