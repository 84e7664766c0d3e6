import Groups
import Identity
import Multiformats
import Reactor
import Time

extension Invite {
    /// The content type of a direct message that is an invite, as its text.
    public static let contentType = "application/vnd.linnet.invite"
}

/// Letting others in, and being let in.
extension GroupMessaging {
    /// Makes an invite.
    ///
    /// - Throws: ``GroupError``.
    public func invite(
        _ peer: PeerID?, to id: GroupID, addresses: [Multiaddr], lifetime: Duration
    ) throws(GroupError) -> Invite {
        try room(id).group.invite(
            peer, addresses: addresses, lifetime: lifetime, now: world.wallClock.now, random: random)
    }

    /// Enters a group whose invite was accepted, or waits until that has happened.
    ///
    /// - Returns: whether we are in. If not, it goes on by itself when a member turns up.
    public func enter(_ id: GroupID, within patience: Duration) async -> Bool {
        catchUpWithSomebody(id)
        await roomChanges.wait(until: world.clock.now + patience, on: world.clock) {
            hasEntered(id) || !isRunning || rooms[id]?.hasLeft != false
        }
        return hasEntered(id)
    }

    private func hasEntered(_ id: GroupID) -> Bool {
        guard isRunning, let room = rooms[id], !room.hasLeft else { return false }
        return room.group.isMember || (room.group.state?.visibility == .public && room.invite == nil)
    }

    /// Joins with the invite that was accepted, now that the log is here.
    ///
    /// - Returns: whether we came in.
    func joinIfInvited(_ id: GroupID) async -> Bool {
        guard isRunning, let room = rooms[id], room.invite != nil, room.group.state != nil else { return false }
        do {
            return try await step(id) { draft in
                guard let invite = draft.invite, let state = draft.group.state else { return false }
                var isIn = false
                if state.visibility == .private, !draft.group.isMember {
                    do throws(GroupError) {
                        let update = try draft.group.join(with: invite, now: world.wallClock.now)
                        record(update, since: state, in: &draft)
                        isIn = true
                    } catch {
                        if error.code == .logMissing { return false }
                        // It will not become valid again: the user has to ask for another.
                        count(.joinRefused)
                    }
                }
                draft.invite = nil
                return isIn
            }
        } catch {
            // The invite is still there, for the next time.
            count(.notStored)
            return false
        }
    }
}
