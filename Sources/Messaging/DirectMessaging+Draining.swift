import Identity
import Reactor
import Swarm
import Time

/// Sending what waits before the end.
extension DirectMessaging {
    /// Sends what waits, for `limit` at most. Every peer with a known address is tried at once, whatever it has come to
    /// before, and tried again while there is time; what waits for a peer that nobody knows the way to is not waited for.
    /// Returns early when nothing more can be done, or when the task is cancelled.
    public func drain(for limit: Duration) async {
        guard phase == .running, limit > .zero else { return }
        let token = waiters.nextToken()
        let wasDraining = isDraining
        drainers[token] = .starting
        if !wasDraining { hurry() }
        guard !isDrained else {
            drainers[token] = nil
            return
        }
        let timer = world.clock.schedule(after: limit) { [weak self] in self?.endDrain(token) }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // It may have ended while it began.
                guard drainers[token] != nil else { return continuation.resume() }
                drainers[token] = .waiting(continuation)
                if Task.isCancelled { endDrain(token) }
            }
        } onCancel: {
            EventLoop.shared.execute { self.endDrain(token) }
        }
        timer.cancel()
    }

    /// Whether somebody waits for the outbox to run dry.
    var isDraining: Bool { !drainers.isEmpty }

    /// Lifts the pauses of all queues but those that their peers have asked for.
    private func hurry() {
        for peer in queues.keys.sorted() {
            queues[peer]?.isUrgent = true
            if queues[peer]?.waitsByRequest == false { queues[peer]?.wake() }
            pump(peer)
        }
    }

    private var isDrained: Bool { settling == 0 && queues.allSatisfy { isDone($0.value, with: $0.key) } }

    /// Whether nothing can be done for a peer now: nothing waits for it, or nobody knows the way to it.
    private func isDone(_ queue: PeerQueue, with peer: PeerID) -> Bool {
        guard !queue.isEmpty else { return true }
        guard queue.inFlightCount == 0, queue.pausedUntil != nil else { return false }
        return !swarm.isConnected(peer) && swarm.addressBook.addresses(of: peer).isEmpty
    }

    /// Wakes those who wait for the outbox to run dry, if it has.
    func endDrain(force: Bool = false) {
        guard isDraining, force || isDrained else { return }
        for token in drainers.keys.sorted() { endDrain(token) }
    }

    private func endDrain(_ token: UInt64) {
        guard let drainer = drainers.removeValue(forKey: token) else { return }
        if !isDraining { for peer in queues.keys { queues[peer]?.isUrgent = false } }
        if case .waiting(let continuation) = drainer { continuation.resume() }
    }
}

/// Somebody who waits for the outbox to run dry.
enum Drainer {
    case starting
    case waiting(CheckedContinuation<Void, Never>)
}
