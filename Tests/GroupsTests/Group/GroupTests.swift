import Crypto
import Identity
import Ledger
import TestSupport
import Testing
import Time

@testable import Groups

@Suite struct GroupTests {
    /// What the updates say to store is all that it takes to go on.
    @Test func restoring() throws {
        var circle = try Circle(3)
        var stored: [[UInt8]] = []
        var keys: [(epoch: EpochID, secret: SecretBytes)] = []
        let bob = person(20)
        let invite = try circle.groups[0].invite(bob.peerID, now: circle.now, random: circle.random.fill)
        var group = try Group(accepting: invite, identity: bob, now: circle.now)
        func keep(_ update: GroupUpdate) {
            stored += update.entries.map(\.encoded)
            keys += update.keys.map { ($0.epoch, $0.secret) }
        }
        keep(group.apply(circle.groups[0].graph.arrivals.map(\.encoded).reversed(), now: circle.now).update)
        keep(try group.join(with: invite, now: circle.now))
        _ = circle.groups[0].apply(stored, now: circle.now)
        try circle.kick(0, 2)
        keep(group.apply(circle.groups[0].graph.arrivals.map(\.encoded), now: circle.now).update)
        let (said, _) = try group.seal(.init(text: "one"), now: circle.now, random: circle.random.fill)

        var restored = Group(id: group.id, identity: bob)
        try restored.restore(entries: stored, keys: keys)
        restored.restore(messages: [(said.id, said.time)], nextSequence: 1)
        #expect(restored.state == group.state && restored.knownEpochs == group.knownEpochs)
        #expect(restored.topics(now: circle.now) == group.topics(now: circle.now))
        let (next, frame) = try restored.seal(.init(text: "two"), now: .at(-1000), random: circle.random.fill)
        #expect(next.sequence == 1 && next.time > said.time && next.after == [said.id])
        guard case .message(let read) = circle.groups[0].open(frame, now: circle.now) else {
            Issue.record("not heard")
            return
        }
        #expect(read == next)

        // In any order, and some of it twice.
        for _ in 0..<20 {
            var shuffled = Group(id: group.id, identity: bob)
            let some = stored.filter { _ in circle.random.next(below: 3) == 0 }
            try shuffled.restore(entries: (stored + some).shuffled(using: &circle.random), keys: keys.reversed())
            #expect(shuffled.state == group.state && shuffled.knownEpochs == group.knownEpochs)
            #expect(shuffled.graph.count == group.graph.count)
        }
        // What follows something that is not there waits for it.
        var partial = Group(id: group.id, identity: bob)
        try partial.restore(entries: stored.dropLast(2) + stored.suffix(1), keys: keys)
        #expect(partial.graph.count == group.graph.count - 2 && !partial.graph.missing.isEmpty)
        #expect(partial.apply(stored, now: circle.now).update.entries.count == 2)
        #expect(partial.state == group.state)

        var damaged = Group(id: group.id, identity: bob)
        #expect(throws: GroupError(.corrupt, "")) { try damaged.restore(entries: [stored[1]], keys: []) }
        #expect(throws: GroupError(.corrupt, "")) { try damaged.restore(entries: [[1, 2, 3]], keys: []) }
        // A key that is not the epoch's is not taken for it.
        var wrong = Group(id: group.id, identity: person(21))
        let bad = [(epoch: keys[0].epoch, secret: SecretBytes(copying: [UInt8](repeating: 1, count: 32)))]
        try wrong.restore(entries: stored, keys: bad)
        #expect(wrong.key(of: keys[0].epoch) == nil)
    }

