import Time

/// A rate with a burst: `burst` may come at once, and `rate` per second come back.
struct TokenBucket {
    let rate: Double
    let burst: Int
    private var tokens: Double
    private var updated: Instant

    init(rate: Double, burst: Int, now: Instant) {
        self.rate = rate
        self.burst = burst
        tokens = Double(burst)
        updated = now
    }

    /// Takes one; false when there is none.
    mutating func take(now: Instant) -> Bool {
        refill(now: now)
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }

    /// Whether nothing of the burst is used up, so that the bucket may be forgotten.
    mutating func isFull(now: Instant) -> Bool {
        refill(now: now)
        return tokens >= Double(burst)
    }

    private mutating func refill(now: Instant) {
        guard now > updated else { return }
        let elapsed = Double((now - updated).nanosecondsClamped) / 1e9
        tokens = min(Double(burst), tokens + elapsed * rate)
        updated = now
    }
}
