import CPlatform
import Time

/// A clock that never goes back, and its timers.
@NetworkActor public protocol MonotonicClock: AnyObject, Sendable {
    /// The present time.
    var now: Instant { get }

    /// Runs `action` at `deadline`, or at the next turn of the loop if that has passed. Timers with the same deadline
    /// run in the order in which they were scheduled.
    @discardableResult
    func schedule(at deadline: Instant, _ action: @escaping @NetworkActor () -> Void) -> Timer
}

extension MonotonicClock {
    /// Runs `action` after `delay`; a negative delay is none.
    @discardableResult
    public func schedule(after delay: Duration, _ action: @escaping @NetworkActor () -> Void) -> Timer {
        schedule(at: now + max(delay, .zero), action)
    }

    /// Suspends the task for `duration`. Returns early when the task is cancelled; ask `Task.isCancelled`.
    public func sleep(for duration: Duration) async {
        if Task.isCancelled { return }
        await Sleeper().sleep(until: now + max(duration, .zero), self)
    }
}

/// One sleeping task: woken by its timer, by cancellation, or by whoever holds this, whichever is first.
@NetworkActor final class Sleeper {
    private var continuation: UnsafeContinuation<Void, Never>?
    private var timer: Timer?
    private var isOver = false

    /// Sleeps until `deadline`; nil for no deadline.
    func sleep(until deadline: Instant?, _ clock: any MonotonicClock) async {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                // Cancellation may come before.
                if isOver { return continuation.resume() }
                self.continuation = continuation
                timer = deadline.map { clock.schedule(at: $0) { [weak self] in self?.end() } }
            }
        } onCancel: {
            if EventLoop.shared.isCurrentThread {
                NetworkActor.assumeIsolated { end() }
            } else {
                EventLoop.shared.execute { self.end() }
            }
        }
    }

    func end() {
        isOver = true
        timer?.cancel()
        timer = nil
        continuation?.resume()
        continuation = nil
    }
}

/// The system's monotonic clock, on the event loop's timers.
final class SystemClock: MonotonicClock {
    nonisolated init() {}

    var now: Instant { Instant(nanoseconds: platform_monotonic_nanoseconds()) }

    func schedule(at deadline: Instant, _ action: @escaping @NetworkActor () -> Void) -> Timer {
        EventLoop.shared.timers.schedule(at: deadline.nanoseconds, action)
    }
}