    @Test func changesAreTold() throws {
        var circle = try Circle(3)
        let update = try circle.groups[0].update(name: "new", description: "what for", now: .at(10))
        #expect(update.changes == [.renamed("new"), .described("what for")])
        let role = try circle.groups[0].setRole(.admin, of: circle.id(1), now: .at(11))
        #expect(role.changes == [.role(circle.id(1), .admin)])
        let leave = try circle.groups[2].leave(now: .at(12))
        #expect(leave.changes == [.left(circle.id(2)), .rekeyNeeded])
        let reception = circle.groups[1].apply(
            (update.entries + role.entries + leave.entries).map(\.encoded), now: .at(13))
        #expect(
            reception.update.changes == [
                .renamed("new"), .described("what for"), .role(circle.id(1), .admin), .left(circle.id(2)), .rekeyNeeded,
            ])
        #expect(circle.groups[1].apply(update.entries.map(\.encoded), now: .at(13)).duplicates == 1)
        let kick = try circle.groups[1].rekey(now: .at(14), random: circle.random.fill)
        guard case .epoch(let epoch)? = kick.changes.first else {
            Issue.record("\(kick.changes)")
            return
        }
        #expect(epoch.number == 1 && kick.keys.map(\.epoch) == [epoch.id] && kick.changes.count == 1)
    }

    @Test func mistakesChangeNothing() throws {
        var circle = try Circle(2)
        let before = circle.groups[1].graph.count
        let (alice, bob) = (circle.id(0), circle.id(1))
        #expect(throws: GroupError.notAdmin) { try circle.groups[1].update(name: "x", now: .at(0)) }
        #expect(throws: GroupError.notAdmin) { try circle.groups[1].kick(alice, now: .at(0), random: { _ in }) }
        #expect(throws: GroupError.notAdmin) { try circle.groups[1].setRole(.admin, of: bob, now: .at(0)) }
        #expect(throws: GroupError.notAdmin) { try circle.groups[1].rekey(now: .at(0), random: { _ in }) }
        #expect(throws: GroupError.unknownPeer(bob)) {
            try circle.groups[0].kick(person(9).peerID, now: .at(0), random: { _ in })
        }
        #expect(throws: GroupError(.outranked, "")) { try circle.groups[0].kick(alice, now: .at(0), random: { _ in }) }
        for name in ["", "a\nb", String(repeating: "x", count: 65)] {
            #expect(throws: GroupError(.invalidText, "")) { try circle.groups[0].update(name: name, now: .at(0)) }
            #expect(throws: GroupError(.invalidText, "")) {
                try Group.create(name: name, by: circle.people[0], now: .at(0), random: { _ in })
            }
        }
        let reason = String(repeating: "x", count: 257)
        #expect(throws: GroupError(.invalidText, "")) {
            try circle.groups[0].kick(bob, reason: reason, now: .at(0), random: { _ in })
        }
        #expect(circle.groups[1].graph.count == before && circle.groups[0].graph.count == before)
        var nobody = Group(id: circle.groups[0].id, identity: person(9))
        #expect(throws: GroupError(.logMissing, "")) { try nobody.leave(now: .at(0)) }
        #expect(throws: GroupError(.logMissing, "")) {
            try nobody.seal(.init(text: "x"), now: .at(0), random: { _ in })
        }
    }

    @Test func whoMayCatchUp() throws {
        var circle = try Circle(3)
        let salt: [UInt8] = [1, 2, 3]
        let alice = circle.groups[0]
        #expect(alice.access(of: circle.id(1), proof: [], salt: salt, now: circle.now) == .messages)
        let stranger = person(30)
        #expect(alice.access(of: stranger.peerID, proof: [], salt: salt, now: circle.now) == .none)
        // By the key of the epoch, which is bound to both ends and to the stream.
        let open = try alice.invite(nil, now: circle.now, random: circle.random.fill)
        var newcomer = try Group(accepting: open, identity: stranger, now: circle.now)
        let byInvite = newcomer.syncProof(for: alice.local, salt: salt, invite: open)
        #expect(byInvite.count <= Group.maximumProofByteCount)
        #expect(alice.access(of: stranger.peerID, proof: byInvite, salt: salt, now: circle.now) == .log)
        _ = newcomer.apply(alice.graph.arrivals.map(\.encoded), now: circle.now)
        _ = try newcomer.join(with: open, now: circle.now)
        let proof = newcomer.syncProof(for: alice.local, salt: salt)
        #expect(alice.access(of: stranger.peerID, proof: proof, salt: salt, now: circle.now) == .messages)
        #expect(alice.access(of: person(31).peerID, proof: proof, salt: salt, now: circle.now) == .none)
        #expect(alice.access(of: stranger.peerID, proof: proof, salt: [9], now: circle.now) == .none)
        #expect(circle.groups[1].access(of: stranger.peerID, proof: proof, salt: salt, now: circle.now) == .none)
        // By an invite for somebody: for nobody else, not when it is over, not when it is damaged.
        let named = try alice.invite(person(32).peerID, now: circle.now, random: circle.random.fill)
        let accepted = try Group(accepting: named, identity: person(32), now: circle.now)
        let shown = accepted.syncProof(for: alice.local, salt: salt, invite: named)
        #expect(alice.access(of: person(32).peerID, proof: shown, salt: salt, now: circle.now) == .log)
        #expect(alice.access(of: person(33).peerID, proof: shown, salt: salt, now: circle.now) == .none)
        #expect(alice.access(of: person(32).peerID, proof: shown, salt: salt, now: .at(99 * 86_400)) == .none)
        #expect(
            alice.access(of: person(32).peerID, proof: shown.dropLast() + [0], salt: salt, now: circle.now) == .none)
        // Removed: neither as a member, nor by the old key, nor by an invite from before.
        let old = circle.groups[2].syncProof(for: alice.local, salt: salt)
        try circle.kick(0, 2)
        for proof in [[], old, [2] + open.encoded, [7]] {
            #expect(circle.groups[0].access(of: circle.id(2), proof: proof, salt: salt, now: circle.now) == .none)
        }
        #expect(
            circle.groups[0].access(of: person(34).peerID, proof: [2] + open.encoded, salt: salt, now: circle.now)
                == .none)
        let room = try Circle(2, visibility: .public)
        #expect(room.groups[0].access(of: stranger.peerID, proof: [], salt: [], now: room.now) == .messages)
    }

    /// Entries that come before what they follow are asked for, and take their place then.
    @Test func missingEntriesAreNamed() throws {
        let circle = try Circle(3)
        let entries = circle.groups[0].graph.arrivals
        var group = Group(id: circle.groups[0].id, identity: person(40))
        let reception = group.apply([try #require(entries.last).encoded], now: circle.now)
        #expect(reception.update.isEmpty && !reception.missing.isEmpty && group.state == nil)
        #expect(reception.missing.allSatisfy { id in entries.contains { $0.id == id } })
        _ = group.apply(entries.map(\.encoded), now: circle.now)
        #expect(group.state == circle.groups[0].state)
        let refused = group.apply([[], [1, 2, 3], [9]], now: circle.now).refused
        #expect(refused == [.malformed, .malformed, .unsupportedVersion])
        let late = try circle.groups[0].graph.nextEntry(
            kind: "leave", body: MembershipChange.leave.body, by: circle.people[1], now: .at(31_536_000))
        #expect(group.apply([late.encoded], now: circle.now).refused == [.clockAhead])
    }
}
