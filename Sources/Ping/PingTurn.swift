import Reactor
import Swarm

/// The one ping stream to a peer, and the turns in which callers use it: first come, first served.
@NetworkActor
final class PingTurn {
    /// The stream, kept from one ping to the next.
    var stream: Stream?
    /// Closes the stream when it is not used again soon.
    var closing: Timer?

    private var isTaken = false
    private var waiting: [UnsafeContinuation<Void, Never>] = []

    /// Whether nobody uses or awaits the stream.
    var isIdle: Bool { !isTaken }

    /// Waits for the turn. Cancellation does not shorten the wait, which is bounded by the timeouts of those before.
    func take() async {
        guard isTaken else {
            isTaken = true
            return
        }
        await withUnsafeContinuation { waiting.append($0) }
    }

    /// Hands the turn to the next.
    func give() {
        guard !waiting.isEmpty else {
            isTaken = false
            return
        }
        waiting.removeFirst().resume()
    }
}
