import Time

/// A rate with a burst: `burst` may come at once, and `rate` per second come back.
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

    /// Takes one; false when there is none.
    public mutating func take(now: Instant) -> Bool {
        refill(now: now)
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }

    /// Whether nothing of the burst is used up, so that the bucket may be forgotten.
    public mutating func isFull(now: Instant) -> Bool {
        refill(now: now)
        return tokens >= Double(burst)
    }

    /// Takes one token, or the next one to come.
    ///
    /// - Returns: how long to wait for it; zero when there was one. The caller bounds how many wait.
    public mutating func reserve(now: Instant) -> Duration {
        refill(now: now)
        tokens -= 1
        return tokens >= 0 ? .zero : .nanoseconds(Int64(min(-tokens / rate * 1e9, 1e15)))
    }

    private mutating func refill(now: Instant) {
        guard now > updated else { return }
        let elapsed = Double((now - updated).nanosecondsClamped) / 1e9
        tokens = min(Double(burst), tokens + elapsed * rate)
        updated = now
    }
}
