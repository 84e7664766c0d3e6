import Reactor

/// Lets one at a time do something that suspends, in the order they came.
@NetworkActor final class TurnQueue {
    private var isTaken = false
    /// At most what the sessions let be under way.
    private var waiting: [CheckedContinuation<Void, Never>] = []

    nonisolated init() {}

    /// Suspends until it is the caller's turn, which lasts until `pass()`. Cancelling has no effect.
    func take() async {
        guard isTaken else {
            isTaken = true
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    /// The turn is over: the next one's begins.
    func pass() {
        if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
    }
}
