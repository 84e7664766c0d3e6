import Identity
import Reactor
import Store
import Time

extension DirectMessaging {
    /// Messages that one transaction expires at most.
    private nonisolated static let expiryBatch = 512
    /// How long to wait when what is due cannot be expired yet: it is under way, or the store fails.
    private nonisolated static let expiryPause = Duration.seconds(5)

    /// Sees to it that what expires at `time` does.
    func scheduleExpiry(_ time: Timestamp) {
        guard phase == .running else { return }
        if let expiry, expiry.at <= time { return }
        expiry?.timer.cancel()
        let timer = world.clock.schedule(after: time - steadyNow) { [weak self] in self?.expire() }
        expiry = (time, timer)
    }

    private func expire() {
        expiry = nil
        let now = steadyNow
        let time = world.wallClock.now
        let encodeEvent = encodeEvent
        // A message under way may arrive yet, and one that has arrived is not settled yet: the answer comes first. None of
        // the others goes out any more, since a queue sends nothing that is due.
        let underway = Set(queues.values.flatMap(\.inFlightPositions)).union(unsettled)
        store.write(
            { transaction in
                let due = try transaction.outboxExpired(at: now, limit: Self.expiryBatch)
                var expired: [(ExpiredEntry, MessageState)] = []
                for entry in due where !underway.contains(entry.position) {
                    let before = try transaction.state(ofMessageAt: entry.position) ?? .accepted
                    try transaction.dequeue(messageAt: entry.position, for: entry.peer)
                    try transaction.advance(messageAt: entry.position, to: .expired, at: time)
                    try transaction.append(
                        encodeEvent(
                            .expired(
                                MessageProgress(
                                    message: entry.id, chat: entry.chat, peer: entry.peer, time: time))))
                    expired.append((entry, before))
                }
                return (expired, try transaction.nextOutboxExpiry())
            },
            completion: { [self] result in
                switch result {
                case .success(let (expired, next)):
                    finish(expired)
                    if let next { scheduleExpiry(next > now ? next : steadyNow + Self.expiryPause) }
                case .failure:
                    scheduleExpiry(steadyNow + Self.expiryPause)
                }
            })
    }

    private func finish(_ expired: [(entry: ExpiredEntry, before: MessageState)]) {
        var positions: [PeerID: [Int64]] = [:]
        for (entry, before) in expired {
            left(before)
            if let id = MessageID(entry.id) { waiters.reached(.expired, id) }
            if let peer = try? PeerID(entry.peer) { positions[peer, default: []].append(entry.position) }
        }
        for peer in positions.keys.sorted() {
            queues[peer]?.drop(positions[peer] ?? [])
            pump(peer)
        }
    }
}
