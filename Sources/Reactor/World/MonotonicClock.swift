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
        let sleeper = Sleeper()
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                sleeper.begin(continuation, schedule(after: duration) { sleeper.end() })
            }
        } onCancel: {
            if EventLoop.shared.isCurrentThread {
                NetworkActor.assumeIsolated { sleeper.end() }
            } else {
                EventLoop.shared.execute { sleeper.end() }
            }
        }
    }
}

/// One sleeping task: woken by its timer or by cancellation, whichever is first.
@NetworkActor private final class Sleeper {
    private var continuation: UnsafeContinuation<Void, Never>?
    private var timer: Timer?
    private var isOver = false

    func begin(_ continuation: UnsafeContinuation<Void, Never>, _ timer: Timer) {
        // Cancellation may come between its check and here.
        if isOver {
            timer.cancel()
            continuation.resume()
        } else {
            self.continuation = continuation
            self.timer = timer
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
