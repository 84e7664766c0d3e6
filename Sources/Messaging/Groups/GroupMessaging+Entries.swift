import Groups
import Identity
import Reactor
import Store
import Time

/// What others write into a group's log.
extension GroupMessaging {
    /// How many peers' words on one group's log may wait at a time. What is let go comes again by catching up.
    private nonisolated static let maximumArrivals = 256

    /// Entries that have come together, and wait for their turn.
    struct Arrival {
        let entries: [[UInt8]]
        let sender: PeerID
        let startsSync: Bool
        let done: @NetworkActor (Outcome) -> Void
    }

    /// What became of entries.
    enum Outcome: Equatable {
        /// They are on the disk, unless they were known, or wait for others.
        case taken(isNews: Bool)
        /// Not all of them may stand in the log.
        case refused(isNews: Bool)
        /// They could not be written.
        case failed

        var isTaken: Bool { if case .taken = self { true } else { false } }

        var isNews: Bool {
            switch self {
            case .taken(let isNews), .refused(let isNews): isNews
            case .failed: false
            }
        }
    }

    /// Takes entries of a group's log. Those that come while a step is under way share the next one.
    ///
    /// - Parameters:
    ///   - startsSync: whether to ask the sender for what comes before.
    ///   - done: called when they are on the disk, or will not be.
    func receive(
        entries: [[UInt8]], in id: GroupID, from sender: PeerID, startsSync: Bool = true,
        done: @escaping @NetworkActor (Outcome) -> Void
    ) {
        let isFirst = arrivals[id] == nil
        guard arrivals[id, default: []].count < Self.maximumArrivals else {
            count(.crowded)
            return done(.failed)
        }
        arrivals[id, default: []].append(
            Arrival(entries: entries, sender: sender, startsSync: startsSync, done: done))
        if isFirst { spawn { [self] in await takeArrivals(id) } }
    }

    /// As above, and returns when they are on the disk, or will not be.
    func receive(entries: [[UInt8]], in id: GroupID, from sender: PeerID) async -> Outcome {
        await withCheckedContinuation { continuation in
            receive(entries: entries, in: id, from: sender, startsSync: false) { continuation.resume(returning: $0) }
        }
    }

    private func takeArrivals(_ id: GroupID) async {
        var taken: [Arrival] = []
        var receptions: [GroupReception] = []
        do {
            try await step(id) { draft in
                taken = arrivals.removeValue(forKey: id) ?? []
                for arrival in taken {
                    let before = draft.group.state
                    let reception = draft.group.apply(arrival.entries, now: world.wallClock.now)
                    record(reception.update, since: before, in: &draft)
                    receptions.append(reception)
                }
            }
        } catch {
            // Those who came while it was being written wait for the next step.
            if taken.isEmpty { taken = arrivals.removeValue(forKey: id) ?? [] }
            for arrival in taken {
                if error is StoreError {
                    count(.notStored)
                    catchUpLater(id, with: arrival.sender)
                }
                arrival.done(.failed)
            }
            return
        }
        for (arrival, reception) in zip(taken, receptions) {
            for refusal in reception.refused { count(refusal) }
            if !reception.missing.isEmpty, arrival.startsSync { catchUp(id, with: arrival.sender) }
            let isNews = !reception.update.entries.isEmpty
            arrival.done(reception.refused.isEmpty ? .taken(isNews: isNews) : .refused(isNews: isNews))
        }
    }

    /// Catches up with a peer when the store may work again: what it has told was lost.
    func catchUpLater(_ id: GroupID, with peer: PeerID) {
        guard isRunning, missed.count < Self.maximumGroups,
            missed.insert(SyncQueue.Task(group: id, peer: peer)).inserted
        else { return }
        _ = world.clock.schedule(after: Self.storePause) { [weak self] in
            self?.missed.remove(SyncQueue.Task(group: id, peer: peer))
            self?.catchUp(id, with: peer)
        }
    }

    /// How long a store that has failed is left alone.
    private nonisolated static let storePause: Duration = .seconds(5)
}
