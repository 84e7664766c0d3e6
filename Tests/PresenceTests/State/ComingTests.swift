import Identity
import Testing
import Time

@testable import Presence

/// Who comes is seen, and sees the others.
@Suite("Presence: coming")
struct ComingTests {
    @Test("two that meet know each other by name within two seconds, and are told once")
    func two() {
        let village = Village(2)
        village.link(0, 1)
        village.pass(.seconds(2))
        for (node, other) in [(0, 1), (1, 0)] {
            #expect(village.knows(node, other))
            #expect(village.story(node, of: other) == [.online])
            #expect(village.nodes[node].count == 1)
        }
    }

    @Test("who is alone says nothing")
    func alone() {
        let village = Village(1)
        village.pass(.seconds(120))
        #expect(village.published[0].isEmpty)
        village.with(0) { $0.end($1) }
        #expect(village.published[0].isEmpty)
    }

    @Test("a newcomer with one neighbour is told of everybody, by that neighbour alone", arguments: [0, 1, 2, 3])
    func welcome(_ settled: Int) {
        let village = Village(30)
        village.linkAll()
        village.pass(.seconds(60) + .seconds(settled * 4))
        let newcomer = village.add()
        let before = village.questions
        village.link(newcomer, 7)
        village.pass(.seconds(2))
        for other in 0..<30 {
            #expect(village.knows(newcomer, other))
            #expect(village.knows(other, newcomer))
            #expect(village.story(newcomer, of: other) == [.online])
        }
        let asked = zip(village.questions, before + [0]).map { $0 - $1 }
        #expect(asked.reduce(0, +) <= 2, "nobody else has to answer")
    }

    @Test("a newcomer whose first neighbour happens to announce itself still asks for the others")
    func welcomeAfterAnnouncement() {
        let village = Village(3)
        village.link(0, 1)
        village.pass(.seconds(5))
        village.link(2, 0)
        village.with(0) { $0.set(.busy, text: "just now", nick: "n0", $1) }
        village.pass(.seconds(2))
        #expect(village.knows(2, 0) && village.knows(2, 1))
        #expect(village.nodes[2][Village.peer(0)]?.text == "just now")
    }

    @Test("a hundred that start together know each other at the first refresh, most at once")
    func crowd() {
        let village = Village(100)
        village.linkAll()
        village.pass(.seconds(3))
        let early = village.nodes.map(\.count).reduce(0, +)
        #expect(early > 100 * 99 * 9 / 10)
        village.pass(.seconds(15))
        #expect(village.nodes.allSatisfy { $0.count == 99 })
    }

    @Test("what is set is told, and not faster than once a second")
    func changes() {
        let village = Village(2)
        village.link(0, 1)
        village.pass(.seconds(10))
        let before = village.published[0].count
        for step in 0..<40 {
            village.with(0) { $0.set(.busy, text: "step \(step)", nick: "n0", $1) }
            village.pass(.milliseconds(50))
        }
        village.pass(.seconds(2))
        #expect(village.published[0].count - before <= 4)
        #expect(village.nodes[1][Village.peer(0)]?.text == "step 39")
        #expect(village.nodes[1][Village.peer(0)]?.status == .busy)
        village.with(0) { $0.set(.away, text: nil, nick: "other", $1) }
        village.pass(.seconds(2))
        let known = village.nodes[1][Village.peer(0)]
        #expect(known?.status == .away && known?.text == nil && known?.nick == "other")
    }

    @Test("what is no line is not told")
    func improperTexts() {
        let village = Village(2)
        village.link(0, 1)
        village.pass(.seconds(2))
        village.with(0) { $0.set(.busy, text: "a\nb", nick: String(repeating: "n", count: 65), $1) }
        village.pass(.seconds(3))
        let known = village.nodes[1][Village.peer(0)]
        #expect(known?.status == .busy && known?.text == nil && known?.nick == nil)
    }

    @Test("who comes back with its clock set back is seen at once")
    func clockSetBack() {
        let village = Village(3)
        village.linkAll()
        village.pass(.seconds(30))
        village.kill(1)
        village.pass(.seconds(20))
        #expect(village.story(0, of: 1) == [.online, .offline])
        village.clocks[1] = .seconds(-365 * 86_400)
        village.restart(1)
        village.link(1, 0)
        village.pass(.seconds(3))
        #expect(village.knows(0, 1) && village.knows(1, 0) && village.knows(1, 2))
        #expect(village.knows(2, 1), "though it heard of it through another alone")
    }

    @Test("two whose clocks are a year apart see each other", arguments: [-1, 1])
    func clocksApart(_ sign: Int) {
        let village = Village(0)
        village.add()
        village.add(clock: .seconds(sign * 365 * 86_400))
        village.link(0, 1)
        village.pass(.seconds(3))
        #expect(village.knows(0, 1) && village.knows(1, 0))
        village.pass(.seconds(200))
        #expect(village.story(0, of: 1) == [.online] && village.story(1, of: 0) == [.online])
    }

    @Test("the same events give the same story")
    func reproducible() {
        func run() -> ([[Duration]], [[PresenceStatus]]) {
            let village = Village(12)
            village.linkAll()
            village.pass(.seconds(20))
            village.kill(3)
            village.become(.frozen, 4)
            village.pass(.seconds(100))
            return (village.published, (0..<12).map { village.story($0, of: 4) })
        }
        let (first, second) = (run(), run())
        #expect(first.0 == second.0 && first.1 == second.1)
    }
}
