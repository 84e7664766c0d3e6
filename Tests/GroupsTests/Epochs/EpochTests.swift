import Crypto
import Identity
import Ledger
import TestSupport
import Testing
import Time
import Wire

@testable import Groups

@Suite struct EpochTests {
    @Test func aRemovalTakesTheKeyAway() throws {
        var circle = try Circle(4)
        let first = try circle.state(0).epoch.id
        for group in circle.groups { #expect(group.key(of: first) == circle.groups[0].key(of: first)) }
        try circle.kick(0, 2)
        let state = try circle.settle()
        #expect(state.epoch.number == 1 && state.epoch.author == circle.id(0) && !state.needsRekey)
        let key = try #require(circle.groups[0].key(of: state.epoch.id))
        #expect(circle.groups[1].key(of: state.epoch.id) == key && circle.groups[3].key(of: state.epoch.id) == key)
        #expect(circle.groups[2].key(of: state.epoch.id) == nil && circle.groups[2].lackedEpoch == nil)
        #expect(key.topic != circle.groups[0].key(of: first)?.topic)
        #expect(circle.groups[0].topics(now: circle.now).first == key.topic)
        #expect(circle.groups[0].topics(now: circle.now).count == 2)
        #expect(circle.groups[0].topics(now: circle.now + .seconds(3600)).count == 1)
        #expect(circle.groups[2].topics(now: circle.now).isEmpty)
    }

    /// Two removals at the same time: one epoch wins, and it was sealed for somebody who is no member.
    @Test func concurrentEpochsWantAnother() throws {
        var circle = try Circle(5)
        try circle.promote(0, 1)
        circle.shareAll()
        try circle.kick(0, 2)
        try circle.kick(1, 3)
        var state = try circle.settle()
        #expect(state.names(circle.people) == [0, 1, 4] && state.needsRekey && state.epochs.count == 3)
        let admins = state.admins
        #expect(state.rekeyer(online: Set(admins)) == admins[0])
        #expect(state.rekeyer(online: [admins[1], circle.id(4)]) == admins[1])
        #expect(state.rekeyer(online: [circle.id(4)]) == nil)
        // Whoever is removed by the loser has the winner's key; that is what must end.
        let winner = state.epoch.id
        let have = [2, 3].filter { circle.groups[$0].key(of: winner) != nil }
        #expect(have.count == 1)
        circle.clock = 500
        _ = try circle.groups[0].rekey(now: circle.now, random: circle.random.fill)
        state = try circle.settle()
        #expect(!state.needsRekey && state.epoch.number == 2)
        for index in [0, 1, 4] { #expect(circle.groups[index].key(of: state.epoch.id) != nil) }
        for index in [2, 3] { #expect(circle.groups[index].key(of: state.epoch.id) == nil) }
    }

    /// Somebody who came by an invite from before the epoch asks a member for the key.
    @Test func keysAreAskedFor() throws {
        var circle = try Circle(3)
        let newcomer = person(40)
        let invite = try circle.groups[0].invite(newcomer.peerID, now: circle.now, random: circle.random.fill)
        let before = try circle.state(0).epoch.id
        try circle.kick(0, 2)
        circle.shareAll()
        var group = try Group(accepting: invite, identity: newcomer, now: circle.now)
        _ = group.apply(circle.groups[0].graph.arrivals.map(\.encoded), now: circle.now)
        let joined = try group.join(with: invite, now: circle.now)
        #expect(joined.changes.contains(.joined(newcomer.peerID, invitedBy: circle.id(0))))
        let lacked = try #require(group.lackedEpoch)
        #expect(throws: GroupError.noKey) {
            try group.seal(.init(text: "hi"), now: circle.now, random: circle.random.fill)
        }
        let request = try #require(GroupKeyRequest(decoding: GroupKeyRequest(group: group.id, epoch: lacked).encoded))
        // Nobody answers one whom it does not know as a member.
        #expect(circle.groups[1].answer(request, from: newcomer.peerID, random: { _ in }) == .refused(.notMember))
        _ = circle.groups[1].apply(joined.entries.map(\.encoded), now: circle.now)
        let answer = circle.groups[1].answer(request, from: newcomer.peerID, random: circle.random.fill)
        let read = try #require(GroupKeyAnswer(decoding: answer.encoded))
        #expect(read == answer)
        var thief = circle.groups[2]
        #expect(throws: GroupError(.wrongKey, "")) { try thief.take(answer, for: request) }
        let update = try group.take(read, for: request)
        #expect(update.keys.map(\.epoch) == [lacked] && group.lackedEpoch == nil)
        #expect(group.key(of: lacked) == circle.groups[0].key(of: lacked))
        // The removed gets nothing; the newcomer the epoch of its invite, but no other from before.
        _ = circle.groups[0].apply(joined.entries.map(\.encoded), now: circle.now)
        #expect(circle.groups[0].answer(request, from: circle.id(2), random: { _ in }) == .refused(.notMember))
        for (epoch, isGiven) in [(before, true), (lacked, true)] {
            let answer = circle.groups[0].answer(
                GroupKeyRequest(group: group.id, epoch: epoch), from: newcomer.peerID, random: circle.random.fill)
            if case .key = answer { #expect(isGiven) } else { #expect(!isGiven) }
        }
        let later = person(41)
        let second = try circle.groups[0].invite(later.peerID, now: circle.now, random: circle.random.fill)
        var last = try Group(accepting: second, identity: later, now: circle.now)
        _ = last.apply(circle.groups[0].graph.arrivals.map(\.encoded), now: circle.now)
        _ = circle.groups[0].apply(try last.join(with: second, now: circle.now).entries.map(\.encoded), now: circle.now)
        let old = GroupKeyRequest(group: group.id, epoch: before)
        #expect(circle.groups[0].answer(old, from: later.peerID, random: { _ in }) == .refused(.notEntitled))
        let unknown = GroupKeyRequest(group: group.id, epoch: group.id.digest)
        #expect(circle.groups[0].answer(unknown, from: later.peerID, random: { _ in }) == .refused(.unknownEpoch))
        let elsewhere = GroupKeyRequest(group: GroupID(before), epoch: before)
        #expect(circle.groups[0].answer(elsewhere, from: later.peerID, random: { _ in }) == .refused(.unknownGroup))
        // A wrong key is found out.
        let (real, box) = (
            SecretBytes(copying: [UInt8](repeating: 9, count: 32)), SealedKey.ephemeral(circle.random.fill)
        )
        let wrong = GroupKeyAnswer.key(
            epoch: lacked, ephemeral: box.publicKey,
            box: try SealedKey.seal(real, to: later.peerID, with: box, group: group.id))
        let asked = GroupKeyRequest(group: group.id, epoch: lacked)
        #expect(throws: GroupError(.wrongKey, "")) { try last.take(wrong, for: asked) }
        #expect(throws: GroupError.notMember) { try last.take(.refused(.notMember), for: asked) }
        #expect(throws: GroupError.noKey) { try last.take(.refused(.notEntitled), for: asked) }
    }

    /// A thousand members fit into one entry, and each finds its key.
    @Test func aThousandMembers() throws {
        var random = SeededRandom(seed: 3)
        let peers = (0..<EpochKeys.maximumMembers).map { person($0).peerID }
        let group = GroupID(Digest([UInt8](repeating: 5, count: 32))!)
        let secret = SecretBytes(copying: random.bytes(32))
        let keys = try EpochKeys(sealing: secret, to: peers, group: group, random: random.fill)
        let change = MembershipChange.kick(person(5000).peerID, reason: String(repeating: "r", count: 256), keys)
        #expect(change.body.count <= Entry.maximumBodyByteCount)
        for index in stride(from: 0, to: 1000, by: 200) {
            #expect(keys.open(by: person(index), group: group) == secret)
        }
        #expect(keys.open(by: person(5000), group: group) == nil)
        #expect(throws: GroupError.full) {
            try EpochKeys(sealing: secret, to: peers + [person(5000).peerID], group: group, random: random.fill)
        }
        #expect(EpochKeys(keys.item) == keys)
    }

    @Test func derivationsArePinned() throws {
        let digest = Digest([UInt8](repeating: 0x11, count: 32))!
        let secret = SecretBytes(copying: [UInt8](repeating: 0x22, count: 32))
        let key = try #require(EpochKey(group: GroupID(digest), epoch: digest, secret: secret))
        #expect(key.topic == "/linnet/group/1.0.0/ib6jfa364berurutlc2ssmnmepu7mdtclqbfky4qbpp4sumpdqxa")
        #expect(key.frameMark.hex == "0fc435147aeaae8d")
        #expect(
            key.messageKey.withUnsafeBytes { Array($0) }.hex
                == "cee81f92f8cd034d8bf826abd54b658ca86c43b5b2390b1764913b1b7f6bf639")
        #expect(
            EpochKey.check(of: secret, group: GroupID(digest)).hex
                == "6117e3a51ed7a786f1b21c86cd7d31460d1e2b38069b1b3f5e45f4d40c77a5d2")
        #expect(
            Group.publicTopic(of: GroupID(digest))
                == "/linnet/group/1.0.0/wtuxtu4dzmhzagwczcu4h3jso2h7irracfcdnboinl4hipovl3ga")
        #expect(GroupID(digest).description == "g29d2S7vB453rNYFdR5Ycwt7y9haRT5fwVwL9zTmBhfV2")
        #expect(GroupID("g29d2S7vB453rNYFdR5Ycwt7y9haRT5fwVwL9zTmBhfV2") == GroupID(digest))
        #expect(EpochKey(group: GroupID(digest), epoch: digest, secret: SecretBytes(copying: [1])) == nil)
        for text in ["", "g", "x", "gg", "g0", "G2", "g" + String(repeating: "1", count: 60)] {
            #expect(GroupID(text) == nil, "\(text)")
        }
    }

    @Test func otherKindsOfIdentities() throws {
        let circle = try Circle(1)
        // An RSA or P-256 identity's id is a hash: there is no key to seal to.
        let hashed = try PeerID(bytes: [0x12, 0x20] + [UInt8](repeating: 3, count: 32))
        var random = SeededRandom(seed: 1)
        #expect(throws: GroupError.unsupportedKey(hashed)) {
            try circle.groups[0].invite(hashed, now: .midnight, random: random.fill)
        }
        let secret = SecretBytes(copying: [UInt8](repeating: 1, count: 32))
        #expect(throws: GroupError.unsupportedKey(hashed)) {
            try EpochKeys(sealing: secret, to: [hashed], group: circle.groups[0].id, random: random.fill)
        }
    }

    @Test func fuzz() throws {
        var random = SeededRandom(seed: 4)
        let secret = SecretBytes(copying: random.bytes(32))
        let group = GroupID(Digest(random.bytes(32))!)
        let keys = try EpochKeys(
            sealing: secret, to: [person(1).peerID, person(2).peerID], group: group, random: random.fill)
        let request = GroupKeyRequest(group: group, epoch: group.digest).encoded
        let answer = GroupKeyAnswer.key(
            epoch: group.digest, ephemeral: random.bytes(32), box: random.bytes(48)
        ).encoded
        for round in 0..<8000 {
            if let item = try? CBOR(decoding: random.mutated(keys.item.encoded())), let read = EpochKeys(item),
                round < 300
            {
                let opened = read.open(by: person(1), group: group)
                #expect(opened == nil || opened == secret)
            }
            if let read = GroupKeyRequest(decoding: random.mutated(request)) {
                #expect(GroupKeyRequest(decoding: read.encoded) == read)
            }
            if let read = GroupKeyAnswer(decoding: random.mutated(answer)) {
                #expect(GroupKeyAnswer(decoding: read.encoded) == read)
            }
        }
    }
}
