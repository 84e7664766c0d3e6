import Crypto
import Identity
import Ledger
import Multiformats
import TestSupport
import Testing
import Time

@testable import Groups

@Suite struct InviteTests {
    private func code(_ code: GroupError.Code) -> GroupError { GroupError(code, "") }

    @Test func textIsOneLineThatReadsBack() throws {
        var circle = try Circle(1)
        let bob = person(1)
        let addresses = try (0..<12).map { try Multiaddr("/ip4/192.0.2.\($0)/tcp/4001") }
        for peer in [bob.peerID, nil] {
            let invite = try circle.groups[0].invite(
                peer, addresses: addresses, now: .midnight, random: circle.random.fill)
            #expect(invite.text.hasPrefix("linnet:invite:") && invite.text.utf8.count <= 2048)
            #expect(!invite.text.contains { $0.isWhitespace })
            for text in [invite.text, "  \(invite.text)\r\n", "\t\(invite.text) "] {
                let read = try Invite(text)
                #expect(read == invite)
                #expect(read.addresses == Array(addresses.prefix(8)) && read.addressee == peer)
                #expect(read.name == "circle" && read.inviter == circle.id(0) && read.group == circle.groups[0].id)
                #expect(read.isOpen == (peer == nil) && read.expires - read.issued == Group.inviteLifetime)
            }
        }
        // As large as it gets.
        let long = String(repeating: "n", count: 64)
        _ = try circle.groups[0].update(name: long, now: .midnight)
        let base = circle.groups[0]
        for index in 0..<10 {
            var branch = base
            let update = try branch.update(name: long, description: "\(index)", now: .at(index))
            _ = circle.groups[0].apply(update.entries.map(\.encoded), now: .at(60))
        }
        // Ten entries of one author in one place: a fork, and ten heads.
        let largest = try circle.groups[0].invite(
            bob.peerID, addresses: addresses, now: .midnight, random: circle.random.fill)
        #expect(largest.heads.count == 8 && largest.text.utf8.count <= 2048)
        #expect(try Invite(largest.text) == largest)
    }

    @Test func encodingIsPinned() throws {
        let circle = try Circle(1)
        var random = SeededRandom(seed: 8)
        let invite = try circle.groups[0].invite(nil, now: .midnight, random: random.fill)
        #expect(invite.text == Self.pinned)
        let sealed = try circle.groups[0].invite(person(1).peerID, now: .midnight, random: random.fill)
        #expect(SHA256.hash(sealed.encoded).hex == "417462bbe20b8fa4f337ff75750400aff45030fc89a4c4345cc5069a8a316507")
        #expect(sealed.secret(for: person(1)) == circle.groups[0].key(of: invite.epoch)?.secret)
        #expect(sealed.secret(for: person(2)) == nil)
    }

    static let pinned =
        "linnet:invite:Aapja2V5WCBRdiX53e0XONTjMFwsBj_GC58hGhQCU6C7YNl2ihw5P2RuYW1lZmNpcmNsZWVlcG9jaFggJc"
        + "iU5a29qyJmI9i--A9Q4TCQMajQwEjKzwVIuodnZ1RlZ3JvdXBYIHyaPoMiK2hwsWsLbi8_60h2cFpwvLDSQ9LuBddgT8rPZW"
        + "hlYWRzgVggJciU5a29qyJmI9i--A9Q4TCQMajQwEjKzwVIuodnZ1RmaXNzdWVkGwAAAaH7ZxgAZ2V4cGlyZXMbAAABoh9znA"
        + "BnaW52aXRlclgmACQIARIgG4oPv4uzCE_DJHRQEeu2DbrQ7kAn70bf_OMmNIL_DT5pYWRkcmVzc2VzgGp2aXNpYmlsaXR5Z3"
        + "ByaXZhdGXZowgpo_nPT_L_qVv9LwIjBObUJSQsDhyT3uwo6je4vd8H7avIPpqKQ3FEWz_qbr5zselwjL3TsJIW46s7w-MK"

    @Test func forgedOnesAreRefused() throws {
        var circle = try Circle(2)
        let invite = try circle.groups[0].invite(nil, now: .midnight, random: circle.random.fill)
        for bit in stride(from: 0, to: invite.encoded.count * 8, by: 3) {
            var injured = invite.encoded
            injured[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: GroupError.self) { try Invite(decoding: injured) }
        }
        // Another key signs, and the invite still names the admin.
        let content = Array(invite.encoded.dropLast(64))
        let forged = content + person(1).sign(Array("linnet-invite:".utf8) + content)
        #expect(throws: code(.inviteForged)) { try Invite(decoding: forged) }
        // The right key, for another purpose.
        let other = content + circle.people[0].sign(Array("linnet-entry:".utf8) + content)
        #expect(throws: code(.inviteForged)) { try Invite(decoding: other) }
        for text in [
            "", "linnet:invite:", "linnet:invite:AAAA", "LINNET:" + invite.text.dropFirst(7), invite.text + "A",
            invite.text + "\nmore", "see " + invite.text, String(repeating: "A", count: 100_000),
            String(repeating: " ", count: 100_000) + invite.text, "linnet:invite:é",
        ] {
            #expect(throws: GroupError.self, "\(text.prefix(40))") { try Invite(text) }
        }
    }

