import Identity
import Reactor
import TestSupport
import Testing
import Time

@testable import Swarm

@Suite("Whether a connection is alive")
struct LivenessTests {
    private let start = Instant(nanoseconds: 1_000_000_000)

    @Test("nothing is asked as long as nothing is expected, or something comes")
    func quiet() {
        var liveness = Liveness(now: start)
        #expect(liveness.deadline(roundTrip: nil) == nil)
        liveness.expect(now: start)
        #expect(liveness.deadline(roundTrip: nil) == start + .seconds(1))
        liveness.hear(isPayload: true, now: start + .milliseconds(900))
        #expect(liveness.deadline(roundTrip: nil) == nil)
        #expect(liveness.carried == start + .milliseconds(900))
        liveness.hear(isPayload: false, now: start + .seconds(2))
        #expect(liveness.carried == start + .milliseconds(900))
        #expect(liveness.heard == start + .seconds(2))
    }

    @Test(
        "what does not answer within a few round trips is suspect until something comes",
        arguments: [(nil, 1000), (1, 1000), (300, 1200), (60_000, 5000)] as [(Int?, Int)])
    func silence(roundTrip: Int?, grace: Int) {
        let roundTrip = roundTrip.map { Duration.milliseconds($0) }
        var liveness = Liveness(now: start)
        liveness.expect(now: start)
        let asked = start + .seconds(1)
        let actions = [start + .milliseconds(999), asked].map { liveness.advance(roundTrip: roundTrip, now: $0) }
        #expect(actions == [nil, .ping])
        let end = asked + .milliseconds(grace)
        #expect(liveness.deadline(roundTrip: roundTrip) == end)
        let later = [asked + .milliseconds(grace - 1), end].map { liveness.advance(roundTrip: roundTrip, now: $0) }
        #expect(later == [nil, .suspect])
        #expect(liveness.isSuspect)
        let isAsked = liveness.doubt(now: end)
        #expect(!isAsked)
        liveness.hear(isPayload: false, now: end + .seconds(9))
        #expect(!liveness.isSuspect)
    }

    @Test("one that answers comes before one that does not, then what carried last, then the younger")
    func rank() {
        let ranks = [
            ConnectionRank(isSuspect: true, carried: start + .seconds(9), id: 9),
            ConnectionRank(isSuspect: false, carried: start, id: 2),
            ConnectionRank(isSuspect: false, carried: start + .seconds(1), id: 1),
            ConnectionRank(isSuspect: false, carried: start + .seconds(1), id: 3),
        ]
        #expect(ranks.shuffled().sorted() == ranks)
    }

    @Test("a newer connection shows an older one to be dead, and one that answers stays")
    func rivals() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let network = try TestNetwork(simulation, count: 2)
            let peer = network[1].localPeer
            let first = try await network.connect(0, 1)
            let second = try await network[0].dial(network.peers[1].address, reuse: false)
            await network[0].world.clock.sleep(for: .seconds(2))
            #expect(first.isOpen && second.isOpen)
            #expect(network[0].bestConnection(to: peer) === second)
            // The same peer on another host; nothing comes from where it was any more.
            simulation.partition(["peer0"], ["peer1"])
            let again = try TestPeer(simulation.host("again"), key: 2)
            _ = try await again.swarm.dial(network.peers[0].address)
            await network[0].world.clock.sleep(for: .seconds(2))
            #expect(!first.isOpen && !second.isOpen)
            #expect(network[0].bestConnection(to: peer)?.isOpen == true)
            await again.swarm.close()
            await network.close()
        }
    }

    @Test("a peer that is asked something and is silent is dialed beside the connection that is there")
    func dialedBeside() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let network = try TestNetwork(simulation, count: 2)
            let peer = network[1].localPeer
            network[1].setHandler("/echo/1.0.0", echoHandler)
            let first = try await network.connect(0, 1)
            simulation.partition(["peer0"], ["peer1"])
            let again = try TestPeer(simulation.host("again"), key: 2)
            network[0].addressBook.add(peer, [again.address], source: .manual)
            _ = try? await network[0].openStream(to: peer, ["/echo/1.0.0"])
            await network[0].world.clock.sleep(for: .seconds(4))
            #expect(!first.isOpen)
            #expect(network[0].bestConnection(to: peer)?.isOpen == true)
            await again.swarm.close()
            await network.close()
        }
    }

    @Test("what has a local address that is gone is closed at once, and the peer dialed from the one that is there")
    func goneAddress() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let network = try TestNetwork(simulation, count: 2)
            let peer = network[1].localPeer
            let first = try await network.connect(0, 1)
            network[0].addressBook.add(peer, [network.peers[1].address], source: .manual)
            let address = try #require(IPAddress("10.9.0.1"))
            simulation.readdress("peer0", to: address)
            await network[0].world.clock.sleep(for: .seconds(1))
            #expect(!first.isOpen)
            #expect(network[0].bestConnection(to: peer)?.localAddress.leadingIP == address)
            await network.close()
        }
    }

    @Test("those who were lost are dialed again, ever more seldom, and anew when the network changes")
    func redials() {
        let peer = KeyPair.test(1).peerID
        var redials = Redials()
        redials.add(peer, now: start)
        var now = start
        var pauses: [Duration] = []
        while let due = redials.deadline {
            pauses.append(due - now)
            now = due
            let taken = redials.takeDue(now: now)
            #expect(taken == [peer])
            redials.ended(peer, isReached: false, now: now)
        }
        #expect(pauses == [0, 1, 2, 4, 8, 8, 8].map { .seconds($0) })
        redials.hasten(now: now)
        let taken = redials.takeDue(now: now)
        #expect(taken == [peer])
        redials.ended(peer, isReached: true, now: now)
        redials.hasten(now: now)
        #expect(redials.deadline == nil)
    }
}
