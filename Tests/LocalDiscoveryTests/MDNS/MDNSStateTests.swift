import Multiformats
import Reactor
import TestSupport
import Testing
import Time
import Wire

@testable import LocalDiscovery

@Suite("mDNS on a link") struct MDNSStateTests {
    private let source = Samples.ip("10.0.0.9")
    private static let question = MDNSAdvertisement.question(known: [], unresolved: [])

    /// Lets time pass up to `end`, and tells what was sent when, in milliseconds.
    private func run(
        _ state: inout MDNSState<SeededRandom>, from start: Instant = Samples.start, until end: Duration
    ) -> [(at: Int64, bytes: [UInt8])] {
        var sent: [(Int64, [UInt8])] = []
        let limit = Samples.start + end
        while state.nextDeadline <= limit {
            let now = max(state.nextDeadline, start)
            state.advance(now)
            for bytes in state.takeActions().compactMap(\.sent) {
                sent.append(((now - Samples.start).millisecondsClamped, bytes))
            }
        }
        return sent
    }

    private func isAnswer(_ bytes: [UInt8]) -> Bool { (try? MDNSMessage(decoding: bytes))?.isResponse == true }

    @Test("it asks at once, a second later, then half as often, down to every two minutes")
    func backsOff() throws {
        var state = Samples.mdns()
        let times = run(&state, until: .seconds(1800)).map(\.at)
        #expect((20...120).contains(try #require(times.first)))
        let gaps = zip(times.dropFirst(), times).map { $0 - $1 }
        for (index, gap) in gaps.enumerated() {
            let longest = min(1000 << min(index, 20), 120_000)
            #expect(gap <= Int64(longest) && gap >= Int64(longest * 4 / 5 - 1), "\(index): \(gap)")
        }
        #expect((20...30).contains(times.count))
    }

    @Test("new addresses are told twice, a second apart; without any nothing is told")
    func announces() throws {
        var state = Samples.mdns()
        state.setAddresses([Samples.address], Samples.start)
        let answers = run(&state, until: .seconds(60)).filter { isAnswer($0.bytes) }
        #expect(answers.count == 2)
        #expect((20...120).contains(try #require(answers.first).at))
        #expect(try #require(answers.last).at - answers[0].at == 1000)
        state.setAddresses([Samples.address], Samples.start + .seconds(60))
        #expect(run(&state, until: .seconds(120)).filter { isAnswer($0.bytes) }.isEmpty, "no change, no news")
        state.setAddresses([Samples.address, Samples.otherAddress], Samples.start + .seconds(120))
        let news = run(&state, from: Samples.start + .seconds(120), until: .seconds(130)).filter { isAnswer($0.bytes) }
        #expect(news.count == 2)
        #expect(try MDNSMessage(decoding: news[0].bytes).instances.first?.record?.addresses.count == 2)
    }

    @Test("it answers when asked, after a random moment, once a second at most")
    func answers() throws {
        var state = Samples.mdns()
        state.setAddresses([Samples.address], Samples.start)
        _ = run(&state, until: .seconds(10))
        var now = Samples.start + .seconds(10)
        // A thousand questions of ten askers within a second.
        for number in 0..<1000 {
            now += .milliseconds(1)
            try state.receive(Self.question, from: Samples.ip("10.0.1.\(number % 10)"), now)
        }
        let answers = run(&state, from: Samples.start + .seconds(10), until: .seconds(14)).filter { isAnswer($0.bytes) }
        #expect(answers.count == 1, "the questions came within one wait")
        try state.receive(Self.question, from: source, Samples.start + .milliseconds(14_100))
        let next = run(&state, from: Samples.start + .milliseconds(14_100), until: .seconds(16))
        let at = try #require(next.first { isAnswer($0.bytes) }).at
        #expect((14_120...14_220).contains(at))
    }

