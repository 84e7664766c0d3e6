import Identity
import Testing
import Time

@testable import Presence

/// P2PMsg's way: words in the one topic, between what people say.
@Suite("Presence: P2PMsg's words")
struct ForeignTests {
    private static func say(_ text: String, _ node: inout Lone, _ number: Int = 1) {
        node.state.receiveForeign(Array(text.utf8), from: Lone.peer(number), node.moment)
        node.run()
    }

    private static func pass(_ seconds: Int, _ node: inout Lone) {
        for _ in 0..<seconds {
            node.now += .seconds(1)
            node.state.tick(node.moment)
            node.run()
        }
    }

    @Test(
        "each of its words, and whatever people write there, tells that somebody is there",
        arguments: [
            "ANNOUNCE:PRESENCE", "ANNOUNCE:REFRESH", "ANNOUNCE:WELCOME", "hello",
        ])
    func words(_ text: String) {
        var node = Lone()
        Self.say(text, &node)
        #expect(node.told.map(\.status) == [.online])
        #expect(node.told.first?.peer == Lone.peer(1) && node.told.first?.nick == nil)
    }

    @Test("who says nothing for 45 seconds is asked; who does not speak our protocol, and lives, stays")
    func reaper() {
        var node = Lone()
        Self.say("ANNOUNCE:REFRESH", &node)
        Self.pass(44, &node)
        #expect(node.asked.isEmpty)
        Self.pass(5, &node)
        #expect(node.asked == [Lone.peer(1)])
        node.state.asked(Lone.peer(1), .alive, node.moment)
        node.run()
        Self.pass(44, &node)
        #expect(node.told.count == 1 && node.asked.count == 1)
        Self.pass(5, &node)
        node.state.asked(Lone.peer(1), .none, node.moment)
        node.run()
        #expect(node.told.map(\.status) == [.online, .offline])
        Self.say("ANNOUNCE:PRESENCE", &node)
        Self.pass(2, &node)
        #expect(node.told.map(\.status) == [.online, .offline, .online])
    }

    @Test("refreshes keep it without a question")
    func refreshed() {
        var node = Lone()
        for _ in 0..<20 {
            Self.say("ANNOUNCE:REFRESH", &node)
            Self.pass(15, &node)
        }
        #expect(node.asked.isEmpty && node.told.count == 1)
    }

    @Test("we say that we are new once, and after that what nobody answers: a crowd of newcomers is answered together")
    func voice() {
        var node = Lone()
        Self.pass(30, &node)
        #expect(node.said.isEmpty, "we are not in the topic")
        node.state.enterForeign(true)
        Self.pass(1, &node)
        #expect(node.said == [.presence])
        Self.pass(60, &node)
        #expect(node.said == [.presence, .welcome, .welcome, .welcome, .welcome])
        for number in 0..<200 { Self.say("ANNOUNCE:PRESENCE", &node, number) }
        Self.pass(4, &node)
        #expect(node.said.count == 6)
        node.state.enterForeign(false)
        Self.pass(60, &node)
        #expect(node.said.count == 6)
        node.state.enterForeign(true)
        Self.pass(1, &node)
        #expect(node.said.last == .presence)
    }

    @Test("what a peer tells in our topic is worth more than its words in that one")
    func both() {
        var node = Lone()
        node.hear(1, .busy, text: "at work")
        Self.say("ANNOUNCE:REFRESH", &node)
        Self.say("hello", &node)
        #expect(node.state[Lone.peer(1)]?.status == .busy)
        #expect(node.state[Lone.peer(1)]?.text == "at work")
        node.hear(1, .offline)
        Self.say("ANNOUNCE:REFRESH", &node)
        #expect(node.state[Lone.peer(1)]?.status == .offline, "that may be an old word: it is asked")
        #expect(node.asked == [Lone.peer(1)])
    }

    @Test(
        "a word is one of the three, to the letter",
        arguments: [
            "announce:presence", "ANNOUNCE:PRESENCE ", "ANNOUNCE:", "", "ANNOUNCE:OTHER",
        ])
    func noWord(_ text: String) {
        #expect(ForeignWord(Array(text.utf8)) == nil)
    }
}
