import GossipSub
import Identity
import TestSupport
import Testing
import Time

@testable import Presence

/// What it costs, and that nobody can make it cost more.
@Suite("Presence: cost and bounds")
struct CostTests {
    @Test("each announces itself every 15 seconds, or a little more often; nobody answers that")
    func refresh() {
        let village = Village(40)
        village.linkAll()
        village.pass(.seconds(30))
        let (published, questions) = (village.published.map(\.count), village.questions.reduce(0, +))
        village.pass(.seconds(150))
        for (node, times) in village.published.enumerated() {
            #expect((10...14).contains(times.count - published[node]))
            let gaps = zip(times.dropFirst(), times).map { $0 - $1 }
            #expect(gaps.dropFirst(2).allSatisfy { $0 > .seconds(11) && $0 <= .seconds(15) })
        }
        #expect(village.questions.reduce(0, +) == questions, "nobody had to be asked")
        #expect(village.told.allSatisfy { $0.count == 39 })
    }

    @Test("what a peer hears in a second does not grow with the group", arguments: [10, 150, 1000, 2999])
    func interval(_ count: Int) {
        var node = Lone()
        for number in 0..<count { node.hear(number, .online) }
        #expect(node.state.count == count)
        #expect(Double(count) / node.state.interval.seconds <= 10)
        #expect(node.state.interval == max(.seconds(15), .milliseconds(100) * (count + 1)))
    }

    @Test("three times as many peers are heard as often, all together", arguments: [20, 60])
    func constantCost(_ count: Int) {
        let village = Village(count) { $0.pace = .seconds(1) }
        village.linkAll()
        village.pass(.seconds(120))
        let before = village.published.map(\.count).reduce(0, +)
        village.pass(.seconds(300))
        let heard = Double(village.published.map(\.count).reduce(0, +) - before) / 300
        #expect((0.9...1.4).contains(heard), "announcements in a second")
        #expect(village.nodes.allSatisfy { $0.count == count - 1 })
        #expect(village.told.allSatisfy { $0.count == count - 1 }, "and nobody is missed for it")
    }

    @Test("the interval has an end")
    func longestInterval() {
        var node = Lone()
        for number in 0..<4096 { node.hear(number, .online) }
        #expect(node.state.count == 4096)
        #expect(node.state.interval == .seconds(300))
    }

    @Test("a flood of invented peers is bounded, and those who are connected find room")
    func sybils() {
        var node = Lone { $0.maximumPeers = 64 }
        for number in 0..<20_000 { node.hear(number, .online) }
        #expect(node.state.records.count == 64)
        #expect(node.state.counts.limited >= 19_936)
        let friend = Lone.peer(50_000)
        node.state.peerConnected(friend)
        node.hear(50_000, .online)
        #expect(node.state[friend]?.status == .online)
        #expect(node.state.records.count == 64)
        #expect(node.told.contains { $0.status == .offline }, "whoever made room has gone, and that is told")
        #expect(node.state.count == node.state.records.values.count(where: \.isThere))
    }

    @Test("no more than so many invented peers in a second")
    func newcomers() {
        var node = Lone()
        for number in 0..<3000 { node.hear(number, .online, after: .zero) }
        #expect(node.state.records.count == 512)
        node.now += .seconds(1)
        for number in 3000..<6000 { node.hear(number, .online, after: .zero) }
        #expect((576...577).contains(node.state.records.count))
    }

    @Test("who speaks too fast is not passed on")
    func chatter() {
        var node = Lone()
        node.hear(1, .online)
        var passed = 0
        for step in 0..<1000 {
            if node.hear(1, step % 2 == 0 ? .away : .busy, after: .milliseconds(10)) == .accept { passed += 1 }
        }
        #expect(passed < 12)
        #expect(node.told.count <= 11, "one event a second")
        #expect(node.state.counts.limited > 980)
    }

    @Test("what is old, or of another time, is asked for and not believed")
    func doubts() {
        var node = Lone()
        for number in 0..<5000 { node.hear(number, .online, time: 1000) }
        #expect(node.state.records.isEmpty)
        #expect(node.state.counts.doubted == 5000)
        #expect(node.asked.count == 8, "and not all of them at a time")
        #expect(node.state.doubted.count <= 1024)
        for peer in node.asked { node.state.asked(peer, .none, node.moment) }
        node.run()
        #expect(node.told.isEmpty)
    }

    @Test("a neighbour that tells of peers is believed as far as their signatures go, and bounded")
    func falseWelcome() throws {
        var node = Lone()
        let neighbour = Lone.peer(70_000)
        node.state.peerConnected(neighbour)
        node.state.neighbour(neighbour, isMember: true, node.moment)
        node.now += .seconds(1)
        node.state.tick(node.moment)
        node.run()
        #expect(node.asked == [neighbour])
        var others = (0..<300).map { node.message($0, .online) }
        others[0].topic = "another"
        others[1].data = [0xff]
        others[2].from = nil
        let answer = Greeting(
            Announcement(.online, time: node.moment.wall.milliseconds, interval: .seconds(15)), others: others)
        node.state.asked(neighbour, .greeting(answer.encoded), node.moment)
        node.run()
        #expect(node.state[neighbour]?.status == .online)
        #expect(node.verified.count == Greeting.maximumOthers - 3)
        #expect(node.state.count == 1, "nothing is believed until the signatures are known to be right")
        // Of which one only is.
        node.state.verified(Array(node.verified.prefix(1)), node.moment)
        node.run()
        #expect(node.state.count == 2)
    }

    @Test("whatever peers send, it is dropped or understood, and counted")
    func hostileBytes() throws {
        var random = SeededRandom(seed: 11)
        var node = Lone()
        let neighbour = Lone.peer(70_000)
        node.state.peerConnected(neighbour)
        node.state.neighbour(neighbour, isMember: true, node.moment)
        let time = node.moment.wall.milliseconds
        let valid = Announcement(.busy, text: "text", nick: "nick", time: time, interval: .seconds(15))
        let greeting = Greeting(valid, asksForOthers: true, others: [node.message(3, .online)])
        for round in 0..<4000 {
            var message = node.message(round % 50, .online)
            message.data = round % 3 == 0 ? random.bytes(random.next(below: 200)) : random.mutated(valid.encoded)
            let before = node.state.counts
            let result = node.state.receive(message, node.moment)
            let after = node.state.counts
            switch result {
            case .accept: #expect(after.heard == before.heard + 1)
            case .ignore, .reject: #expect(after.dropped == before.dropped + 1)
            }
            let bytes = random.mutated(greeting.encoded)
            if round % 2 == 0 {
                _ = node.state.answer(bytes, from: Lone.peer(round % 50), node.moment)
            } else {
                node.state.asked(neighbour, .greeting(bytes), node.moment)
            }
            node.state.receiveForeign(bytes, from: Lone.peer(round % 70), node.moment)
            node.now += .milliseconds(random.next(below: 200))
            node.state.tick(node.moment)
            node.run()
            let isProper = node.state.peers.allSatisfy { known in
                DisplayText.isLine(known.text ?? "", limit: 128) && DisplayText.isLine(known.nick ?? "", limit: 64)
            }
            let isBounded = node.state.records.count <= 121 && node.state.asked.count <= 73
            let isCounted = node.state.count == node.state.records.values.count(where: \.isThere)
            guard isProper, isBounded, isCounted else {
                Issue.record("round \(round): \(isProper) \(isBounded) \(isCounted)")
                return
            }
        }
        #expect(node.state.counts.malformed > 1000)
    }
}

extension Duration {
    fileprivate var seconds: Double { Double(millisecondsClamped) / 1000 }
}
