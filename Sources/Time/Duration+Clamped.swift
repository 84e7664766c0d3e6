extension Duration {
    /// The duration in whole nanoseconds, rounded towards zero and clamped to `Int64` (about ±292 years).
    public var nanosecondsClamped: Int64 {
        scaled(unitsPerSecond: 1_000_000_000, attosecondsPerUnit: 1_000_000_000)
    }

    /// The duration in whole milliseconds, rounded towards zero and clamped to `Int64`.
    public var millisecondsClamped: Int64 {
        scaled(unitsPerSecond: 1000, attosecondsPerUnit: 1_000_000_000_000_000)
    }

    private func scaled(unitsPerSecond: Int64, attosecondsPerUnit: Int64) -> Int64 {
        let (seconds, attoseconds) = components
        let limit = seconds < 0 ? Int64.min : Int64.max
        let (whole, overflowed) = seconds.multipliedReportingOverflow(by: unitsPerSecond)
        if overflowed { return limit }
        let (sum, carried) = whole.addingReportingOverflow(attoseconds / attosecondsPerUnit)
        return carried ? limit : sum
    }
}
