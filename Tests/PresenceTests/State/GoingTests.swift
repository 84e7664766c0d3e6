import GossipSub
import Identity
import TestSupport
import Testing
import Time

@testable import Presence

/// Who goes is missed, and nobody else.
@Suite("Presence: going")
struct GoingTests {
    @Test("a goodbye is heard at once, by all")
    func goodbye() {
        let village = Village(20)
        village.linkAll()
        village.pass(.seconds(30))
        let asked = village.questions[5]
        village.leave(5)
        village.pass(.seconds(1))
        for node in 0..<20 where node != 5 {
            #expect(village.story(node, of: 5) == [.online, .offline])
            #expect(village.nodes[node].count == 18)
            #expect(village.nodes[node][Village.peer(5)]?.nick == "n5", "who has gone still has its name")
        }
        village.pass(.seconds(120))
        #expect(village.story(0, of: 5) == [.online, .offline])
        #expect(village.questions[5] == asked, "nobody asks for it after that")
    }

    @Test("who falls silent is asked after 45 seconds, and not missed before")
    func silence() {
        let village = Village(6)
        village.linkAll()
        village.pass(.seconds(31))
        let last = village.published[2].last ?? .zero
        let asked = village.questions[2]
        village.become(.frozen, 2)
        village.pass(last + .seconds(45) - village.time)
        #expect(village.questions[2] == asked)
        for node in 0..<6 where node != 2 { #expect(village.knows(node, 2)) }
        // Two seconds of chance, one of looking around, ten to answer.
        village.pass(.seconds(14))
        #expect(village.questions[2] == asked + 5)
        for node in 0..<6 where node != 2 {
            #expect(village.story(node, of: 2) == [.online, .offline])
            #expect(village.lastTold(node, of: 2) ?? .zero > last + .seconds(50))
        }
    }

    @Test("a process that is killed is missed at once by those it was connected to")
    func killed() {
        let village = Village(4)
        village.linkAll()
        village.pass(.seconds(20))
        village.kill(2)
        village.pass(.seconds(1))
        for node in [0, 1, 3] where village.nodes[node].connected.count < 3 {
            #expect(village.story(node, of: 2) == [.online, .offline])
        }
    }

    @Test("who is not heard, and answers when it is asked, stays")
    func unheard() {
        let village = Village(8)
        village.linkAll()
        village.pass(.seconds(20))
        village.become(.unheard, 3)
        village.pass(.seconds(400))
        for node in 0..<8 where node != 3 {
            #expect(village.story(node, of: 3) == [.online])
        }
        #expect(village.questions[3] > 7)
    }

    @Test("who was not heard for long announces itself when the first one asks, and the others need not")
    func refutation() {
        let village = Village(50)
        village.linkAll()
        village.pass(.seconds(30))
        village.become(.unheard, 3)
        village.pass(.seconds(40))
        let asked = village.questions[3]
        village.become(.well, 3)
        // Its own refresh comes late, so that it is the question that makes it speak.
        village.with(3) { state, _ in state.nextAnnouncement = village.now + .seconds(600) }
        village.pass(.seconds(20))
        #expect(village.questions[3] > asked)
        #expect(village.questions[3] - asked <= 12, "of 49")
        for node in 0..<50 where node != 3 { #expect(village.story(node, of: 3) == [.online]) }
    }

    @Test("who closes the connection in good order is not dialed, and stays as long as it is heard through others")
    func severed() {
        let village = Village(3)
        village.link(0, 1)
        village.link(1, 2)
        village.link(0, 2)
        village.pass(.seconds(20))
        let asked = village.questions[1]
        village.with(0) { $0.peerDisconnected(Village.peer(1), onPurpose: true, $1) }
        village.pass(.seconds(100))
        #expect(village.story(0, of: 1) == [.online])
        village.become(.frozen, 1)
        village.pass(.seconds(60))
        #expect(village.story(0, of: 1) == [.online, .offline])
        #expect(village.questions[1] == asked + 1, "by the one that is connected")
    }

    @Test("nothing old brings back who has gone")
    func replay() {
        let village = Village(3)
        village.linkAll()
        village.pass(.seconds(20))
        let signed = village.nodes[0].records[Village.peer(1)]?.signed
        village.leave(1)
        village.pass(.seconds(1))
        for _ in 0..<20 {
            guard let signed, let message = try? PubsubMessage(encoded: signed) else {
                Issue.record("its announcement is kept")
                return
            }
            let result = village.with(0) { $0.receive(message, $1) }
            #expect(result == .ignore)
            village.pass(.seconds(10))
        }
        #expect(village.story(0, of: 1) == [.online, .offline])
        #expect(village.questions[1] <= 6, "it is not asked again and again")
    }

    @Test("who has gone is forgotten in the end")
    func forgotten() {
        let village = Village(2)
        village.link(0, 1)
        village.pass(.seconds(5))
        village.leave(1)
        village.pass(.seconds(14 * 60))
        #expect(village.nodes[0].peers.count == 1)
        village.pass(.seconds(2 * 60))
        #expect(village.nodes[0].peers.isEmpty && village.nodes[0].doubted.isEmpty)
        #expect(village.story(0, of: 1) == [.online, .offline])
    }

    @Test("nothing is told, asked or taken after the end")
    func over() {
        let village = Village(2)
        village.link(0, 1)
        village.pass(.seconds(5))
        village.with(0) { $0.end($1) }
        let published = village.published[0].count
        village.with(1) { $0.set(.busy, text: "hello?", nick: nil, $1) }
        village.with(0) { $0.set(.online, text: nil, nick: "n", $1) }
        village.with(0) { $0.end($1) }
        village.pass(.seconds(100))
        #expect(village.published[0].count == published)
        #expect(village.nodes[0][Village.peer(1)]?.status == .online)
        #expect(village.nodes[0].deadline == .distantFuture)
    }

    @Test("a question that was lost with a connection says nothing about a peer that has another")
    func anotherConnection() throws {
        var state = PresenceState(
            localPeer: Village.peer(0), random: SeededRandom(seed: 1),
            PresenceMoment(now: Instant(nanoseconds: 1), wall: Timestamp(milliseconds: 1_800_000_000_000)))
        func moment(_ seconds: Int64) -> PresenceMoment {
            PresenceMoment(
                now: Instant(nanoseconds: 1) + .seconds(seconds),
                wall: Timestamp(milliseconds: 1_800_000_000_000 + seconds * 1000))
        }
        let peer = Village.peer(1)
        state.peerReached(peer, moment(0))
        let own = Announcement(.online, time: moment(0).wall.milliseconds, interval: .seconds(15))
        _ = state.answer(Greeting(own).encoded, from: peer, moment(0))
        state.tick(moment(60))
        #expect(state.takeActions().contains { if case .ask = $0 { true } else { false } })
        state.peerReached(peer, moment(65))
        state.asked(peer, .none, moment(70))
        #expect(state[peer]?.status == .online)
        state.tick(moment(200))
        state.asked(peer, .none, moment(210))
        #expect(state[peer]?.status == .offline)
    }
}
