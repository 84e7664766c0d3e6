import Time

/// A rate limit: holds up to `burst` tokens, gains `perSecond` of them, and refuses what it has no tokens for.
struct TokenBucket: Sendable {
    let burst: Double
    let perSecond: Double
    private var level: Double
    private var updated: Instant

    init(burst: Double, perSecond: Double, now: Instant) {
        self.burst = burst
        self.perSecond = perSecond
        level = burst
        updated = now
    }

    /// Takes `count` tokens, or returns after how long they would be there.
    mutating func take(_ count: Double, now: Instant) -> Duration? {
        refill(now)
        guard count > level else {
            level -= count
            return nil
        }
        return .milliseconds(Int64(((min(count, burst) - level) / perSecond * 1000).rounded(.up)))
    }

    /// True when it is as good as a new one.
    mutating func isFull(now: Instant) -> Bool {
        refill(now)
        return level >= burst
    }

    private mutating func refill(_ now: Instant) {
        let elapsed = Double(max((now - updated).nanosecondsClamped, 0)) / 1e9
        level = min(burst, level + elapsed * perSecond)
        updated = max(updated, now)
    }
}
