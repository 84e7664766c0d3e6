import Time

/// When to begin which attempt of a dial: the first at once, each further one when the one before has failed or has
/// been silent for its stagger, and never more than `concurrency` at a time. The indices are those of the ranked list.
struct DialSchedule {
    enum Action: Equatable {
        /// Begin these attempts now; look again at `next`, if given, unless an attempt ends before.
        case begin([Int], next: Instant?)
        /// All attempts have failed.
        case exhausted
    }

    private let staggers: [Duration]
    private let concurrency: Int
    private var started = 0
    private var running: Set<Int> = []
    private var nextStart: Instant?

    /// - Parameters:
    ///   - staggers: for each attempt, how long it may be silent before the next one begins.
    ///   - concurrency: the most attempts at once, at least 1.
    init(staggers: [Duration], concurrency: Int) {
        self.staggers = staggers
        self.concurrency = max(concurrency, 1)
    }

    /// What to do at the start and when the time that was asked for has come.
    mutating func advance(now: Instant) -> Action {
        var begun: [Int] = []
        while started < staggers.count, running.count < concurrency, isDue(now) {
            begun.append(started)
            running.insert(started)
            nextStart = now + staggers[started]
            started += 1
        }
        if begun.isEmpty, running.isEmpty { return .exhausted }
        let waits = started < staggers.count && running.count < concurrency
        return .begin(begun, next: waits ? nextStart : nil)
    }

    /// An attempt has failed: the next one need not wait.
    mutating func failed(_ attempt: Int, now: Instant) -> Action {
        running.remove(attempt)
        // Only the latest attempt holds the next one back; an early one that fails late changes nothing.
        if attempt == started - 1 || running.isEmpty { nextStart = nil }
        return advance(now: now)
    }

    private func isDue(_ now: Instant) -> Bool { nextStart.map { $0 <= now } ?? true }
}
