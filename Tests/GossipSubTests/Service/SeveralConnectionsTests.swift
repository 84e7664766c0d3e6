import GossipSub
import Identify
import Identity
import Reactor
import Swarm
import TestSupport
import Testing
import Time

/// One peer, several connections: pubsub goes on as long as there is one.
@Suite struct SeveralConnectionsTests {
    /// What two hosts say arrives in both directions, and each sees the other in topic and mesh.
    @NetworkActor private func expectTalk(
        _ gossip: GossipNetwork, _ text: String, _ location: SourceLocation = #_sourceLocation
    ) throws {
        for (node, other) in [(0, 1), (1, 0)] {
            let peer = gossip.network[other].localPeer
            #expect(gossip.services[node].peers(of: "t") == [peer], "\(text) at \(node)", sourceLocation: location)
            #expect(gossip.services[node].mesh(of: "t") == [peer], "\(text) at \(node)", sourceLocation: location)
            #expect(throws: Never.self, sourceLocation: location) { try gossip.publish(node, "\(text) of \(node)") }
        }
    }

    @NetworkActor private func expectHeard(
        _ gossip: GossipNetwork, _ text: String, _ location: SourceLocation = #_sourceLocation
    ) {
        #expect(gossip.received[0].last == "\(text) of 1", sourceLocation: location)
        #expect(gossip.received[1].last == "\(text) of 0", sourceLocation: location)
        for texts in gossip.received {
            #expect(Set(texts).count == texts.count, "each once", sourceLocation: location)
        }
    }