    @Test("one asker cannot make it talk all the time")
    func limitsAskers() throws {
        var state = Samples.mdns()
        state.setAddresses([Samples.address], Samples.start)
        _ = run(&state, until: .seconds(10))
        var answers = 0
        for second in 10..<70 {
            for _ in 0..<20 {
                try state.receive(Self.question, from: source, Samples.start + .seconds(second))
            }
            answers += run(
                &state, from: Samples.start + .seconds(second), until: .milliseconds(second * 1000 + 999)
            ).count { isAnswer($0.bytes) }
        }
        #expect(answers <= 60 && answers > 30)
    }

    @Test("who knows the answer already gets none, unless it is old")
    func knownAnswer() throws {
        var state = Samples.mdns()
        state.setAddresses([Samples.address], Samples.start)
        _ = run(&state, until: .seconds(10))
        let own = try #require(MDNSService.instance("abcdefghijklmnopqrstuvwxyz012345"))
        for (seconds, isAnswered) in [(UInt32(360), false), (180, false), (179, true)] {
            let question = MDNSAdvertisement.question(known: [(own, seconds)], unresolved: [])
            try state.receive(question, from: .loopback4, Samples.start + .seconds(10))
            let sent = run(&state, from: Samples.start + .seconds(10), until: .milliseconds(10_500))
            #expect(sent.contains { isAnswer($0.bytes) } == isAnswered, "\(seconds) s")
        }
    }

