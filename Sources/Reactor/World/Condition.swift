import Time

/// Something that tasks wait for, without asking again and again. Whoever changes what they look at says so with
/// ``changed()``.
///
/// ```swift
/// let arrivals = Condition()
/// // One task, which waits for at most a second:
/// let isFull = await arrivals.wait(until: clock.now + .seconds(1), on: clock) { items.count >= 10 }
/// // Another:
/// items.append(item)
/// arrivals.changed()
/// ```
@NetworkActor public final class Condition {
    private var sleepers: [Sleeper] = []

    /// A condition that nobody waits for.
    public nonisolated init() {}

    /// Suspends until something holds: it is asked now, and after each ``changed()``.
    ///
    /// - Parameters:
    ///   - deadline: When to stop waiting; nil for never.
    ///   - clock: The clock of the deadline.
    ///   - holds: Looks, and changes nothing.
    /// - Returns: Whether it holds. Cancelling the task ends the wait, as the deadline does.
    @discardableResult
    public func wait(
        until deadline: Instant? = nil, on clock: any MonotonicClock, _ holds: @NetworkActor () -> Bool
    ) async -> Bool {
        while !holds() {
            if Task.isCancelled { return false }
            if let deadline, deadline <= clock.now { return false }
            let sleeper = Sleeper()
            sleepers.append(sleeper)
            await sleeper.sleep(until: deadline, clock)
            sleepers.removeAll { $0 === sleeper }
        }
        return true
    }

    /// Lets those who wait look again, later in this turn of the loop.
    public func changed() {
        guard !sleepers.isEmpty else { return }
        let waiting = sleepers
        sleepers = []
        for sleeper in waiting { sleeper.end() }
    }
}
