import Crypto
import Identity
import Ledger
import Time

extension Group {
    /// Inserts an entry of our own, or one that was stored.
    mutating func insert(_ entry: Entry, now: Timestamp?) -> Insertion {
        insert { $0.insert(entry, now: now, admit: $1) }
    }

    /// Inserts an entry, and reads what has come in with it.
    mutating func insert(
        _ body: (inout EntryGraph, _ admit: (EntryGraph, Entry) -> Bool) -> Insertion
    ) -> Insertion {
        var reading = LogReading(ancestry: ancestry, changes: changes)
        let group = id
        let insertion = body(&graph) { graph, entry in
            reading.follow(graph)
            return reading.admits(entry, to: group, graph)
        }
        reading.follow(graph)
        ancestry = reading.ancestry
        changes = reading.changes
        return insertion
    }

    /// Folds the log anew, and opens the keys that it holds for us.
    ///
    /// - Returns: the keys that we did not have.
    @discardableResult
    mutating func refold() -> [EpochKey] {
        var fold = MembershipFold(graph: graph, ancestry: ancestry, changes: changes)
        state = fold.run()
        return openKeys()
    }

    /// Writes an entry of ours and takes it in.
    ///
    /// - Parameter secret: the key of the epoch that the entry begins.
    mutating func write(
        _ change: MembershipChange, now: Timestamp, secret: SecretBytes? = nil
    ) throws(GroupError) -> GroupUpdate {
        let before = self
        let entry: Entry
        do throws(EntryRefusal) {
            entry = try graph.nextEntry(kind: change.kind, body: change.body, by: identity, now: now)
        } catch {
            throw .refused(error)
        }
        switch insert(entry, now: nil) {
        case .stored(let stored):
            var update = GroupUpdate(entries: stored)
            if let secret { unproven[entry.id] = secret }
            update.keys = refold()
            // What was allowed may yet be void, for what somebody else wrote: then it is not written at all.
            if let reason = state?.voids[entry.id] {
                self = before
                throw Self.error(reason)
            }
            update.changes = state?.changes(since: before.state) ?? []
            return update
        case .refused(let refusal):
            self = before
            throw .refused(refusal)
        case .duplicate, .waiting:
            self = before
            throw .refused(.malformed)
        }
    }

    private static func error(_ reason: VoidReason) -> GroupError {
        switch reason {
        case .noAuthority: .notAdmin
        case .outranked: outranked
        case .notMember: GroupError(.unknownPeer, "the peer is not a member of the group")
        case .inviteInvalid:
            GroupError(.inviteStale, "the invite does not belong to the group's log; ask for a new one")
        case .inviteExpired: GroupError(.inviteExpired, "the invite has expired; ask for a new one")
        case .inviterNotAdmin: GroupError(.inviteStale, "whoever made the invite is no admin any more; ask another")
        case .inviteStale:
            GroupError(.inviteStale, "the invite is from before a removal or a new key; ask for a new one")
        case .full: .full
        case .pointless: .publicGroup
        case .unknown: .refused(.malformed)
        }
    }

    static let outranked = GroupError(
        .outranked, "the creator and admins of longer standing cannot be removed or demoted by you")
}