    @Test("questions about its own records are answered; those about others' are not")
    func directQuestions() throws {
        var state = Samples.mdns()
        state.setAddresses([Samples.address], Samples.start)
        _ = run(&state, until: .seconds(10))
        for (name, isOurs) in [("abcdefghijklmnopqrstuvwxyz012345", true), ("other", false)] {
            var question = DNSMessage()
            question.questions = [.init(name: try #require(MDNSService.instance(name)), type: 33, recordClass: 1)]
            try state.receive(question.encoded, from: .loopback4, Samples.start + .seconds(10))
            let sent = run(&state, from: Samples.start + .seconds(10), until: .milliseconds(10_500))
            #expect(sent.contains { isAnswer($0.bytes) } == isOurs)
        }
    }

    @Test("found, refreshed in time, and gone with a goodbye")
    func findsAndForgets() throws {
        var state = Samples.mdns()
        let name = "other._p2p._udp.local"
        try state.receive(Samples.answer(2, name: "Other"), from: source, Samples.start)
        #expect(
            state.takeActions() == [
                .found(
                    name, .init(peer: Samples.peer(2), addresses: [Samples.otherAddress]), lifetime: .seconds(360))
            ])
        // What goes is told once; what was never there is not.
        try state.receive(Samples.answer(2, name: "other", timeToLive: 0), from: source, Samples.start + .seconds(5))
        #expect(state.takeActions() == [.gone(name)])
        try state.receive(Samples.answer(2, name: "other", timeToLive: 0), from: source, Samples.start + .seconds(6))
        #expect(state.takeActions().isEmpty)
        try state.receive(
            Samples.answer(2, name: "other", timeToLive: .max), from: source, Samples.start + .seconds(7))
        guard case .found(_, _, lifetime: let lifetime)? = state.takeActions().first else {
            Issue.record("not found again")
            return
        }
        #expect(lifetime == .seconds(4500), "nothing is believed for ever")
    }

    @Test("what others told of late is not asked for again; what ends soon is")
    func asksForWhatEnds() throws {
        var state = Samples.mdns()
        _ = run(&state, until: .seconds(600))
        let now = Samples.start + .seconds(600)
        let before = state.nextDeadline
        try state.receive(Samples.answer(2, name: "other", timeToLive: 75), from: source, now)
        #expect(state.nextDeadline <= min(before, now + .seconds(60)))
        _ = state.takeActions()
        try state.receive(Samples.answer(3, name: "hasty", timeToLive: 1), from: source, now)
        #expect(state.nextDeadline >= min(before, now + .seconds(20)), "a record of a second is no reason to hurry")
        state.advance(now + .seconds(1))
        let question = run(&state, from: now + .seconds(1), until: .seconds(661)).first?.bytes
        let asked = try MDNSMessage(decoding: try #require(question))
        #expect(asked.asksForService)
    }

    @Test("another's question serves as ours, if it silences nobody whom we do not know")
    func duplicateQuestions() throws {
        var state = Samples.mdns()
        _ = run(&state, until: .seconds(300))
        let now = Samples.start + .seconds(300)
        let before = state.nextDeadline
        let stranger = try #require(MDNSService.instance("stranger"))
        try state.receive(MDNSAdvertisement.question(known: [(stranger, 300)], unresolved: []), from: source, now)
        #expect(state.nextDeadline == before)
        try state.receive(Self.question, from: source, now + .seconds(20))
        #expect(state.nextDeadline >= now + .seconds(20 + 96))
        #expect(state.nextDeadline <= now + .seconds(20 + 120))
        var young = Samples.mdns()
        let first = young.nextDeadline
        try young.receive(Self.question + [0], from: source, Samples.start)
        #expect(young.nextDeadline == first, "the first questions are always put")
    }

    @Test("an instance that was named without its addresses is asked about, and taken then")
    func resolves() throws {
        var state = Samples.mdns()
        _ = run(&state, until: .seconds(30))
        let now = Samples.start + .seconds(30)
        let name = try #require(MDNSService.instance("other"))
        var pointer = DNSMessage(flags: 0x8400)
        pointer.answers = [.init(name: MDNSService.name, type: 12, recordClass: 1, timeToLive: 120, data: name.encoded)]
        try state.receive(pointer.encoded, from: source, now)
        let sent = run(&state, from: now, until: .milliseconds(30_200))
        #expect(sent.contains { (try? MDNSMessage(decoding: $0.bytes))?.asksAbout == [name] })
        var text = try DNSMessage(decoding: Samples.answer(2, name: "other"))
        text.answers = text.additionals.filter { $0.type == 16 }
        text.additionals = []
        try state.receive(text.encoded, from: source, now + .milliseconds(300))
        #expect(state.takeActions().contains { if case .found = $0 { true } else { false } })
    }

    @Test("it says goodbye, in so many words")
    func leaves() throws {
        var state = Samples.mdns()
        state.leave()
        #expect(state.takeActions().isEmpty, "nobody knew")
        state.setAddresses([Samples.address], Samples.start)
        _ = run(&state, until: .seconds(5))
        state.leave()
        let bytes = try #require(state.takeActions().first?.sent)
        let told = try DNSMessage(decoding: bytes)
        #expect((told.answers + told.additionals).allSatisfy { $0.timeToLive == 0 })
        #expect(try MDNSMessage(decoding: bytes).instances.first?.timeToLive == 0)
    }

    @Test("its own answers, and its own peer under another name, are not found")
    func ignoresItself() throws {
        var state = Samples.mdns()
        try state.receive(
            Samples.answer(1, name: "abcdefghijklmnopqrstuvwxyz012345"), from: source, Samples.start)
        try state.receive(Samples.answer(1, name: "elsewhere"), from: source, Samples.start)
        #expect(state.takeActions().isEmpty)
    }

    @Test("a flood of instances is remembered only so far")
    func bounds() throws {
        var state = Samples.mdns { $0.maximumInstances = 16 }
        for number in 0..<1000 {
            try state.receive(Samples.answer(2, name: "x\(number)"), from: source, Samples.start)
        }
        #expect(state.known.count == 16)
        #expect(state.takeActions().count == 16)
        for number in 0..<1000 {
            var pointer = DNSMessage(flags: 0x8400)
            let name = try #require(MDNSService.instance("y\(number)"))
            pointer.answers = [
                .init(name: MDNSService.name, type: 12, recordClass: 1, timeToLive: 120, data: name.encoded)
            ]
            try state.receive(pointer.encoded, from: source, Samples.start)
        }
        #expect(state.unresolved.count == MDNSState<SeededRandom>.maximumUnresolved)
        state.advance(Samples.start + .seconds(400))
        #expect(state.known.isEmpty, "what has expired makes room")
    }
}
