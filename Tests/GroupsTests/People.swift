import Crypto
import Groups
import Identity
import Ledger
import TestSupport
import Testing
import Time

/// People of the tests, and what they share: one seed each.
func person(_ number: Int) -> KeyPair {
    KeyPair(seed: SecretBytes(copying: [UInt8(number & 0xff), UInt8(number >> 8)] + [UInt8](repeating: 7, count: 30)))
}

extension Timestamp {
    /// Midnight of 2026-11-21 UTC.
    static let midnight = Timestamp(milliseconds: 1_795_219_200_000)

    static func at(_ seconds: Int) -> Timestamp { midnight + .seconds(seconds) }
}

/// Several members with a group each, who hear of each other when the test says so.
struct Circle {
    var groups: [Group] = []
    var random = SeededRandom(seed: 1)
    /// Seconds since midnight.
    var clock = 0

    var now: Timestamp { .at(clock) }
    let people: [KeyPair]

    /// Somebody who founds a group, and others whom she invites one after the other; all know all.
    init(_ count: Int, visibility: Visibility = .private, seed: UInt64 = 1) throws {
        people = (0..<count).map(person)
        random = SeededRandom(seed: seed)
        var (first, _) = try Group.create(
            name: "circle", visibility: visibility, by: people[0], now: .midnight, random: random.fill)
        if visibility == .public {
            groups = try people.map { key in
                guard key.peerID != first.local else { return first }
                var group = Group(id: first.id, identity: key)
                let reception = group.apply(first.graph.arrivals.map(\.encoded), now: .midnight)
                try #require(reception.refused.isEmpty)
                return group
            }
            return
        }
        groups = [first]
        for person in people.dropFirst() {
            clock += 1
            let invite = try first.invite(person.peerID, now: now, random: random.fill)
            var group = try Group(accepting: invite, identity: person, now: now)
            _ = group.apply(first.graph.arrivals.map(\.encoded), now: now)
            let update = try group.join(with: invite, now: now)
            _ = first.apply(update.entries.map(\.encoded), now: now)
            groups.append(group)
        }
        groups[0] = first
        shareAll()
    }

    /// Lets one hear all that another knows.
    mutating func share(_ from: Int, _ to: Int) {
        _ = groups[to].apply(groups[from].graph.arrivals.map(\.encoded), now: .at(clock + 100))
    }

    /// Lets everybody hear everything.
    mutating func shareAll() {
        for from in groups.indices {
            for to in groups.indices where from != to { share(from, to) }
        }
    }

    func id(_ index: Int) -> PeerID { people[index].peerID }
    func state(_ index: Int) throws -> GroupState { try #require(groups[index].state) }

    @discardableResult
    mutating func kick(_ by: Int, _ target: Int) throws -> Entry {
        clock += 1
        let update = try groups[by].kick(id(target), now: now, random: random.fill)
        return try #require(update.entries.first)
    }

    @discardableResult
    mutating func promote(_ by: Int, _ target: Int, _ role: Role = .admin) throws -> Entry {
        clock += 1
        return try #require(try groups[by].setRole(role, of: id(target), now: now).entries.first)
    }

    /// All nodes agree, whatever the order in which they hear of things.
    mutating func settle(_ comment: String = "") throws -> GroupState {
        shareAll()
        let states = try groups.indices.map(state)
        for other in states.dropFirst() { #expect(other == states[0], "\(comment)") }
        var entries = groups[0].graph.arrivals.map(\.encoded)
        for _ in 0..<3 {
            entries.shuffle(using: &random)
            var fresh = Group(id: groups[0].id, identity: person(9999))
            _ = fresh.apply(entries, now: .at(clock + 100))
            #expect(fresh.state == states[0], "\(comment)")
        }
        return states[0]
    }
}

extension SeededRandom {
    /// Random bytes for whoever asks for them through a closure.
    var fill: (UnsafeMutableRawBufferPointer) -> Void {
        mutating get {
            let source = Source(SeededRandom(seed: next()))
            return { source.fill($0) }
        }
    }

    private final class Source {
        var random: SeededRandom
        init(_ random: SeededRandom) { self.random = random }
        func fill(_ buffer: UnsafeMutableRawBufferPointer) { buffer.copyBytes(from: random.bytes(buffer.count)) }
    }
}

extension GroupState {
    func names(_ people: [KeyPair]) -> [Int] { members.compactMap { m in people.firstIndex { $0.peerID == m.peer } } }
}
