/// An action that will run once, at its time, unless cancelled before.
@NetworkActor public final class Timer {
    let deadline: UInt64
    /// Orders timers with the same deadline: the first scheduled runs first.
    let sequence: UInt64
    /// Where the queue keeps it.
    var position: Int
    private var action: (@NetworkActor () -> Void)?
    private var queue: TimerQueue?

    init(deadline: UInt64, sequence: UInt64, queue: TimerQueue, action: @escaping @NetworkActor () -> Void) {
        self.deadline = deadline
        self.sequence = sequence
        self.queue = queue
        self.action = action
        position = -1
    }

    /// Whether it has neither run nor been cancelled.
    public var isPending: Bool { queue != nil }

    /// Keeps the action from running, and releases it. O(log n); no effect once it ran.
    public func cancel() {
        guard let queue else { return }
        queue.remove(self)
        detach()
    }

    func fire() {
        let action = action
        detach()
        action?()
    }

    /// Leaves the queue without running.
    func detach() {
        queue = nil
        action = nil
    }
}
