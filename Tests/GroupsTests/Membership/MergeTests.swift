import Crypto
import Identity
import Ledger
import TestSupport
import Testing
import Time

@testable import Groups

/// Random histories: people who invite, join, leave, appoint, demote, remove and rename, each with what it happens to
/// know; some from old copies of their account, some against the rules. Then all is heard by all, in any order.
@Suite struct MergeTests {
    @Test func everyOrderOfArrivalGivesTheSameState() throws {
        var tally = Tally()
        for seed in 0..<24 {
            var history = try RandomHistory(seed: UInt64(seed), people: 6)
            try history.run(steps: 50)
            let entries = history.all.graph.arrivals.map(\.encoded)
            let expected = try #require(history.all.state)
            for round in 0..<3 {
                let group = history.heard(entries, round)
                #expect(group.graph.count == entries.count && group.graph.waitingCount == 0)
                #expect(group.state == expected, "seed \(seed), round \(round)")
            }
            Oracle(history.all).check(expected, "seed \(seed)")
            tally.count(history.all.graph, expected)
        }
        tally.expectVariety()
    }
}

/// The histories are worth something: all kinds of entries have effect and are void in them, and people come back.
private struct Tally {
    var effective: [String: Int] = [:]
    var void: [VoidReason: Int] = [:]
    var forks = 0

    mutating func count(_ graph: EntryGraph, _ state: GroupState) {
        forks += state.forks.count
        for entry in graph.arrivals where state.voids[entry.id] == nil {
            effective[entry.kind.name, default: 0] += 1
        }
        for (_, reason) in state.voids { void[reason, default: 0] += 1 }
    }

    func expectVariety() {
        for kind in ["join", "leave", "kick", "role", "update", "rekey"] {
            #expect(effective[kind, default: 0] > 15, "\(kind): \(effective)")
        }
        for reason in [VoidReason.noAuthority, .outranked, .notMember, .inviterNotAdmin, .inviteStale] {
            #expect(void[reason, default: 0] > 2, "\(reason): \(void)")
        }
        #expect(forks > 20)
    }
}

/// What must be true of every state, found out in another way than the fold does.
private struct Oracle {
    let group: Group
    private var past: [EntryID: Set<EntryID>] = [:]

    init(_ group: Group) {
        self.group = group
        for entry in group.graph.arrivals {
            past[entry.id] = entry.predecessors.reduce(into: Set(entry.predecessors)) { $0.formUnion(past[$1] ?? []) }
        }
    }

    func isPast(_ first: EntryID, _ second: EntryID) -> Bool { past[second]?.contains(first) ?? false }

    func check(_ state: GroupState, _ comment: Comment) {
        let entries = group.graph.arrivals
        let creatorGaveUp = entries.contains { entry in
            entry.author == state.creator
                && (entry.kind == "leave" || MembershipChange(entry) == .role(state.creator, .member))
        }
        #expect(state.isAdmin(state.creator) || creatorGaveUp, comment)
        for entry in entries where state.voids[entry.id] == nil {
            guard case .kick(let target, _, _) = MembershipChange(entry) else { continue }
            #expect(entry.author != target && (target != state.creator || creatorGaveUp), comment)
            for other in entries where other.author == target && state.voids[other.id] == nil {
                switch MembershipChange(other) {
                case .leave, .create, nil: continue
                case .role(target, .member): continue
                default: break
                }
                // Known to the one who removed, or after a coming back by an invite that knows of the removal.
                let isKnown = isPast(other.id, entry.id)
                let cameBack = entries.contains { join in
                    guard join.author == target, state.voids[join.id] == nil,
                        case .join(let invite) = MembershipChange(join)
                    else { return false }
                    return (join.id == other.id || isPast(join.id, other.id))
                        && invite.heads.contains { $0 == entry.id || isPast(entry.id, $0) }
                }
                #expect(isKnown || cameBack, "\(comment) \(other.kind)")
            }
            if state.isMember(target) {
                let cameBack = entries.contains { join in
                    join.author == target && state.voids[join.id] == nil && join.kind == "join"
                        && isPast(entry.id, join.id)
                }
                #expect(cameBack, comment)
            }
        }
        for member in state.members where member.peer != state.creator {
            #expect(
                entries.contains { $0.author == member.peer && $0.kind == "join" && state.voids[$0.id] == nil }, comment
            )
        }
        #expect(Set(state.members.map(\.peer)).isDisjoint(with: state.former.map(\.peer)), comment)
    }
}

/// See ``MergeTests``.
struct RandomHistory {
    var random: SeededRandom
    let people: [KeyPair]
    var groups: [Group]
    /// Old copies of accounts.
    var copies: [Group] = []
    var invites: [Invite] = []
    /// One who hears everything.
    var all: Group
    var clock = 0

