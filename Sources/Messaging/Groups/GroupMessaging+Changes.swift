import Groups
import Identity
import Ledger
import Multiformats
import Reactor
import Store
import Time

/// What we change ourselves.
extension GroupMessaging {
    /// The room of a group.
    ///
    /// - Throws: ``GroupError`` `log_missing` for a group that is not known here.
    func room(_ id: GroupID) throws(GroupError) -> Room {
        guard let room = rooms[id] else { throw unknown(id) }
        return room
    }

    func unknown(_ id: GroupID) -> GroupError {
        GroupError(.logMissing, "there is no group \(id) here; accept an invite, or join it if it is public")
    }

    /// Makes a group. On return it is on the disk.
    ///
    /// - Throws: ``GroupError``, ``StoreError``.
    public func create(name: String, description: String, visibility: Visibility) async throws -> GroupID {
        try checkRoom()
        let (group, update) = try Group.create(
            name: name, description: description, visibility: visibility, by: identity, now: world.wallClock.now,
            random: random)
        rooms[group.id] = Room(group: group)
        try await commit(group.id, update, before: nil)
        return group.id
    }

    /// Changes a group. On return the change is on the disk, and on its way to the others.
    ///
    /// - Throws: ``GroupError``, ``StoreError``; then nothing has changed.
    @discardableResult
    public func change(
        _ id: GroupID, _ body: (inout Group, Timestamp, (UnsafeMutableRawBufferPointer) -> Void) throws -> GroupUpdate
    ) async throws -> GroupUpdate {
        var group = try room(id).group
        let before = group.state
        let update = try body(&group, world.wallClock.now, random)
        rooms[id]?.group = group
        try await commit(id, update, before: before)
        return update
    }

    /// Leaves a group. Its messages stay.
    ///
    /// - Parameter abandoning: whether to go even as the last admin of others.
    /// - Throws: ``GroupError``, ``StoreError``.
    public func leave(_ id: GroupID, abandoning: Bool) async throws {
        let room = try room(id)
        if room.group.isMember {
            try await change(id) { group, now, _ in try group.leave(abandoning: abandoning, now: now) }
        } else {
            rooms[id]?.invite = nil
        }
        rooms[id]?.hasLeft = true
        try await save(id)
        refreshTopics(of: id)
    }

    /// Comes into a group with an invite, as soon as the one who invited, or another member, can be reached.
    ///
    /// - Returns: the group.
    /// - Throws: ``GroupError``, ``StoreError``.
    public func accept(_ invite: Invite) async throws -> GroupID {
        let id = invite.group
        if let room = rooms[id], room.group.isMember || (room.group.state?.visibility == .public && !room.hasLeft) {
            throw GroupError(.alreadyMember, "you are in the group already")
        }
        try checkRoom(id)
        var accepted = try Group(accepting: invite, identity: identity, now: world.wallClock.now)
        if let known = rooms[id]?.group, known.state != nil {
            accepted = known
            try check(invite, against: known)
        }
        rooms[id] = Room(group: accepted, invite: invite, hasLeft: false, topics: rooms[id]?.topics ?? [])
        try await save(id)
        if invite.inviter != swarm.localPeer {
            swarm.addressBook.add(invite.inviter, invite.addresses, source: .manual)
        }
        refreshTopics(of: id)
        return id
    }

    /// Enters a public group by its id.
    ///
    /// - Throws: ``StoreError``.
    public func joinPublic(_ id: GroupID) async throws {
        try checkRoom(id)
        if rooms[id] == nil { rooms[id] = Room(group: Group(id: id, identity: identity)) }
        rooms[id]?.hasLeft = false
        try await save(id)
        refreshTopics(of: id)
        catchUpWithSomebody(id)
    }

    /// What the log that is here says of an invite, as that we were removed after it, is said at once.
    private func check(_ invite: Invite, against group: Group) throws(GroupError) {
        guard group.state?.visibility == .private else { return }
        var trial = group
        do throws(GroupError) {
            _ = try trial.join(with: invite, now: world.wallClock.now)
        } catch {
            if error.code == .logMissing { return }
            throw error
        }
        guard trial.isMember else {
            throw GroupError(.inviteStale, "you were removed from the group after this invite; ask for a new one")
        }
    }

    private func checkRoom(_ id: GroupID? = nil) throws(GroupError) {
        if let id, rooms[id] != nil { return }
        guard rooms.count + gigiRooms.count < Self.maximumGroups else {
            throw GroupError(.full, "an account is in at most \(Self.maximumGroups) groups; leave one")
        }
    }

    /// Writes what changed, tells it, and lets the others know.
    func commit(_ id: GroupID, _ update: GroupUpdate, before: GroupState?) async throws {
        guard let room = rooms[id] else { return }
        let row = row(of: room)
        let events = events(of: update, in: room, before: before)
        if events.contains(where: { if case .left = $0.kind { true } else { false } }) { rooms[id]?.hasLeft = true }
        let (entries, keys) = (update.entries.map(\.encoded), update.keys)
        let encodeEvent = encodeEvent
        do {
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
        } catch {
            await reload(id)
            throw error
        }
        refreshTopics(of: id)
        for entry in update.entries where entry.author == swarm.localPeer { publish(entry, of: id, before) }
        followUp(id, update)
    }

    private func publish(_ entry: Entry, of id: GroupID, _ before: GroupState?) {
        guard let group = rooms[id]?.group, let state = group.state else { return }
        // What begins an epoch is said under the key before, so that all hear of it; what somebody says on leaving, too.
        let isNewEpoch = before.map { $0.epoch.id != state.epoch.id } ?? false
        let epoch = isNewEpoch ? before?.epoch.id : state.epoch.id
        let topic =
            state.visibility == .public ? Group.publicTopic(of: id) : epoch.flatMap { group.key(of: $0)?.topic }
        guard let topic, let frame = try? group.seal(entry, in: epoch, random: random) else { return }
        // Who does not hear it now catches up later.
        _ = try? gossip.publish(frame, to: topic)
        catchUp(id, beside: topic)
    }

    /// Brings a group back as the store has it, after a change that could not be written.
    private func reload(_ id: GroupID) async {
        guard let rows = try? await store.read({ try $0.groups() }) else { return }
        guard let row = rows.first(where: { $0.id == id.description }), let room = restore(row) else {
            rooms[id] = nil
            return
        }
        rooms[id]?.group = room.group
        rooms[id]?.hasLeft = room.hasLeft
    }

    func row(of room: Room) -> StoredGroup {
        StoredGroup(id: room.group.id.description, invite: room.invite?.encoded, hasLeft: room.hasLeft)
    }

    func save(_ id: GroupID) async throws(StoreError) {
        guard let room = rooms[id] else { return }
        let row = row(of: room)
        try await store.write { try $0.save(row) }
    }

    private func events(of update: GroupUpdate, in room: Room, before: GroupState?) -> [GroupEvent] {
        let now = world.wallClock.now
        let local = swarm.localPeer
        let (id, name) = (room.group.id.description, room.name)
        let description = room.group.state?.profile.description ?? ""
        var isChanged = false
        var kinds: [GroupEvent.Kind] = []
        let wasIn = before?.isMember(local) ?? false
        let isComing = !wasIn && room.group.isMember
        // What goes on in a group of others is not ours to know of, even if we have its log.
        guard wasIn || isComing || room.group.state?.visibility == .public else { return [] }
        for change in update.changes {
            switch change {
            case .opened:
                if room.group.state?.visibility == .public, !isComing { kinds.append(.joined) }
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
