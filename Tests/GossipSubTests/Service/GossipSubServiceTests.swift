import Identity
import Reactor
import Swarm
import TestSupport
import Testing
import Time

@testable import GossipSub

@Suite("GossipSub on a swarm")
struct GossipSubServiceTests {
    @Test("two peers that connect hear each other at once")
    func two() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let gossip = try GossipNetwork(simulation, count: 2)
            #expect(throws: GossipSubError(.noPeers, "")) { try gossip.publish(0, "alone") }
            try await gossip.network.connect(0, 1)
            await gossip.pass(.seconds(1))
            #expect(gossip.services[0].peers(of: "t") == [gossip.network[1].localPeer])
            #expect(gossip.services[0].mesh(of: "t") == [gossip.network[1].localPeer])
            try gossip.publish(0, "hello")
            try gossip.publish(1, "and back")
            await gossip.pass(.seconds(1))
            #expect(gossip.received == [["and back"], ["hello"]])
            await gossip.close()
        }
    }

    @Test("what is published right before the connection closes arrives, and goes on to others", arguments: 1...8)
    func lastWords(_ seed: UInt64) async throws {
        try await SimulatedWorld.run(seed: seed) { simulation in
            let gossip = try GossipNetwork(simulation, count: 3)
            try await gossip.network.connect(0, 1)
            try await gossip.network.connect(1, 2)
            await gossip.pass(.seconds(2))
            for word in 0..<3 { try gossip.publish(0, "\(word)") }
            // Written, and not sent before the connection is closed: both come in one piece.
            for _ in 0..<20 { await Task.yield() }
            await gossip.network[0].close()
            await gossip.pass(.seconds(1))
            #expect(gossip.received[1].sorted() == ["0", "1", "2"])
            #expect(gossip.received[2].sorted() == ["0", "1", "2"])
            #expect(gossip.services[1].peers(of: "t") == [gossip.network[2].localPeer])
            await gossip.close()
        }
    }

    @Test("twenty peers hear every message of each, once")
    func many() async throws {
        for seed in 1...2 as ClosedRange<UInt64> {
            try await SimulatedWorld.run(seed: seed) { simulation in
                let gossip = try GossipNetwork(simulation, count: 20)
                try await gossip.connect(degree: 4, seed: seed)
                await gossip.pass(.seconds(3))
                for round in 0..<5 {
                    for node in 0..<20 { try gossip.publish(node, "\(round) \(node)") }
                    await gossip.pass(.milliseconds(300))
                }
                await gossip.pass(.seconds(3))
                let expected = Set((0..<5).flatMap { round in (0..<20).map { "\(round) \($0)" } })
                for node in 0..<20 {
                    #expect(gossip.received[node].count == 95)
                    #expect(Set(gossip.received[node]) == expected.filter { !$0.hasSuffix(" \(node)") })
                    #expect(gossip.services[node].mesh(of: "t").count <= 14)
                }
                await gossip.close()
            }
        }
    }

    /// Bots of one machine are many, and not an attack.
    @Test(
        arguments: [
            ("/ip4/127.0.0.1/tcp/1", nil), ("/ip6/::1/tcp/1", nil), ("/ip4/192.0.2.7/tcp/1", "192.0.2.7"),
            ("/ip6/2001:db8::7/tcp/1", "2001:db8::7"), ("/memory/1", nil),
        ] as [(String, String?)])
    func addressesThatScore(address: String, scored: String?) {
        #expect(GossipSubService.scoredAddress(.test(address)) == scored)
    }

    @Test("the same seed gives the same run")
    func reproducible() async throws {
        func run() async throws -> ([[String]], [[PeerID]]) {
            try await SimulatedWorld.run(seed: 7) { simulation in
                let gossip = try GossipNetwork(simulation, count: 12)
                try await gossip.connect(degree: 3, seed: 7)
                await gossip.pass(.seconds(3))
                for node in 0..<12 { try gossip.publish(node, "\(node)") }
                await gossip.pass(.seconds(3))
                let outcome = (gossip.received, gossip.services.map { $0.mesh(of: "t") })
                await gossip.close()
                return outcome
            }
        }
        let (first, second) = (try await run(), try await run())
        #expect(first == second)
    }

    @Test("a mesh that loses a third of its peers goes on delivering")
    func repair() async throws {
        try await SimulatedWorld.run(seed: 5) { simulation in
            let gossip = try GossipNetwork(simulation, count: 40)
            try await gossip.connect(degree: 6, seed: 5)
            await gossip.pass(.seconds(5))
            for node in 28..<40 {
                gossip.services[node].stop()
                await gossip.network[node].close()
            }
            await gossip.pass(.seconds(5))
            let texts = (0..<28).map { "after \($0)" }
            for node in 0..<28 { try gossip.publish(node, texts[node]) }
            await gossip.pass(.seconds(5))
            #expect(gossip.delivery(of: texts, besides: Array(0..<28), among: Array(0..<28)) == 1)
            await gossip.close()
        }
    }

    @Test("what the application refuses goes no further, and who sends it is shunned")
    func validation() async throws {
        try await SimulatedWorld.run(seed: 2) { simulation in
            let gossip = try GossipNetwork(simulation, count: 3)
            try await gossip.network.connect(0, 1)
            try await gossip.network.connect(1, 2)
            gossip.verdict = { _, message in message.data.first == UInt8(ascii: "!") ? .reject : .accept }
            await gossip.pass(.seconds(2))
            for number in 0..<30 { try gossip.publish(0, "!\(number)") }
            try gossip.publish(2, "fine")
            await gossip.pass(.seconds(2))
            #expect(gossip.received[2].isEmpty)
            #expect(gossip.received[0] == ["fine"])
            #expect(gossip.services[1].score(of: gossip.network[0].localPeer) < 0)
            #expect(gossip.services[1].mesh(of: "t") == [gossip.network[2].localPeer])
            await gossip.close()
        }
    }

    @Test("a peer that does not read holds nobody up, and is let go of")
    func slowPeer() async throws {
        try await SimulatedWorld.run(seed: 3) { simulation in
            let gossip = try GossipNetwork(simulation, count: 3)
            try await gossip.network.connect(0, 1)
            try await gossip.network.connect(0, 2)
            await gossip.pass(.seconds(2))
            simulation.partition(["peer0", "peer1"], ["peer2"])
            let data = String(repeating: "x", count: 50_000)
            for number in 0..<400 {
                try gossip.publish(0, "\(number) \(data)")
                await gossip.pass(.milliseconds(5))
            }
            await gossip.pass(.seconds(2))
            #expect(gossip.received[1].count == 400)
            await gossip.close()
        }
    }
}
