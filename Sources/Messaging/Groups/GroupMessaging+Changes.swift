import Groups
import Identity
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
    /// - Parameter noting: told its id, before anything is written.
    /// - Throws: ``GroupError``, ``StoreError``.
    @discardableResult
    public func create(
        name: String, description: String, visibility: Visibility, noting: (GroupID) -> Void = { _ in }
    ) async throws -> GroupID {
        try checkRoom()
        let (group, update) = try Group.create(
            name: name, description: description, visibility: visibility, by: identity, now: world.wallClock.now,
            random: random)
        noting(group.id)
        try await step(group.id, isOpening: true) { draft in
            draft.group = group
            record(update, since: nil, in: &draft)
        }
        return group.id
    }

    /// Changes a group. On return the change is on the disk, and on its way to the others.
    ///
    /// - Throws: ``GroupError``, ``StoreError``; then nothing has changed.
    @discardableResult
    public func change(
        _ id: GroupID, _ body: (inout Group, Timestamp, (UnsafeMutableRawBufferPointer) -> Void) throws -> GroupUpdate
    ) async throws -> GroupUpdate {
        try await step(id) { draft in
            let before = draft.group.state
            let update = try body(&draft.group, world.wallClock.now, random)
            record(update, since: before, in: &draft)
            return update
        }
    }

    /// Leaves a group. Its messages stay.
    ///
    /// - Parameter abandoning: whether to go even as the last admin of others.
    /// - Throws: ``GroupError``, ``StoreError``.
    public func leave(_ id: GroupID, abandoning: Bool) async throws {
        try await step(id) { draft in
            if draft.group.isMember {
                let before = draft.group.state
                let update = try draft.group.leave(abandoning: abandoning, now: world.wallClock.now)
                record(update, since: before, in: &draft)
            }
            draft.invite = nil
            draft.hasLeft = true
        }
    }

    /// Comes into a group with an invite, as soon as the one who invited, or another member, can be reached.
    ///
    /// - Returns: the group.
    /// - Throws: ``GroupError``, ``StoreError``.
    public func accept(_ invite: Invite) async throws -> GroupID {
        let id = invite.group
        try await step(id, isOpening: true) { draft in
            let state = draft.group.state
            guard !draft.group.isMember, state?.visibility != .public || draft.hasLeft else {
                throw GroupError(.alreadyMember, "you are in the group already")
            }
            let accepted = try Group(accepting: invite, identity: identity, now: world.wallClock.now)
            if state == nil {
                draft.group = accepted
            } else {
                try check(invite, against: draft.group)
            }
            draft.invite = invite
            draft.hasLeft = false
        }
        if invite.inviter != swarm.localPeer {
            swarm.addressBook.add(invite.inviter, invite.addresses, source: .manual)
        }
        return id
    }

    /// Enters a public group by its id.
    ///
    /// - Throws: ``GroupError`` `full`, ``StoreError``.
    public func joinPublic(_ id: GroupID) async throws {
        try await step(id, isOpening: true) { $0.hasLeft = false }
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
}
