import Time

/// An amount that may be spent in each interval of time.
struct RateBudget {
    private let limit: UInt64
    private let interval: Duration
    private var spent: UInt64 = 0
    private var intervalStart: Instant?

    init(_ limit: UInt64, per interval: Duration) {
        self.limit = limit
        self.interval = interval
    }

    /// Spends `amount`; false, and nothing spent, when too little is left in this interval.
    mutating func spend(_ amount: UInt64 = 1, now: Instant) -> Bool {
        if let start = intervalStart, now - start < interval {
        } else {
            intervalStart = now
            spent = 0
        }
        let (sum, overflow) = spent.addingReportingOverflow(amount)
        guard !overflow, sum <= limit else { return false }
        spent = sum
        return true
    }
}

/// Payload that may come for streams this side no longer knows.
///
/// After a reset the peer may have a window's worth on its way: that much is owed. Beyond it, honest peers send
/// nothing; a small slack forgives mistakes.
struct DiscardBudget {
    /// Never more than this, however many streams were reset, in bytes.
    private static let greatestDebt: UInt64 = 1 << 30
    private var owed: UInt64 = 0
    private var slack = RateBudget(1 << 20, per: .seconds(30))

    /// A stream was reset while the peer was still allowed to send `window` bytes.
    mutating func expect(_ window: UInt32) { owed = min(owed + UInt64(window), Self.greatestDebt) }

    /// False when `count` bytes more cannot be explained by any reset.
    mutating func discard(_ count: UInt32, now: Instant) -> Bool {
        let amount = UInt64(count)
        if amount <= owed {
            owed -= amount
            return true
        }
        guard slack.spend(amount - owed, now: now) else { return false }
        owed = 0
        return true
    }
}
