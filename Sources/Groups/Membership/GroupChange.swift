import Identity
import Ledger

/// What is different between two states of a group: what people are told.
public enum GroupChange: Sendable, Equatable {
    /// The group's log is there.
    case opened
    /// It is called otherwise.
    case renamed(String)
    /// It is described otherwise.
    case described(String)
    /// Somebody came in.
    case joined(PeerID, invitedBy: PeerID?)
    /// Somebody left.
    case left(PeerID)
    /// Somebody was removed.
    case removed(PeerID, by: PeerID, reason: String?)
    /// Somebody is no member after all: what it came in by turned out to be void.
    case dismissed(PeerID)
    /// Somebody may do more, or less.
    case role(PeerID, Role)
    /// Messages are sent under another key from now on.
    case epoch(GroupState.Epoch)
    /// Somebody who is no member may have the key: see ``GroupState/rekeyer(online:)``.
    case rekeyNeeded
    /// An author said two things in one place.
    case forked(Fork)
}

extension GroupState {
    /// What is different from an earlier state, in the order of ``GroupChange``, then of the peers' ids.
    func changes(since old: GroupState?) -> [GroupChange] {
        guard let old else {
            return [.opened] + members.map { .joined($0.peer, invitedBy: $0.invitedBy) }
                + (needsRekey ? [.rekeyNeeded] : []) + forks.map(GroupChange.forked)
        }
        var changes: [GroupChange] = []
        if profile.name != old.profile.name { changes.append(.renamed(profile.name)) }
        if profile.description != old.profile.description { changes.append(.described(profile.description)) }
        let before = Dictionary(uniqueKeysWithValues: old.members.map { ($0.peer, $0) })
        let after = Dictionary(uniqueKeysWithValues: members.map { ($0.peer, $0) })
        for member in members.sorted(by: { $0.peer < $1.peer }) {
            guard let earlier = before[member.peer] else {
                changes.append(.joined(member.peer, invitedBy: member.invitedBy))
                if member.role == .admin { changes.append(.role(member.peer, .admin)) }
                continue
            }
            if earlier.role != member.role { changes.append(.role(member.peer, member.role)) }
        }
        let wasFormer = Set(old.former)
        for gone in former where before[gone.peer] != nil || (visibility == .public && !wasFormer.contains(gone)) {
            changes.append(
                gone.removedBy.map { .removed(gone.peer, by: $0, reason: gone.reason) } ?? .left(gone.peer))
        }
        let isFormer = Set(former.map(\.peer))
        for member in old.members.sorted(by: { $0.peer < $1.peer })
        where after[member.peer] == nil && !isFormer.contains(member.peer) {
            changes.append(.dismissed(member.peer))
        }
        if epoch.id != old.epoch.id { changes.append(.epoch(epoch)) }
        if needsRekey, !old.needsRekey { changes.append(.rekeyNeeded) }
        for fork in forks where !old.forks.contains(where: { $0.author == fork.author }) {
            changes.append(.forked(fork))
        }
        return changes
    }
}
