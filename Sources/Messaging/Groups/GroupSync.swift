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
            let frames = try? await groups.store.read { transaction in
                try transaction.frames(in: id, epoch: epoch.bytes, limit: limit)
            }
            return frames.map { frames in
                ItemSet(
                    frames.compactMap { frame in
                        Digest(frame.digest).map { SetItem(time: frame.time, id: $0) }
                    })
            }
        default: return nil
        }
    }

    func load(_ ids: [Digest]) async -> [[UInt8]] {
        guard let set, let group, let room = groups.rooms[group] else { return [] }
        if set.name == Self.log { return ids.compactMap { room.group.graph[$0]?.encoded } }
        let (chat, limit) = (group.description, Self.maximumLoad)
        let frames = try? await groups.store.read { transaction in
            var frames: [[UInt8]] = []
            var size = 0
            for id in ids {
                guard let frame = try transaction.frame(withDigest: id.bytes, in: chat) else { continue }
                size += frame.count
                guard size <= limit else { break }
                frames.append(frame)
            }
            return frames
        }
        groups.handedOver(ids.prefix(frames?.count ?? 0), of: group, to: peer)
        return frames ?? []
    }

    func take(_ items: [[UInt8]]) async {
        guard let set, let group else { return }
        if set.name == Self.log {
            let before = groups.rooms[group]?.group.graph.count
            groups.receive(entries: items, in: group, from: peer, startsSync: false)
            if groups.rooms[group]?.group.graph.count != before { hasNews = true }
        } else {
            for frame in items where groups.receive(past: frame, in: group, from: peer) { hasNews = true }
        }
        // The next ones are asked for when these are on the disk.
        try? await groups.store.write { _ in }
    }
}
