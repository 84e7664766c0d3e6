import Time

extension RandomNumberGenerator {
    /// A uniformly distributed time between two, to the nanosecond.
    mutating func duration(in range: ClosedRange<Duration>) -> Duration {
        let width = (range.upperBound - range.lowerBound).nanosecondsClamped
        return range.lowerBound + .nanoseconds(width > 0 ? Int64.random(in: 0...width, using: &self) : 0)
    }

    /// The time, or up to a fifth less of it, so that those who began together do not go on together.
    mutating func spread(_ time: Duration) -> Duration {
        duration(in: time - time / 5...time)
    }
}
