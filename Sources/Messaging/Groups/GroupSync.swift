import Groups
import Identity
import Ledger
import Reactor
import Store
import Swarm
import Time

/// The sets of one group, as an exchange with one peer reads and fills them.
@NetworkActor final class GroupSync: SyncExchange.Delegate {
    /// The set of a group's entries.
    nonisolated static let log: EntryKind = "log"
    /// The set of an epoch's messages.
    nonisolated static let messages: EntryKind = "messages"
    /// The most bytes of frames that are read at once. What is left out comes with the next exchange.
    private nonisolated static let maximumLoad = 8 << 20

    private let groups: GroupMessaging
    private let peer: PeerID
    private var set: SyncSet?
    /// Messages that were given out to be written to the stream.
    private var loaded: [Digest] = []
    /// Whether something has come that was not here.
    private(set) var hasNews = false
    /// The group of the set.
    var group: GroupID? { (set?.ledger).map(GroupID.init) }

    /// For an exchange with `peer`; of `set`, if we begin.
    init(_ groups: GroupMessaging, with peer: PeerID, _ set: SyncSet? = nil) {
        self.groups = groups
        self.peer = peer
        self.set = set
    }

    func items(of set: SyncSet, proof: [UInt8], salt: [UInt8]) async -> ItemSet? {
        guard let room = groups.rooms[GroupID(set.ledger)], !room.hasLeft else { return nil }
        let access = room.group.access(of: peer, proof: proof, salt: salt, now: groups.world.wallClock.now)
        guard access >= (set.name == Self.log ? .log : .messages) else {
            groups.count(.syncDenied)
            return nil
        }
        self.set = set
        return await items(of: set)
    }

    /// What is here of a set; nil for one that is not kept.
    func items(of set: SyncSet) async -> ItemSet? {
        guard let room = groups.rooms[GroupID(set.ledger)] else { return nil }
        switch (set.name, set.part) {
        case (Self.log, nil): return ItemSet(room.group.graph.arrivals.map { SetItem(time: $0.time, id: $0.id) })
        case (Self.messages, let epoch?):
            guard groups.epochs(of: room.group).contains(epoch) else { return nil }
            let (id, limit) = (room.group.id.description, Sync.maximumReceivedItems)
            do throws(StoreError) {
                let frames = try await groups.store.read { transaction in
                    try transaction.frames(in: id, epoch: epoch.bytes, limit: limit)
                }
                return ItemSet(
                    frames.compactMap { frame in
                        Digest(frame.digest).map { SetItem(time: frame.time, id: $0) }
                    })
            } catch {
                // No set is better than an empty one, which would have the other send all it has.
                groups.count(.notRead)
                return nil
            }
        default: return nil
        }
    }

    func load(_ ids: [Digest]) async throws -> [[UInt8]] {
        guard let set, let group, let room = groups.rooms[group] else { return [] }
        if set.name == Self.log { return ids.compactMap { room.group.graph[$0]?.encoded } }
        let (chat, limit) = (group.description, Self.maximumLoad)
        let found = try await groups.store.read { transaction in
            var found: [(id: Digest, frame: [UInt8])] = []
            var size = 0
            for id in ids {
                guard let frame = try transaction.frame(withDigest: id.bytes, in: chat) else { continue }
                size += frame.count
                guard size <= limit else { break }
                found.append((id, frame))
            }
            return found
        }
        loaded += found.map(\.id)
        return found.map(\.frame)
    }

    func written() {
        guard let group else { return }
        groups.handedOver(loaded, of: group, to: peer)
        loaded = []
    }

    func take(_ items: [[UInt8]]) async throws {
        guard let set, let group else { return }
        if set.name == Self.log {
            let outcome = await groups.receive(entries: items, in: group, from: peer)
            if outcome.isNews { hasNews = true }
            // What was not written is asked for again, with the next exchange.
            if outcome == .failed { throw NotKept() }
        } else if try await groups.receive(past: items, in: group, from: peer) {
            hasNews = true
        }
    }
}
