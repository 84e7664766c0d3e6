import Identity
import Ledger
import Time

/// Folds a group's log to its state. These are the rules.
///
/// 1. **Seniority.** The creator stands first. After it stand the admins, in the order of the entries that made them
///    such. An admin may remove and demote those who stand behind it, and whoever is no admin; nobody may remove or
///    demote somebody who stands before. So two admins who remove each other at the same time are no riddle: the senior
///    one stays, whatever each had seen.
/// 2. **Removal is strong.** What a removed peer wrote counts only if whoever removed it knew of it: its entries are void
///    that come after the removal, and those that just do not know of it. So nobody gains by writing an entry that
///    claims to be old. The same holds for a demotion and what needs an admin. (Who leaves, or resigns, takes nothing
///    back: only what it writes afterwards is void.)
/// 3. **Coming back** takes an invite by an admin who knew of the removal. An invite from before, used at whatever time,
///    does not undo it.
/// 4. **Joining** takes an invite whose maker is an admin: one whom nobody has removed or demoted, other than in
///    knowledge of the joining. The invite must not have expired by the joiner's own time.
/// 5. **Open invites end with their epoch**: a joining by an invite that names nobody is void if there is a newer epoch
///    than the invite's that was not begun in knowledge of the joining. (But one whom an admin has made an admin since
///    is known to it, and stays.)
/// 6. Names, descriptions and epochs are by admins; of several names the last in the order of the log counts.
///
/// Each admin is judged by its seniors alone, and those were judged before: there are no circles, and the result depends
/// on the entries only, not on when they came.
struct MembershipFold {
    let graph: EntryGraph
    let ancestry: Ancestry
    /// What each entry changes, in the order of arrival; nil for what cannot be read.
    let changes: [MembershipChange?]
    /// Places in the order of arrival, in the order of the log.
    let order: [Int]

    /// The end of something, by an entry.
    struct Ending {
        let place: Int
        /// By the peer itself: then only what comes after it is void.
        let isOwn: Bool
    }

    struct Adminship {
        let peer: PeerID
        /// The entry that made it.
        let place: Int
    }

    /// In the order of seniority.
    var adminships: [Adminship] = []
    /// Indices of `adminships`.
    var ranks: [PeerID: [Int]] = [:]
    var removals: [PeerID: [Ending]] = [:]
    var demotions: [PeerID: [Ending]] = [:]
    /// Entries by which peers came in: joinings, and appointments in a public group.
    var starts: [PeerID: [Int]] = [:]
    /// Removals and changes of roles, by author, in the order of the log.
    var acts: [PeerID: [Int]] = [:]
    var effective: Set<Int> = []
    var voids: [EntryID: VoidReason] = [:]
    /// Removals and new keys that count, in the order of the log.
    var renewals: [Int] = []
    var root = -1
    var visibility = Visibility.private

    init(graph: EntryGraph, ancestry: Ancestry, changes: [MembershipChange?]) {
        self.graph = graph
        self.ancestry = ancestry
        self.changes = changes
        order = graph.entries.compactMap { graph.arrival(of: $0.id) }
    }

    func entry(_ place: Int) -> Entry { graph.arrivals[place] }

    /// The state; nil as long as the group's first entry is not there.
    mutating func run() -> GroupState? {
        guard let root = order.first(where: { if case .create = changes[$0] { true } else { false } }),
            case .create(_, let visibility, let profile, _) = changes[root]
        else { return nil }
        self.root = root
        self.visibility = visibility
        collect()
        establish(Adminship(peer: entry(root).author, place: root))
        for place in order {
            guard case .role(let peer, .admin) = changes[place] else { continue }
            appoint(peer, at: place)
        }
        return state(profile)
    }

    /// Sorts the entries by what they are about.
    private mutating func collect() {
        for place in order {
            let author = entry(place).author
            switch changes[place] {
            case .kick: acts[author, default: []].append(place)
            case .role(let peer, .member):
                if peer == author {
                    demotions[peer, default: []].append(Ending(place: place, isOwn: true))
                    effective.insert(place)
                } else {
                    acts[author, default: []].append(place)
                }
            case .leave:
                removals[author, default: []].append(Ending(place: place, isOwn: true))
                effective.insert(place)
            case .join where visibility == .private: starts[author, default: []].append(place)
            case .join, .update, .rekey, .role(_, .admin): break
            case .create:
                if place != root { voids[entry(place).id] = .pointless } else { effective.insert(place) }
            case nil: voids[entry(place).id] = .unknown
            }
        }
        starts[entry(root).author, default: []].insert(root, at: 0)
    }

    /// Makes a peer an admin, if whoever does so is one.
    private mutating func appoint(_ peer: PeerID, at place: Int) {
        guard rank(of: entry(place).author, at: place) != nil else {
            voids[entry(place).id] = .noAuthority
            return
        }
        if visibility == .public { starts[peer, default: []].append(place) }
        guard start(of: peer, at: place) != nil else {
            voids[entry(place).id] = .notMember
            return
        }
        effective.insert(place)
        establish(Adminship(peer: peer, place: place))
    }

    /// Adds an adminship behind all others, and then what its holder did by it: nobody whom that concerns has been
    /// established yet.
    private mutating func establish(_ adminship: Adminship) {
        ranks[adminship.peer, default: []].append(adminships.count)
        adminships.append(adminship)
        for place in acts[adminship.peer] ?? [] where !effective.contains(place) {
            perform(place, by: adminship.peer)
        }
    }

    /// A removal or demotion, if its author may.
    private mutating func perform(_ place: Int, by author: PeerID) {
        guard let rank = rank(of: author, at: place) else { return }
        let id = entry(place).id
        switch changes[place] {
        case .kick(let peer, _, _):
            guard peer != author, !isProtected(peer, from: rank, at: place) else {
                voids[id] = .outranked
                return
            }
            removals[peer, default: []].append(Ending(place: place, isOwn: false))
        case .role(let peer, .member):
            guard !isProtected(peer, from: rank, at: place) else {
                voids[id] = .outranked
                return
            }
            demotions[peer, default: []].append(Ending(place: place, isOwn: false))
            if visibility == .public { starts[peer, default: []].append(place) }
        default: return
        }
        voids[id] = nil
        effective.insert(place)
    }

    /// Whether a peer has an adminship before `rank` that had not ended when the entry at `place` was written.
    private func isProtected(_ peer: PeerID, from rank: Int, at place: Int) -> Bool {
        let endings = (removals[peer] ?? []) + (demotions[peer] ?? [])
        return (ranks[peer] ?? []).contains { other in
            let begin = adminships[other].place
            guard other < rank, !ancestry.isPast(place, of: begin) else { return false }
            return !endings.contains { ancestry.isPast($0.place, of: place) && !ancestry.isPast($0.place, of: begin) }
        }
    }
}
