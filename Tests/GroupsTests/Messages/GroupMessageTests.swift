import Crypto
import Identity
import Ledger
import TestSupport
import Testing
import Time
import Wire

@testable import Groups

@Suite struct GroupMessageTests {
    private func refusal(_ opened: Group.Opened) -> GroupRefusal? {
        if case .refused(let refusal) = opened { refusal } else { nil }
    }

    private func message(_ opened: Group.Opened) throws -> GroupMessage {
        guard case .message(let message) = opened else { throw Unexpected(what: "\(opened)") }
        return message
    }

    private struct Unexpected: Error { let what: String }

    @Test func everybodyReadsWhatOneSays() throws {
        for visibility in Visibility.allCases {
            var circle = try Circle(3, visibility: visibility)
            var draft = GroupMessage.Draft(text: "hello @bob")
            draft.mentions = [circle.id(1)]
            draft.isBot = true
            let (said, frame) = try circle.groups[0].seal(draft, now: circle.now, random: circle.random.fill)
            for index in 1...2 {
                let read = try message(circle.groups[index].open(frame, now: circle.now))
                #expect(read == said && read.text == "hello @bob" && read.author == circle.id(0) && read.sequence == 0)
                #expect(read.content == draft)
                #expect(refusal(circle.groups[index].open(frame, now: circle.now)) == .duplicate)
            }
            #expect(refusal(circle.groups[0].open(frame, now: circle.now)) == .duplicate)
            var answer = GroupMessage.Draft(contentType: "image/png", body: [1, 2, 3])
            answer.replyTo = said.id
            let (reply, second) = try circle.groups[1].seal(answer, now: .at(-50), random: circle.random.fill)
            #expect(reply.after == [said.id] && reply.time > said.time && said < reply && reply.text == nil)
            #expect(try message(circle.groups[2].open(second, now: circle.now)).content.replyTo == said.id)
            // Over the topic nothing is readable but in a public group.
            let isPlain = visibility == .public
            #expect(Array("hello".utf8).isContained(in: frame) == isPlain)
            #expect(circle.id(0).bytes.isContained(in: frame) == isPlain)
            #expect(circle.groups[0].id.bytes.isContained(in: frame) == isPlain)
        }
    }

    @Test func encodingIsPinned() throws {
        var circle = try Circle(1)
        var random = SeededRandom(seed: 3)
        let (said, frame) = try circle.groups[0].seal(.init(text: "hi"), now: .at(9), random: random.fill)
        #expect(said.id.description == "a4ad6403caea6f4e87acff582415765179d51b513941d60386075ca47ac9798f")
        #expect(SHA256.hash(frame).hex == "5a1dd5cfcea84c223bf131e974a83865d9d522b068df85844b2112754b2eddb6")
        #expect(said.encoded.hex == Self.pinned)
    }

    static let pinned =
        "a864626f64794268696474696d651b000001a1fb673b2864747970656a746578742f706c61696e656166746572806565"
        + "706f6368582025c894e5adbdab226623d8bef80f50e1309031a8d0c048cacf0548ba876767546567726f757058207c9a"
        + "3e83222b6870b16b0b6e2f3feb4876705a70bcb0d243d2ee05d7604fcacf66617574686f7258260024080112201b8a0f"
        + "bf8bb3084fc324745011ebb60dbad0ee4027ef46dffce3263482ff0d3e6873657175656e636500b1619beebdb5895fab"
        + "bd40dce7465b74b3a1ea87be232f60465e69ffb33e23297efac96cfc957c5ccea49306cfb9d86fdcc1a4e593096f3e29"
        + "7e89fbefc02f03"