    @Test func timesAndAddressees() throws {
        var circle = try Circle(1)
        let (bob, carol) = (person(1), person(2))
        let invite = try circle.groups[0].invite(
            bob.peerID, lifetime: .seconds(3600), now: .at(0), random: circle.random.fill)
        #expect(throws: code(.inviteForAnother)) { try Group(accepting: invite, identity: carol, now: .at(0)) }
        #expect(throws: code(.inviteExpired)) { try Group(accepting: invite, identity: bob, now: .at(3600 + 301)) }
        #expect(throws: code(.inviteExpired)) { try Group(accepting: invite, identity: bob, now: .at(31_536_000)) }
        #expect(throws: code(.inviteEarly)) { try Group(accepting: invite, identity: bob, now: .at(-301)) }
        #expect(throws: Never.self) { try Group(accepting: invite, identity: bob, now: .at(3600 + 300)) }
        #expect(throws: Never.self) { try Group(accepting: invite, identity: bob, now: .at(-300)) }
        var group = try Group(accepting: invite, identity: bob, now: .at(0))
        #expect(throws: code(.logMissing)) { try group.join(with: invite, now: .at(0)) }
        _ = group.apply(circle.groups[0].graph.arrivals.map(\.encoded), now: .at(0))
        #expect(throws: code(.inviteExpired)) { try group.join(with: invite, now: .at(86_400)) }
        let elsewhere = try Circle(1, seed: 99).groups[0].invite(nil, now: .at(0), random: { _ in })
        #expect(throws: code(.inviteForAnotherGroup)) { try group.join(with: elsewhere, now: .at(0)) }
        let update = try group.join(with: invite, now: .at(0))
        #expect(update.entries.count == 1 && group.isMember)
        #expect(throws: code(.alreadyMember)) { try group.join(with: invite, now: .at(0)) }
        // A thief with carol's key uses bob's invite all the same.
        let change = MembershipChange.join(invite)
        let entry = try circle.groups[0].graph.nextEntry(kind: change.kind, body: change.body, by: carol, now: .at(1))
        _ = circle.groups[0].apply([entry.encoded], now: .at(1))
        #expect(try circle.state(0).voids[entry.id] == .inviteInvalid)
        // And bob writes a joining long after the end.
        let late = try circle.groups[0].graph.nextEntry(kind: change.kind, body: change.body, by: bob, now: .at(90_000))
        _ = circle.groups[0].apply([late.encoded], now: .at(90_000))
        #expect(try circle.state(0).voids[late.id] == .inviteExpired)
    }