    @Test(
        "each connection in turn is closed, in every order",
        arguments: [
            [0, 1, 2], [2, 1, 0], [1, 0, 2], [0, 2, 1],
        ])
    func eachInTurn(_ order: [Int]) async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let gossip = try GossipNetwork(simulation, count: 2)
            let connections = [
                try await gossip.network.connect(0, 1),
                try await gossip.network[1].dial(gossip.network.peers[0].address, reuse: false),
                try await gossip.network[0].dial(gossip.network.peers[1].address, reuse: false),
            ]
            await gossip.pass(.seconds(2))
            try expectTalk(gossip, "all")
            await gossip.pass(.seconds(1))
            expectHeard(gossip, "all")
            for number in order.dropLast() {
                connections[number].close()
                await gossip.pass(.seconds(2))
                try expectTalk(gossip, "without \(number)")
                await gossip.pass(.seconds(1))
                expectHeard(gossip, "without \(number)")
            }
            connections[order.last ?? 0].close()
            await gossip.pass(.seconds(1))
            #expect(gossip.services[0].peers(of: "t").isEmpty && gossip.services[1].peers(of: "t").isEmpty)
            await gossip.close()
        }
    }

    @Test("both dial at once, and either connection ends", arguments: 1...6 as ClosedRange<UInt64>)
    func simultaneous(_ seed: UInt64) async throws {
        try await SimulatedWorld.run(seed: seed) { simulation in
            let gossip = try GossipNetwork(simulation, count: 2)
            async let one = gossip.network[0].dial(gossip.network.peers[1].address)
            async let other = gossip.network[1].dial(gossip.network.peers[0].address)
            let connections = [try await one, try await other]
            await gossip.pass(.seconds(2))
            try expectTalk(gossip, "two")
            await gossip.pass(.seconds(1))
            expectHeard(gossip, "two")
            connections[Int(seed % 2)].close()
            await gossip.pass(.seconds(2))
            try expectTalk(gossip, "one")
            await gossip.pass(.seconds(1))
            expectHeard(gossip, "one")
            await gossip.close()
        }
    }

    @Test("a stream is reset, by either side, and nothing else", arguments: [Direction.outbound, .inbound])
    func streamReset(_ direction: Direction) async throws {
        try await SimulatedWorld.run(seed: 2) { simulation in
            let gossip = try GossipNetwork(simulation, count: 2)
            let connection = try await gossip.network.connect(0, 1)
            await gossip.pass(.seconds(2))
            for round in 0..<3 {
                for stream in connection.openStreams
                where stream.direction == direction && GossipSub.protocolIDs.contains(stream.protocolID) {
                    stream.reset()
                }
                // What is said before the end is noticed, or while there is no stream, comes with the next.
                let speaker = direction == .outbound ? 0 : 1
                try gossip.publish(speaker, "meanwhile \(round)")
                await gossip.pass(.seconds(3))
                #expect(gossip.received[1 - speaker].last == "meanwhile \(round)")
                try expectTalk(gossip, "\(round)")
                await gossip.pass(.seconds(1))
                expectHeard(gossip, "\(round)")
            }
            await gossip.close()
        }
    }

    @Test("a subscription that changes while there is no stream is known afterwards")
    func subscriptionsMeanwhile() async throws {
        try await SimulatedWorld.run(seed: 3) { simulation in
            let gossip = try GossipNetwork(simulation, count: 2)
            let connection = try await gossip.network.connect(0, 1)
            try gossip.services[1].subscribe("u") { _, _, _ in .accept }
            await gossip.pass(.seconds(2))
            for stream in connection.openStreams where GossipSub.protocolIDs.contains(stream.protocolID) {
                stream.reset()
            }
            gossip.services[0].unsubscribe("t")
            try gossip.services[0].subscribe("u") { _, _, _ in .accept }
            await gossip.pass(.seconds(3))
            let first = gossip.network[0].localPeer
            #expect(gossip.services[1].peers(of: "t").isEmpty)
            #expect(gossip.services[1].peers(of: "u") == [first])
            #expect(gossip.services[0].peers(of: "u") == [gossip.network[1].localPeer])
            await gossip.close()
        }
    }

    @Test("the power fails, and the peer is back at once on another connection", arguments: [true, false])
    func powerCut(_ otherDials: Bool) async throws {
        try await SimulatedWorld.run(seed: 4) { simulation in
            let gossip = try GossipNetwork(simulation, count: 1)
            let peer = gossip.network[0].localPeer
            let first = try TestPeer(simulation.host("before"), key: 9)
            let before = try Neighbour(first, topics: ["t", "gone"])
            _ = try await first.swarm.dial(gossip.network.peers[0].address)
            await gossip.pass(.seconds(2))
            #expect(gossip.services[0].peers(of: "t") == [first.id])
            // Nobody hears anything of this host any more, and nobody is told.
            simulation.partition(["peer0"], ["before"])
            await gossip.pass(.milliseconds(200))
            let second = try TestPeer(simulation.host("after"), key: 9)
            let after = try Neighbour(second, topics: ["t"])
            if otherDials {
                _ = try await second.swarm.dial(gossip.network.peers[0].address)
            } else {
                _ = try await gossip.network[0].dial(second.address, reuse: false)
            }
            await gossip.pass(.seconds(2))
            #expect(gossip.services[0].peers(of: "t") == [second.id])
            #expect(after.gossip.peers(of: "t") == [peer])
            try gossip.publish(0, "there")
            try after.gossip.publish(Array("and back".utf8), to: "t")
            await gossip.pass(.seconds(1))
            #expect(after.received == ["there"])
            #expect(gossip.received[0] == ["and back"])
            // When the old connection is known to be dead, what was said on it holds no more.
            await gossip.pass(.seconds(90))
            #expect(gossip.network[0].connections(to: second.id).count == 1)
            #expect(gossip.services[0].isPeer(second.id, of: "t"))
            try gossip.publish(0, "still there")
            await gossip.pass(.seconds(1))
            #expect(after.received == ["there", "still there"])
            _ = before
            await gossip.close()
        }
    }

    /// A peer beside those of a ``GossipNetwork``.
    @NetworkActor private final class Neighbour {
        let gossip: GossipSubService
        private let identify: IdentifyService
        private(set) var received: [String] = []

        init(_ peer: TestPeer, topics: [GossipSub.Topic]) throws {
            identify = IdentifyService(swarm: peer.swarm, agentVersion: "test/1")
            identify.start()
            gossip = GossipSubService(swarm: peer.swarm)
            gossip.start()
            for topic in topics {
                try gossip.subscribe(topic) { [unowned self] message, _, _ in
                    received.append(String(decoding: message.data, as: UTF8.self))
                    return .accept
                }
            }
        }
    }
}