    init(seed: UInt64, people count: Int) throws {
        random = SeededRandom(seed: seed)
        people = (0..<count).map(person)
        let (first, _) = try Group.create(name: "g", by: people[0], now: .at(0), random: random.fill)
        groups = people.map { Group(id: first.id, identity: $0) }
        groups[0] = first
        all = Group(id: first.id, identity: person(999))
        _ = all.apply(first.graph.arrivals.map(\.encoded), now: .at(0))
    }

    mutating func run(steps: Int) throws {
        // A start that is worth something.
        for index in 1..<people.count { try comeIn(index, by: 0) }
        for index in 1...3 { _ = try groups[0].setRole(.admin, of: people[index].peerID, now: .at(clock)) }
        for index in 1..<people.count {
            _ = groups[index].apply(groups[0].graph.arrivals.map(\.encoded), now: .at(clock + 1000))
        }
        share()
        for _ in 0..<steps {
            clock += random.next(below: 120)
            if random.next(below: 3) == 0 { share() }
            if random.next(below: 6) == 0 { copies.append(groups[random.next(below: groups.count)]) }
            var index = random.next(below: random.next(below: 3) == 0 ? groups.count : 4)
            let current = groups[index]
            // Now and then an old copy of an account goes on.
            if random.next(below: 8) == 0, let copy = copies.randomElement(using: &random) {
                index = people.firstIndex { $0.peerID == copy.local } ?? 0
                groups[index] = copy
            }
            act(index)
            _ = all.apply(groups[index].graph.arrivals.map(\.encoded), now: .at(clock + 1000))
            if random.next(below: 2) == 0 {
                _ = groups[index].apply(current.graph.arrivals.map(\.encoded), now: .at(clock + 1000))
            }
        }
    }

    /// A group that heard all of them in a random order: in one piece, one by one, in pieces.
    mutating func heard(_ entries: [[UInt8]], _ round: Int) -> Group {
        var group = Group(id: all.id, identity: person(999))
        var rest = entries.shuffled(using: &random)[...]
        while !rest.isEmpty {
            let count = round == 0 ? rest.count : 1 + random.next(below: round == 1 ? 1 : 12)
            let reception = group.apply(Array(rest.prefix(count)), now: .at(100_000))
            if !reception.refused.isEmpty { Issue.record("\(reception.refused)") }
            rest = rest.dropFirst(count)
        }
        return group
    }

    private mutating func share() {
        let (from, to) = (random.next(below: groups.count), random.next(below: groups.count))
        _ = groups[to].apply(groups[from].graph.arrivals.map(\.encoded), now: .at(clock + 1000))
    }

    private mutating func comeIn(_ index: Int, by inviter: Int) throws {
        let invite = try groups[inviter].invite(people[index].peerID, now: .at(clock), random: random.fill)
        invites.append(invite)
        _ = groups[index].apply(groups[inviter].graph.arrivals.map(\.encoded), now: .at(clock + 1000))
        _ = try groups[index].join(with: invite, now: .at(clock))
        _ = groups[inviter].apply(groups[index].graph.arrivals.map(\.encoded), now: .at(clock + 1000))
    }

    private mutating func act(_ index: Int) {
        let other = people[random.next(below: people.count)].peerID
        let now = Timestamp.at(clock + random.next(below: 100))
        switch random.next(below: 14) {
        case 0, 1: _ = try? groups[index].kick(other, now: now, random: random.fill)
        case 2, 3: _ = try? groups[index].setRole(.admin, of: other, now: now)
        case 4: _ = try? groups[index].setRole(.member, of: other, now: now)
        case 5: _ = try? groups[index].update(name: "n\(clock)", now: now)
        case 6: _ = try? groups[index].rekey(now: now, random: random.fill)
        case 7: _ = try? groups[index].leave(abandoning: true, now: now)
        case 8, 9, 10:
            let isOpen = random.next(below: 3) == 0
            if let invite = try? groups[index].invite(isOpen ? nil : other, now: now, random: random.fill) {
                invites.append(invite)
            }
            if let invite = invites.randomElement(using: &random) {
                let joiner = people.firstIndex { $0.peerID == invite.addressee } ?? random.next(below: people.count)
                _ = try? groups[joiner].join(with: invite, now: now)
                _ = all.apply(groups[joiner].graph.arrivals.map(\.encoded), now: .at(clock + 1000))
            }
        default:
            // Against the rules.
            let change: MembershipChange? =
                switch random.next(below: 7) {
                case 0: .kick(other, reason: nil, nil)
                case 1: .role(other, .admin)
                case 2: .role(other, .member)
                case 3: .update(name: "forged", description: nil)
                case 4, 5: invites.randomElement(using: &random).map(MembershipChange.join)
                default: .leave
                }
            guard let change else { return }
            if random.next(below: 2) == 0 {
                _ = groups[index].apply(all.graph.arrivals.map(\.encoded), now: .at(clock + 1000))
            }
            let key = people[index]
            if let entry = try? groups[index].graph.nextEntry(kind: change.kind, body: change.body, by: key, now: now) {
                _ = groups[index].apply([entry.encoded], now: .at(clock + 1000))
            }
        }
    }
}
