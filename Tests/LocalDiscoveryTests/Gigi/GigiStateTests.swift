import Multiformats
import Reactor
import TestSupport
import Testing
import Time
import Wire

@testable import LocalDiscovery

@Suite("gigi-dns on a link") struct GigiStateTests {
    private let source = Samples.ip("10.0.0.9")

    private func run(
        _ state: inout GigiState<SeededRandom>, from start: Instant = Samples.start, until end: Duration
    ) -> [(at: Int64, bytes: [UInt8])] {
        var sent: [(Int64, [UInt8])] = []
        let limit = Samples.start + end
        while let due = state.nextDeadline, due <= limit {
            let now = max(due, start)
            state.advance(now, Samples.wall + (now - Samples.start))
            for bytes in state.takeActions().compactMap(\.sent) {
                sent.append(((now - Samples.start).millisecondsClamped, bytes))
            }
        }
        return sent
    }

    private func isQuestion(_ bytes: [UInt8]) -> Bool { (try? GigiMessage(decoding: bytes)) == .question }

    private func announcement(
        _ number: UInt8, nickname: String = "bob", timeToLive: UInt32 = 360, at time: Timestamp = Samples.wall,
        isSigned: Bool = true
    ) throws -> [UInt8] {
        let told = GigiAnnouncement(peer: Samples.peer(number), nickname: nickname, address: Samples.otherAddress)
        let bytes = GigiMessage.announcement(told, id: 1, timeToLive: timeToLive, at: time, by: .test(number))
        guard !isSigned else { return try #require(bytes) }
        var message = try DNSMessage(decoding: try #require(bytes))
        message.answers[0].data = [UInt8(told.text.utf8.count)] + told.text.utf8
        return message.encoded
    }

    @Test("it asks, half as often each time, until somebody is heard")
    func probes() throws {
        var state = Samples.gigi()
        let times = run(&state, until: .seconds(3000)).map(\.at)
        #expect((0...100).contains(try #require(times.first)))
        for (index, gap) in zip(times.dropFirst(), times).map({ $0 - $1 }).enumerated() {
            let longest = Int64(min(500 << min(index, 20), 300_000))
            #expect(gap <= longest && gap >= longest * 4 / 5 - 1)
        }
        try state.receive(announcement(2), from: source, Samples.start + .seconds(3000), Samples.wall + .seconds(3000))
        _ = state.takeActions()
        #expect(run(&state, until: .seconds(9000)).isEmpty)
    }

    @Test("it asks again for a name that is not known, ten times a second at most")
    func asksSoon() throws {
        var state = Samples.gigi()
        try state.receive(announcement(2), from: source, Samples.start, Samples.wall)
        _ = state.takeActions()
        #expect(run(&state, until: .seconds(9)).isEmpty)
        for millisecond in stride(from: 10_000, to: 11_000, by: 10) {
            let now = Samples.start + .milliseconds(millisecond)
            state.askSoon(now)
            if let due = state.nextDeadline, due <= now { state.advance(now, Samples.wall) }
        }
        let count = state.takeActions().compactMap(\.sent).filter(isQuestion).count
        #expect((9...11).contains(count))
    }

    @Test("it announces before mDNS answers, again a second later, then every 15 s; a datagram for each address")
    func announces() throws {
        var state = Samples.gigi()
        state.setAddresses([Samples.address, Samples.otherAddress], Samples.start)
        let told = run(&state, until: .seconds(61)).filter { !isQuestion($0.bytes) }
        let times = told.map(\.at)
        #expect(try #require(times.first) <= 20)
        #expect(times.count % 2 == 0)
        let rounds = stride(from: 0, to: times.count, by: 2).map { times[$0] }
        #expect(rounds[1] - rounds[0] == 1000)
        for (next, last) in zip(rounds.dropFirst(2), rounds.dropFirst()) {
            #expect((12_000...15_000).contains(next - last))
        }
        guard case .announcement(let received, timeToLive: 360) = try GigiMessage(decoding: told[0].bytes) else {
            Issue.record("no announcement")
            return
        }
        #expect(received.announcement.nickname == "alice")
        #expect(received.proof != nil)
    }

    @Test("another name is told at once")
    func renames() throws {
        var state = Samples.gigi()
        state.setAddresses([Samples.address], Samples.start)
        _ = run(&state, until: .seconds(10))
        state.setProfile(.init(nickname: "Alice L"), Samples.start + .seconds(10))
        let told = run(&state, from: Samples.start + .seconds(10), until: .milliseconds(10_030))
        guard case .announcement(let received, _) = try GigiMessage(decoding: try #require(told.first).bytes) else {
            Issue.record("no announcement")
            return
        }
        #expect(received.announcement.nickname == "Alice L")
    }

    @Test("ten rounds of answers a second and no more, whoever asks")
    func limitsReplies() throws {
        var state = Samples.gigi { $0.announceInterval = .seconds(600) }
        state.setAddresses([Samples.address], Samples.start)
        _ = run(&state, until: .seconds(10))
        var answers = 0
        for millisecond in 10_000..<12_000 {
            let now = Samples.start + .milliseconds(millisecond)
            try state.receive(
                GigiMessage.question(id: 1), from: Samples.ip("10.0.\(millisecond % 250).1"), now, Samples.wall)
            answers += run(&state, from: now, until: .milliseconds(millisecond)).count { !isQuestion($0.bytes) }
        }
        #expect(answers <= 21 && answers >= 10)
    }

    @Test("a signature proves; none, or an old one, does not")
    func proofs() throws {
        var state = Samples.gigi()
        func proof(_ bytes: [UInt8]) throws -> Int64?? {
            try state.receive(bytes, from: source, Samples.start, Samples.wall)
            guard case .found(_, _, let proof)? = state.takeActions().first else { return nil }
            return .some(proof)
        }
        #expect(try proof(announcement(2)) == .some(.some(Samples.wall.milliseconds)))
        #expect(try proof(announcement(2, isSigned: false)) == .some(nil))
        for skew in [-601, 601, -31_536_000, 31_536_000] {
            #expect(try proof(announcement(2, at: Samples.wall + .seconds(skew))) == .some(nil), "\(skew) s")
        }
        #expect(try proof(announcement(2, at: Samples.wall + .seconds(599))) != .some(nil))
        #expect(try proof(announcement(2, at: Timestamp(milliseconds: .min))) == .some(nil))
        #expect(try proof(announcement(1)) == nil, "it does not find itself")
    }

    @Test("what is said to last is believed for a day at most, and not at all with a time to live of 0")
    func lifetimes() throws {
        var state = Samples.gigi()
        try state.receive(announcement(2, timeToLive: .max), from: source, Samples.start, Samples.wall)
        guard case .found(_, let lifetime, _)? = state.takeActions().first else {
            Issue.record("not found")
            return
        }
        #expect(lifetime == .seconds(86_400))
        try state.receive(announcement(2, timeToLive: 0), from: source, Samples.start, Samples.wall)
        guard case .gone(let told, proof: .some)? = state.takeActions().first else {
            Issue.record("not gone")
            return
        }
        #expect(told.peer == Samples.peer(2))
    }

    @Test("it says goodbye for each address, signed")
    func leaves() throws {
        var state = Samples.gigi()
        state.setAddresses([Samples.address, Samples.otherAddress], Samples.start)
        _ = run(&state, until: .seconds(3))
        state.leave(Samples.wall + .seconds(3))
        let sent = state.takeActions().compactMap(\.sent)
        #expect(sent.count == 2)
        for bytes in sent {
            guard case .announcement(let received, timeToLive: 0) = try GigiMessage(decoding: bytes) else {
                Issue.record("no goodbye")
                continue
            }
            #expect(received.proof != nil)
        }
        #expect(state.nextDeadline == nil)
    }
}
