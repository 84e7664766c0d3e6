import Time

/// Makes `progress` of counts that come as often as they like: four a second at most, each with a rate and an estimate.
///
/// The rate is a moving average over some seconds, so that a pause shows, and a single burst does not.
struct ProgressMeter {
    /// The least time between two that are told; nothing is told of what takes less.
    static let interval = Duration.milliseconds(250)
    /// How fast the average forgets.
    private static let memory = 3.0

    private var last: Instant
    private var phase: String?
    /// Where the rate was measured last, within the phase.
    private var mark: (time: Instant, done: Int64)
    private var rate: Double?

    /// A meter of something that begins now.
    init(start: Instant) {
        last = start
        mark = (start, 0)
    }

    /// Takes in how much is done.
    ///
    /// - Parameters:
    ///   - done: from 0 on in each phase.
    ///   - total: if it is known.
    ///   - phase: its name, where a command has several.
    /// - Returns: what to tell, if it is time to.
    mutating func advance(to done: Int64, of total: Int64? = nil, phase: String? = nil, now: Instant) -> Progress? {
        if phase != self.phase {
            self.phase = phase
            mark = (now, 0)
            rate = nil
        }
        guard now - last >= Self.interval else { return nil }
        last = now
        measure(done, now)
        return Progress(
            done: done, total: total, rate: rate, remaining: total.flatMap { remaining($0, done) }, phase: phase)
    }

    private mutating func measure(_ done: Int64, _ now: Instant) {
        let seconds = Double((now - mark.time).millisecondsClamped) / 1000
        // A phase that has just begun says nothing of its speed yet.
        guard seconds > 0.05 else { return }
        let speed = Double(max(0, done - mark.done)) / seconds
        rate = rate.map { $0 + (speed - $0) * seconds / (seconds + Self.memory) } ?? speed
        mark = (now, done)
    }

    private func remaining(_ total: Int64, _ done: Int64) -> Duration? {
        guard let rate, rate > 0 else { return nil }
        let seconds = Double(max(0, total - done)) / rate
        return seconds < 1e9 ? .milliseconds(Int64(seconds * 1000)) : nil
    }
}
