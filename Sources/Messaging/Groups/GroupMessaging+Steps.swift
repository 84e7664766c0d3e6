import GossipSub
import Groups
import Identity
import Ledger
import Multiformats
import Reactor
import Store
import Time

/// The one way in which a group changes: what is to be is decided on a draft, written in one transaction with the events
/// that tell of it, and only then true in memory. One step at a time for each group, so that each is decided on what is on
/// the disk; if it cannot be written, nothing has changed.
extension GroupMessaging {
    /// A group as a step would leave it.
    struct Draft {
        var group: Group
        var invite: Invite?
        var hasLeft: Bool
        /// What is new in the log, and which keys.
        fileprivate(set) var update = GroupUpdate()
        /// What is to be told.
        fileprivate(set) var events: [GroupEvent] = []

        var name: String { group.state?.profile.name ?? invite?.name ?? "" }

        fileprivate init(_ room: Room) {
            (group, invite, hasLeft) = (room.group.draft, room.invite, room.hasLeft)
        }

        fileprivate init(_ group: Group) {
            (self.group, invite, hasLeft) = (group, nil, false)
        }

        fileprivate func differs(from room: Room?) -> Bool {
            guard let room else { return true }
            return !update.isEmpty || !events.isEmpty || hasLeft != room.hasLeft
                || invite?.encoded != room.invite?.encoded
        }
    }

    /// Changes a group. On return the change is on the disk, true here, and on its way to the others.
    ///
    /// - Parameters:
    ///   - isOpening: whether the group may be one that is not known here yet.
    ///   - decide: changes the draft, and says by ``record(_:since:in:)`` what is new in its log. It is called when all
    ///     steps before have ended.
    /// - Throws: what `decide` throws; ``GroupError`` `log_missing`, `full`; ``StoreError``. Nothing has changed then.
    func step<T: Sendable>(
        _ id: GroupID, isOpening: Bool = false, _ decide: (inout Draft) throws -> T
    ) async throws -> T {
        await turns.take(id)
        defer { turns.pass(id) }
        let isNew = rooms[id] == nil
        if isNew {
            guard isOpening else { throw unknown(id) }
            try checkRoom()
            openings += 1
        }
        defer { if isNew { openings -= 1 } }
        var draft = rooms[id].map { Draft($0) } ?? Draft(Group(id: id, identity: identity))
        let before = draft.group.state
        let result = try decide(&draft)
        draft.hasLeft = draft.hasLeft || Room.isOut(draft.group, draft.invite)
        if draft.differs(from: rooms[id]) {
            try await write(draft)
            adopt(draft, since: before)
        } else {
            // What waits for other entries is not kept.
            rooms[id]?.group.take(logOf: draft.group)
        }
        return result
    }

    /// Says what a draft's log has now that it had not `before`.
    func record(_ update: GroupUpdate, since before: GroupState?, in draft: inout Draft) {
        let events = events(of: update, in: draft, before: before)
        draft.update.append(update)
        draft.events += events
        for event in events {
            switch event.kind {
            case .joined: draft.hasLeft = false
            case .left: draft.hasLeft = true
            default: break
            }
        }
    }

    private func write(_ draft: Draft) async throws(StoreError) {
        let row = StoredGroup(
            id: draft.group.id.description, invite: draft.invite?.encoded, hasLeft: draft.hasLeft)
        let (entries, keys, events) = (draft.update.entries.map(\.encoded), draft.update.keys, draft.events)
        let encodeEvent = encodeEvent
        try await store.write { transaction in
            try transaction.save(row)
            for entry in entries { try transaction.append(entry: entry, to: row.id) }
            for key in keys {
                try key.secret.withUnsafeBytes {
                    try transaction.saveKey(Array($0), of: key.epoch.bytes, in: row.id)
                }
            }
            for event in events { try transaction.append(encodeEvent(event)) }
        }
    }

    /// Makes true here what is on the disk, and lets the others know.
    private func adopt(_ draft: Draft, since before: GroupState?) {
        let id = draft.group.id
        if rooms[id] == nil {
            rooms[id] = Room(group: draft.group)
        } else {
            rooms[id]?.group.take(logOf: draft.group)
        }
        rooms[id]?.invite = draft.invite
        rooms[id]?.hasLeft = draft.hasLeft
        refreshTopics(of: id)
        for entry in draft.update.entries where entry.author == swarm.localPeer { publish(entry, of: id, before) }
        followUp(id, draft.update)
        roomChanges.changed()
    }