    @Test func onlyAdminsInvite() throws {
        var circle = try Circle(3)
        #expect(throws: code(.notAdmin)) {
            try circle.groups[1].invite(nil, now: .at(0), random: circle.random.fill)
        }
        #expect(throws: code(.alreadyMember)) {
            try circle.groups[0].invite(circle.id(1), now: .at(0), random: circle.random.fill)
        }
        try circle.kick(0, 2)
        circle.shareAll()
        #expect(throws: code(.notMember)) {
            try circle.groups[2].invite(nil, now: .at(0), random: circle.random.fill)
        }
    }

    /// An open invite ends with its epoch, used at whatever time; one for somebody lives on.
    @Test func openInvitesEndWithTheEpoch() throws {
        var circle = try Circle(3)
        let open = try circle.groups[0].invite(nil, now: circle.now, random: circle.random.fill)
        let named = try circle.groups[0].invite(person(30).peerID, now: circle.now, random: circle.random.fill)
        let early = circle.groups[0].graph.arrivals.map(\.encoded)
        try circle.kick(0, 2)
        // The removed comes back under another name, and does not know of its removal.
        let sybil = person(31)
        var theirs = try Group(accepting: open, identity: sybil, now: circle.now)
        _ = theirs.apply(early, now: circle.now)
        let join = try #require(try theirs.join(with: open, now: circle.now).entries.first)
        #expect(theirs.isMember)
        _ = circle.groups[1].apply([join.encoded], now: circle.now)
        var state = try circle.settle()
        #expect(!state.isMember(sybil.peerID) && state.voids[join.id] == .inviteStale && !state.needsRekey)
        // Its own program tells it so as soon as it hears.
        _ = theirs.apply(circle.groups[0].graph.arrivals.map(\.encoded), now: circle.now)
        #expect(!theirs.isMember)
        // One who hears before it joins is told before.
        var honest = try Group(accepting: open, identity: person(32), now: circle.now)
        _ = honest.apply(circle.groups[0].graph.arrivals.map(\.encoded), now: circle.now)
        #expect(throws: code(.inviteStale)) { try honest.join(with: open, now: circle.now) }
        #expect(honest.graph.count == circle.groups[0].graph.count)
        var welcome = try Group(accepting: named, identity: person(30), now: circle.now)
        _ = welcome.apply(circle.groups[0].graph.arrivals.map(\.encoded), now: circle.now)
        let update = try welcome.join(with: named, now: circle.now)
        _ = circle.groups[0].apply(update.entries.map(\.encoded), now: circle.now)
        state = try circle.settle()
        #expect(state.isMember(person(30).peerID))
    }

    /// Whoever came by an open invite, and is known to an admin by now, is not sent away by a late epoch.
    @Test func appointedJoinersStay() throws {
        var circle = try Circle(3)
        try circle.promote(0, 1)
        circle.shareAll()
        let open = try circle.groups[0].invite(nil, now: circle.now, random: circle.random.fill)
        let dave = person(30)
        var group = try Group(accepting: open, identity: dave, now: circle.now)
        _ = group.apply(circle.groups[0].graph.arrivals.map(\.encoded), now: circle.now)
        _ = circle.groups[0].apply(
            try group.join(with: open, now: circle.now).entries.map(\.encoded), now: circle.now)
        _ = try circle.groups[0].setRole(.admin, of: dave.peerID, now: circle.now)
        // The other admin begins an epoch without having heard of Dave.
        _ = try circle.groups[1].rekey(now: circle.now, random: circle.random.fill)
        let state = try circle.settle()
        #expect(state.isAdmin(dave.peerID) && state.voids.isEmpty)
    }

    /// Invites are made without an entry in the log, however many; and ten thousand that others sent, of which all but one
    /// are forged, are told apart without the log.
    @Test func tenThousandInvites() throws {
        var circle = try Circle(1)
        let before = circle.groups[0].graph.count
        let invite = try circle.groups[0].invite(nil, now: .at(0), random: circle.random.fill)
        var random = SeededRandom(seed: 6)
        var accepted = 0
        for index in 0..<10_000 {
            var bytes = invite.encoded
            // Most are damaged where no signature is needed to see it.
            let place = random.next(below: index % 10 == 0 ? bytes.count : 80)
            if index != 5000 { bytes[place] ^= UInt8(1 + random.next(below: 255)) }
            if (try? Invite(decoding: bytes)) != nil { accepted += 1 }
        }
        #expect(accepted == 1 && circle.groups[0].graph.count == before)
    }

    @Test func membersAreCountedToAThousand() throws {
        var circle = try Circle(1)
        let invite = try circle.groups[0].invite(nil, now: .at(0), random: circle.random.fill)
        let change = MembershipChange.join(invite)
        let body = change.body
        let base = circle.groups[0].graph
        var entries: [[UInt8]] = []
        for index in 1...1005 {
            entries.append(
                try base.nextEntry(kind: change.kind, body: body, by: person(index), now: .at(index)).encoded)
        }
        let reception = circle.groups[0].apply(entries, now: .at(1005))
        #expect(reception.refused.isEmpty)
        let state = try circle.state(0)
        #expect(state.members.count == EpochKeys.maximumMembers)
        #expect(state.voids.values.filter { $0 == .full }.count == 6)
        #expect(state.isMember(person(999).peerID) && !state.isMember(person(1000).peerID))
        #expect(throws: code(.full)) { try circle.groups[0].invite(nil, now: .at(2000), random: { _ in }) }
    }

    @Test func fuzz() throws {
        var circle = try Circle(1)
        let seeds = try [person(1).peerID, nil].map { peer in
            try circle.groups[0].invite(
                peer, addresses: [try Multiaddr("/ip4/192.0.2.1/tcp/1")], now: .midnight, random: circle.random.fill)
        }
        var random = SeededRandom(seed: 5)
        for round in 0..<6000 {
            let seed = seeds[round % 2]
            let bytes = random.mutated(seed.encoded)
            if let read = try? Invite(decoding: bytes), read != seed { Issue.record("\(bytes.hex)") }
            let text = String(decoding: random.mutated(Array(seed.text.utf8)), as: UTF8.self)
            if let read = try? Invite(text), read != seed { Issue.record("\(text)") }
        }
    }
}