    /// Many who talk at once, each hearing the others late and in another order: one order for all, and nothing before
    /// what it answers, though clocks differ by minutes.
    @Test func oneOrderForAll() throws {
        var random = SeededRandom(seed: 11)
        for round in 0..<4 {
            var circle = try Circle(4, seed: UInt64(round))
            let skew = [0, -240, 120, -60_000_000]
            var frames: [[UInt8]] = []
            var said: [GroupMessage] = []
            for step in 0..<60 {
                let index = random.next(below: 4)
                for frame in frames where random.next(below: 3) > 0 {
                    _ = circle.groups[index].open(frame, now: .at(100 + step))
                }
                let now = Timestamp.at(100 + step + skew[index])
                let (message, frame) = try circle.groups[index].seal(
                    .init(text: "\(step)"), now: now, random: circle.random.fill)
                said.append(message)
                frames.append(frame)
            }
            var orders: Set<[GroupMessageID]> = []
            for index in 0..<4 {
                var fresh = circle.groups[index]
                fresh.recent = RecentMessages()
                var heard = try frames.shuffled(using: &random).map { try message(fresh.open($0, now: .at(200))) }
                heard.sort()
                orders.insert(heard.map(\.id))
                let places = Dictionary(uniqueKeysWithValues: heard.enumerated().map { ($1.id, $0) })
                for message in heard {
                    for before in message.after { #expect(places[before]! < places[message.id]!) }
                }
            }
            #expect(orders.count == 1 && orders.first?.count == 60)
        }
    }

    @Test func removedMembersAreNotHeard() throws {
        var circle = try Circle(4)
        let (early, earlyFrame) = try circle.groups[2].seal(
            .init(text: "early"), now: circle.now, random: circle.random.fill)
        let removed = circle.groups[2]
        try circle.kick(0, 2)
        circle.share(0, 1)
        var theirs = removed
        circle.clock += 60
        let (_, late) = try theirs.seal(.init(text: "late"), now: circle.now, random: circle.random.fill)
        #expect(refusal(circle.groups[1].open(late, now: circle.now)) == .removedMember)
        #expect(refusal(circle.groups[1].open(earlyFrame, now: circle.now)) == .removedMember)
        // Catching up brings what was said before the removal, and not what was said long after.
        var catching = circle.groups[1]
        #expect(try message(catching.open(earlyFrame, now: circle.now, via: .history)) == early)
        var much = removed
        let (_, later) = try much.seal(.init(text: "later"), now: .at(circle.clock + 400), random: circle.random.fill)
        #expect(refusal(catching.open(later, now: .at(circle.clock + 500), via: .history)) == .removedMember)
        // One who has not heard of the removal hears it until then.
        #expect(throws: Never.self) { try message(circle.groups[3].open(late, now: circle.now)) }
        // The removed hears nothing of the new epoch, and says nothing.
        let (_, secret) = try circle.groups[0].seal(.init(text: "secret"), now: circle.now, random: circle.random.fill)
        #expect(refusal(circle.groups[2].open(secret, now: circle.now)) == .unknownEpoch)
        circle.share(0, 2)
        #expect(throws: GroupError.notMember) {
            try circle.groups[2].seal(.init(text: "x"), now: circle.now, random: circle.random.fill)
        }
    }

    @Test func oldEpochs() throws {
        var circle = try Circle(3)
        let (_, before) = try circle.groups[1].seal(.init(text: "before"), now: circle.now, random: circle.random.fill)
        let old = circle.groups[1]
        let oldKey = try #require(old.key(of: try circle.state(0).epoch.id))
        try circle.kick(0, 2)
        circle.shareAll()
        let start = try circle.state(0).epoch.start
        // Within the grace it is heard; after it, it comes by catching up.
        var late = circle.groups[0]
        #expect(refusal(late.open(before, now: start + .seconds(601))) == .epochOver)
        #expect(throws: Never.self) { try message(late.open(before, now: start + .seconds(601), via: .history)) }
        #expect(throws: Never.self) { try message(circle.groups[0].open(before, now: start + .seconds(600))) }
        // What was said under the old key, encrypted anew under the new one by a member.
        var speaker = old
        let (said, _) = try speaker.seal(.init(text: "said"), now: circle.now, random: circle.random.fill)
        let newKey = try #require(circle.groups[1].key(of: try circle.state(0).epoch.id))
        let replayed = GroupFrame.sealed(.message(said.encoded), with: newKey, random: circle.random.fill)
        #expect(refusal(circle.groups[0].open(replayed, now: circle.now)) == .replayedEpoch)
        // A claim to be of the new epoch, under the old key.
        let (fresh, _) = try circle.groups[1].seal(.init(text: "new"), now: circle.now, random: circle.random.fill)
        let stale = GroupFrame.sealed(.message(fresh.encoded), with: oldKey, random: circle.random.fill)
        #expect(refusal(circle.groups[0].open(stale, now: circle.now)) == .replayedEpoch)
    }