    func checkRoom() throws(GroupError) {
        guard rooms.count + gigiRooms.count + openings < Self.maximumGroups else {
            throw GroupError(.full, "an account is in at most \(Self.maximumGroups) groups; leave one")
        }
    }

    private func publish(_ entry: Entry, of id: GroupID, _ before: GroupState?) {
        guard let group = rooms[id]?.group, let state = group.state else { return }
        // What begins an epoch is said under the key before, so that all hear of it; what somebody says on leaving, too.
        let isNewEpoch = before.map { $0.epoch.id != state.epoch.id } ?? false
        let epoch = isNewEpoch ? before?.epoch.id : state.epoch.id
        let topic =
            state.visibility == .public ? Group.publicTopic(of: id) : epoch.flatMap { group.key(of: $0)?.topic }
        guard let topic = topic.map({ GossipSub.Topic($0) }) else { return }
        do throws(GroupError) {
            // Who does not hear it now catches up later.
            _ = publish(try group.seal(entry, in: epoch, random: random), to: topic)
        } catch {
            // There is no key to say it under: whoever is connected is told all the same.
            count(.notPublished)
        }
        catchUp(id, beside: topic)
    }

    /// Says something on a topic.
    ///
    /// - Returns: to how many peers it goes.
    func publish(_ frame: [UInt8], to topic: GossipSub.Topic) -> Int {
        do throws(GossipSubError) {
            return try gossip.publish(frame, to: topic).recipients
        } catch {
            if error.code != .noPeers { count(.notPublished) }
            return 0
        }
    }

    private func events(of update: GroupUpdate, in draft: Draft, before: GroupState?) -> [GroupEvent] {
        let now = world.wallClock.now
        let local = swarm.localPeer
        let group = draft.group
        let (id, name) = (group.id.description, draft.name)
        let description = group.state?.profile.description ?? ""
        var isChanged = false
        var kinds: [GroupEvent.Kind] = []
        let wasIn = before?.isMember(local) ?? false
        let isComing = !wasIn && group.isMember
        // What goes on in a group of others is not ours to know of, even if we have its log.
        guard wasIn || isComing || (group.state?.visibility == .public && !draft.hasLeft) else { return [] }
        for change in update.changes {
            switch change {
            case .opened:
                if group.state?.visibility == .public, !isComing { kinds.append(.joined) }
            case .joined(let peer, _) where peer == local: kinds.append(.joined)
            case .joined(let peer, let inviter): if !isComing { kinds.append(.memberJoined(peer, invitedBy: inviter)) }
            case .left(let peer) where peer == local: kinds.append(.left(by: nil, reason: nil))
            case .left(let peer): kinds.append(.memberLeft(peer, by: nil, reason: nil))
            case .removed(let peer, let by, let reason) where peer == local: kinds.append(.left(by: by, reason: reason))
            case .removed(let peer, let by, let reason): kinds.append(.memberLeft(peer, by: by, reason: reason))
            case .dismissed(let peer) where peer == local: kinds.append(.left(by: nil, reason: "the invite was void"))
            case .dismissed(let peer): kinds.append(.memberLeft(peer, by: nil, reason: "the invite was void"))
            case .role(let peer, let role): if !isComing || peer == local { kinds.append(.role(peer, role)) }
            case .renamed, .described: isChanged = true
            case .epoch(let epoch): kinds.append(.epoch(epoch.number))
            case .forked(let fork): kinds.append(.forked(fork.author))
            case .rekeyNeeded: break
            }
        }
        if isChanged { kinds.append(.changed) }
        // Who comes into a log that is there already is told so, with nothing of what was before.
        if isComing, !kinds.contains(where: { if case .joined = $0 { true } else { false } }) {
            kinds.insert(.joined, at: 0)
        }
        return kinds.map { GroupEvent(kind: $0, group: id, name: name, description: description, time: now) }
    }
}

extension GroupMessaging.Room {
    /// Whether the log of a private group says that we were in it and are not any more, with no invite to come back.
    static func isOut(_ group: Group, _ invite: Invite?) -> Bool {
        guard let state = group.state, state.visibility == .private, !group.isMember, invite == nil else {
            return false
        }
        return state.former.contains { $0.peer == group.local }
    }
}
