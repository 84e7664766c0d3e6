import Reactor

/// A place where at most one task waits for something to change. The task looks again when it is woken; being woken
/// promises nothing, so that cancellation needs no state of its own.
@NetworkActor
final class Waiter {
    private var continuation: UnsafeContinuation<Void, Never>?

    /// Whether a task is waiting.
    var isOccupied: Bool { continuation != nil }

    /// Suspends until ``wake()`` or the task's cancellation. The caller has made sure that nobody else waits, and looks
    /// at `Task.isCancelled` before and after.
    func wait() async {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                guard self.continuation == nil, !Task.isCancelled else { return continuation.resume() }
                self.continuation = continuation
            }
        } onCancel: {
            // Runs on any thread: the wake-up comes to the loop behind whatever is running there.
            spawn { self.wake() }
        }
    }

    /// Lets the waiting task, if any, look again. It runs later in this turn of the loop, not within this call.
    func wake() {
        guard let waiting = continuation else { return }
        continuation = nil
        waiting.resume()
    }
}