    @Test func clocksThatAreOff() throws {
        var circle = try Circle(2)
        let year = 31_536_000
        let ahead = try circle.groups[1].seal(.init(text: "x"), now: .at(year), random: circle.random.fill)
        #expect(refusal(circle.groups[0].open(ahead.frame, now: circle.now)) == .clockAhead)
        #expect(refusal(circle.groups[0].open(ahead.frame, now: circle.now, via: .history)) == .clockAhead)
        #expect(throws: Never.self) { try message(circle.groups[0].open(ahead.frame, now: .at(year - 300))) }
        // A clock that is behind does no harm: the time is that of the epoch, or later.
        var other = try Circle(2)
        let behind = try other.groups[1].seal(.init(text: "x"), now: .at(-year), random: other.random.fill)
        #expect(
            try message(other.groups[0].open(behind.frame, now: other.now)).time == (try other.state(0)).epoch.start)
        // A program that says otherwise is refused.
        let state = try other.state(0)
        let key = try #require(other.groups[0].key(of: state.epoch.id))
        let forged = GroupMessage.sign(
            .init(text: "x"), group: other.groups[0].id, epoch: state.epoch.id, sequence: 9, time: .at(-year),
            after: [],
            by: other.people[1])
        let frame = GroupFrame.sealed(.message(forged.encoded), with: key, random: other.random.fill)
        #expect(refusal(other.groups[0].open(frame, now: other.now)) == .clockBehind)
    }

    @Test func limitsAreExact() throws {
        var circle = try Circle(2)
        var draft = GroupMessage.Draft(
            contentType: "application/octet-stream", body: [UInt8](repeating: 1, count: 64 << 10))
        draft.mentions = (0..<32).map { person($0).peerID }
        draft.replyTo = circle.groups[0].id.digest
        let (largest, frame) = try circle.groups[0].seal(draft, now: circle.now, random: circle.random.fill)
        #expect(frame.count < 80 << 10)
        #expect(try message(circle.groups[1].open(frame, now: circle.now)) == largest)
        draft.body.append(1)
        let bad: [GroupMessage.Draft] = [
            draft, .init(text: ""), .init(text: "a\0b"), .init(contentType: "text/plain", body: [0xff]),
            .init(contentType: "nothing", body: [1]), .init(contentType: "", body: [1]),
            .init(contentType: "a/" + String(repeating: "b", count: 126), body: [1]),
            .init(contentType: "te xt/plain", body: [1]), .init(contentType: "image/\n", body: [1]),
        ]
        for draft in bad {
            #expect(throws: GroupError(.invalidMessage, "")) {
                try circle.groups[0].seal(draft, now: circle.now, random: circle.random.fill)
            }
        }
        draft = .init(text: "x")
        draft.mentions = (0..<33).map { person($0).peerID }
        #expect(throws: GroupError(.invalidMessage, "")) {
            try circle.groups[0].seal(draft, now: circle.now, random: circle.random.fill)
        }
        // From a program that does not mind.
        let state = try circle.state(0)
        let key = try #require(circle.groups[0].key(of: state.epoch.id))
        let body = GroupMessage.Draft(contentType: "image/png", body: [UInt8](repeating: 1, count: 64 << 10 + 1))
        let forged = GroupMessage.sign(
            body, group: state.id, epoch: state.epoch.id, sequence: 0, time: circle.now, after: [], by: circle.people[0]
        )
        let sealed = GroupFrame.sealed(.message(forged.encoded), with: key, random: circle.random.fill)
        #expect(refusal(circle.groups[1].open(sealed, now: circle.now)) == .tooLarge)
        let huge = [UInt8](repeating: 1, count: GroupFrame.maximumByteCount + 1)
        #expect(refusal(circle.groups[1].open(huge, now: circle.now)) == .tooLarge)
    }

    @Test func whatIsNotForUs() throws {
        var circle = try Circle(2)
        var other = try Circle(2, seed: 55)
        var room = try Circle(2, visibility: .public)
        let (_, elsewhere) = try other.groups[0].seal(.init(text: "x"), now: circle.now, random: circle.random.fill)
        #expect(refusal(circle.groups[0].open(elsewhere, now: circle.now)) == .unknownEpoch)
        let (open, plain) = try room.groups[0].seal(.init(text: "x"), now: circle.now, random: circle.random.fill)
        #expect(refusal(circle.groups[0].open(plain, now: circle.now)) == .wrongVisibility)
        #expect(refusal(room.groups[1].open(elsewhere, now: circle.now)) == .wrongVisibility)
        var otherRoom = try Circle(2, visibility: .public, seed: 56)
        #expect(refusal(otherRoom.groups[1].open(plain, now: circle.now)) == .anotherGroup)
        #expect(open.group == room.groups[1].id)
        var unknown = Group(id: circle.groups[0].id, identity: person(8))
        #expect(refusal(unknown.open(elsewhere, now: circle.now)) == .logMissing)
        #expect(refusal(circle.groups[0].open([], now: circle.now)) == .malformed)
        #expect(refusal(circle.groups[0].open([2, 1], now: circle.now)) == .unsupportedVersion)
        #expect(refusal(circle.groups[0].open([1, 2], now: circle.now)) == .malformed)
        // A stranger with the key, as an open invite gives it, is no member yet.
        let state = try circle.state(0)
        let key = try #require(circle.groups[0].key(of: state.epoch.id))
        let stranger = GroupMessage.sign(
            .init(text: "x"), group: state.id, epoch: state.epoch.id, sequence: 0, time: circle.now, after: [],
            by: person(60))
        let frame = GroupFrame.sealed(.message(stranger.encoded), with: key, random: circle.random.fill)
        #expect(refusal(circle.groups[0].open(frame, now: circle.now)) == .notMember)
        // A member that speaks in another's name.
        var forged = stranger.encoded
        forged.replaceSubrange(
            (forged.count - 64)...,
            with: circle.people[1].sign(Array("linnet-group-message:".utf8) + forged.dropLast(64)))
        let lie = GroupFrame.sealed(.message(forged), with: key, random: circle.random.fill)
        #expect(refusal(circle.groups[0].open(lie, now: circle.now)) == .invalidSignature)
        // Shut out of a public room.
        _ = try room.groups[0].kick(room.id(1), now: room.now, random: { _ in })
        let (_, unheard) = try room.groups[1].seal(.init(text: "x"), now: .at(900), random: circle.random.fill)
        #expect(refusal(room.groups[0].open(unheard, now: .at(900))) == .removedMember)
    }

    @Test func everyFlippedBitIsRefused() throws {
        var circle = try Circle(2)
        let (_, frame) = try circle.groups[0].seal(.init(text: "x"), now: circle.now, random: circle.random.fill)
        for bit in 0..<frame.count * 8 {
            var injured = frame
            injured[bit / 8] ^= 1 << UInt8(bit % 8)
            if refusal(circle.groups[1].open(injured, now: circle.now)) == nil { Issue.record("bit \(bit)") }
        }
        for count in 0..<frame.count {
            if refusal(circle.groups[1].open(Array(frame.prefix(count)), now: circle.now)) == nil {
                Issue.record("\(count)")
            }
        }
    }

    @Test func entriesTravelInFrames() throws {
        var circle = try Circle(3)
        let old = try circle.state(0).epoch.id
        let update = try circle.groups[0].kick(circle.id(2), reason: "spam", now: .at(50), random: circle.random.fill)
        let entry = try #require(update.entries.first)
        let frame = try circle.groups[0].seal(entry, in: old, random: circle.random.fill)
        for index in 1...2 {
            guard case .entry(let bytes) = circle.groups[index].open(frame, now: .at(50)) else {
                Issue.record("no entry")
                continue
            }
            let reception = circle.groups[index].apply([bytes], now: .at(50))
            #expect(reception.update.changes.contains(.removed(circle.id(2), by: circle.id(0), reason: "spam")))
            #expect(reception.update.keys.count == (index == 1 ? 1 : 0))
        }
    }

    @Test func fuzz() throws {
        var circle = try Circle(2)
        var draft = GroupMessage.Draft(text: "hello")
        draft.mentions = [circle.id(0)]
        draft.replyTo = circle.groups[0].id.digest
        let (said, frame) = try circle.groups[0].seal(draft, now: circle.now, random: circle.random.fill)
        var random = SeededRandom(seed: 12)
        var readable = 0
        for round in 0..<20_000 {
            let bytes = random.mutated(said.encoded)
            do throws(GroupRefusal) {
                let read = try GroupMessage(decoding: bytes)
                if read != said { Issue.record("\(bytes.hex)") }
            } catch {
                if error == .invalidSignature { readable += 1 }
            }
            if round < 4000, refusal(circle.groups[1].open(random.mutated(frame), now: circle.now)) == nil {
                circle.groups[1].recent = RecentMessages()
            }
        }
        #expect(readable > 1000)
    }
}

extension [UInt8] {
    func isContained(in other: [UInt8]) -> Bool {
        guard count <= other.count else { return false }
        return (0...(other.count - count)).contains { other[$0...].starts(with: self) }
    }
}
