import Identity
import Ledger
import Time

extension MembershipFold {
    /// Whether an ending leaves room for an entry that rests on something that began at `start`: the entry was known to
    /// whoever ended it, or it began anew in knowledge of the ending.
    private func allows(_ ending: Ending, _ place: Int, since start: Int) -> Bool {
        if ancestry.isPast(ending.place, of: start) { return true }
        return ending.isOwn ? !ancestry.isPast(ending.place, of: place) : ancestry.isPast(place, of: ending.place)
    }

    /// The first adminship of a peer that it held when it wrote the entry at `place`, or that held when others rested on
    /// it there; nil if there is none.
    func rank(of peer: PeerID, at place: Int) -> Int? {
        (ranks[peer] ?? []).first { rank in
            let start = adminships[rank].place
            guard ancestry.isPast(start, of: place) else { return false }
            return (removals[peer] ?? []).allSatisfy { allows($0, place, since: start) }
                && (demotions[peer] ?? []).allSatisfy { allows($0, place, since: start) }
        }
    }

    /// How a peer came in who was a member at `place`; nil if it was none.
    func start(of peer: PeerID, at place: Int) -> Int? {
        (starts[peer] ?? []).first { start in
            (start == place || ancestry.isPast(start, of: place)) && fault(ofStart: start) == nil
                && (removals[peer] ?? []).allSatisfy { start == place || allows($0, place, since: start) }
        }
    }

    /// How a peer came in that is a member now; nil if it is none.
    func lastingStart(of peer: PeerID) -> Int? {
        (starts[peer] ?? []).first { start in
            fault(ofStart: start) == nil && !isOutlived(start)
                && (removals[peer] ?? []).allSatisfy { ancestry.isPast($0.place, of: start) }
        }
    }

    /// What is wrong with a joining, as far as admins are known; nil if nothing is.
    func fault(ofStart place: Int) -> VoidReason? {
        guard case .join(let invite) = changes[place] else { return nil }
        let joiner = entry(place).author
        let heads = invite.heads.compactMap { graph.arrival(of: $0) }
        guard heads.count == invite.heads.count, heads.allSatisfy({ ancestry.isPast($0, of: place) }),
            invite.group.digest == graph.ledger, invite.visibility == visibility,
            invite.addressee == nil || invite.addressee == joiner,
            let epoch = graph.arrival(of: invite.epoch), ancestry.isPast(epoch, ofOrIn: heads), beginsEpoch(epoch)
        else { return .inviteInvalid }
        guard let time = graph.time(of: entry(place).id), time <= invite.expires + Invite.clockTolerance else {
            return .inviteExpired
        }
        let isFresh = (removals[joiner] ?? []).allSatisfy { ending in
            if ancestry.isPast(ending.place, ofOrIn: heads) { return true }
            return ending.isOwn ? !ancestry.isPast(ending.place, of: place) : ancestry.isPast(place, of: ending.place)
        }
        guard isFresh else { return .inviteStale }
        return rank(of: invite.inviter, at: place) == nil ? .inviterNotAdmin : nil
    }

    /// Whether an entry carries the key of an epoch, be it effective or not.
    func beginsEpoch(_ place: Int) -> Bool {
        switch changes[place] {
        case .create, .rekey: true
        case .kick(_, _, let keys): keys != nil
        default: false
        }
    }

    /// Whether a joining by an open invite came too late for it: a new epoch had begun, or began without knowing of it.
    func isOutlived(_ place: Int) -> Bool {
        guard case .join(let invite) = changes[place], invite.isOpen, ranks[entry(place).author] == nil else {
            return false
        }
        let heads = invite.heads.compactMap { graph.arrival(of: $0) }
        return renewals.contains { !ancestry.isPast($0, ofOrIn: heads) && !ancestry.isPast(place, of: $0) }
    }
}
