import Identity
import Ledger

/// Reads a group's log while it grows, and says who may add to it.
struct LogReading {
    var ancestry: Ancestry
    /// What each entry changes, in the order of arrival.
    var changes: [MembershipChange?]
    /// What the entry that was asked about last changes: reading it costs a signature.
    private var latest: (id: EntryID, change: MembershipChange?)?

    init(ancestry: Ancestry, changes: [MembershipChange?]) {
        self.ancestry = ancestry
        self.changes = changes
    }

    /// Takes in what stands in the graph by now.
    mutating func follow(_ graph: EntryGraph) {
        ancestry.update(from: graph)
        while changes.count < graph.count { changes.append(change(graph.arrivals[changes.count])) }
    }

    private mutating func change(_ entry: Entry) -> MembershipChange? {
        if let latest, latest.id == entry.id { return latest.change }
        let change = MembershipChange(entry)
        latest = (entry.id, change)
        return change
    }

    /// Whether an entry may stand in the log, with effect or without. The first entry of an author must be the beginning
    /// of the group, or bring an invite by somebody who was ever made an admin, as far as the entry knows; else anybody
    /// could fill the log. (In a public group it must be by such an admin itself.)
    mutating func admits(_ entry: Entry, to group: GroupID, _ graph: EntryGraph) -> Bool {
        guard entry.sequence == 0 else { return true }
        let predecessors = entry.predecessors.compactMap { graph.arrival(of: $0) }
        switch change(entry) {
        case .create(let nonce, let visibility, _, _):
            guard let key = entry.author.publicKey?.data else { return false }
            return GroupID(creatorKey: key, visibility: visibility, nonce: nonce) == group
        case .join(let invite):
            return invite.visibility == .private && wasAdmin(invite.inviter, before: predecessors, graph)
        default:
            return isPublic && wasAdmin(entry.author, before: predecessors, graph)
        }
    }

    private func wasAdmin(_ peer: PeerID, before predecessors: [Int], _ graph: EntryGraph) -> Bool {
        changes.indices.contains { place in
            switch changes[place] {
            case .create: graph.arrivals[place].author == peer && ancestry.isPast(place, ofOrIn: predecessors)
            case .role(peer, .admin): ancestry.isPast(place, ofOrIn: predecessors)
            default: false
            }
        }
    }

    private var isPublic: Bool {
        for case .create(_, let visibility, _, _)? in changes { return visibility == .public }
        return false
    }
}
