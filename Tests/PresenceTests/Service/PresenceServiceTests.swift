import GossipSub
import Identify
import Identity
import Reactor
import RequestResponse
import Swarm
import TestSupport
import Testing
import Time

@testable import Presence

/// Hosts of a simulation that tell each other that they are there.
@NetworkActor
private final class PresenceNetwork {
    let network: TestNetwork
    let gossip: [GossipSubService]
    let services: [PresenceService]
    private let identify: [IdentifyService]
    private(set) var told: [[PeerPresence]]

    init(_ simulation: SimulatedWorld, count: Int) throws {
        network = try TestNetwork(simulation, count: count)
        told = Array(repeating: [], count: count)
        identify = network.peers.map { IdentifyService(swarm: $0.swarm, agentVersion: "test/1") }
        gossip = network.peers.map { GossipSubService(swarm: $0.swarm) }
        services = zip(network.peers, gossip).map { peer, gossip in
            PresenceService(swarm: peer.swarm, gossip: gossip, requests: RequestResponse(swarm: peer.swarm))
        }
        for index in 0..<count {
            identify[index].start()
            gossip[index].start()
            services[index].onChange = { [unowned self] in told[index].append($0) }
            services[index].set(.online, text: nil, nick: "n\(index)")
            try services[index].start()
        }
    }

    func pass(_ duration: Duration) async { await network[0].world.clock.sleep(for: duration) }

    func story(_ node: Int, of other: Int) -> [PresenceStatus] {
        told[node].filter { $0.peer == network[other].localPeer }.map(\.status)
    }

    func nick(_ node: Int, of other: Int) -> String? { services[node][network[other].localPeer]?.nick }
}

@Suite("Presence on a swarm")
struct PresenceServiceTests {
    @Test("three in a row know each other by name within two seconds, and hear what changes")
    func row() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let village = try PresenceNetwork(simulation, count: 3)
            try await village.network.connect(0, 1)
            await village.pass(.seconds(20))
            try await village.network.connect(2, 1)
            await village.pass(.seconds(2))
            for node in 0..<3 {
                for other in 0..<3 where other != node {
                    #expect(village.nick(node, of: other) == "n\(other)")
                    #expect(village.story(node, of: other) == [.online])
                }
            }
            village.services[0].set(.busy, text: "in a meeting", nick: "n0")
            await village.pass(.seconds(2))
            #expect(village.services[2][village.network[0].localPeer]?.text == "in a meeting")
            #expect(village.services[2].counts.malformed == 0)
            await village.network.close()
        }
    }

    @Test("a service that stops says goodbye, even if its swarm closes right after")
    func goodbye() async throws {
        try await SimulatedWorld.run(seed: 2) { simulation in
            let village = try PresenceNetwork(simulation, count: 3)
            try await village.network.connect(0, 1)
            try await village.network.connect(1, 2)
            await village.pass(.seconds(5))
            village.services[0].stop()
            await village.gossip[0].flush(within: .seconds(1))
            await village.network[0].close()
            await village.pass(.milliseconds(500))
            #expect(village.story(1, of: 0) == [.online, .offline])
            #expect(village.story(2, of: 0) == [.online, .offline], "it was not connected, and heard it")
            #expect(village.services[1].count == 1)
            await village.network.close()
        }
    }

    @Test("who vanishes without a word is missed within a minute")
    func vanished() async throws {
        try await SimulatedWorld.run(seed: 3) { simulation in
            let village = try PresenceNetwork(simulation, count: 3)
            try await village.network.connect(0, 1)
            try await village.network.connect(1, 2)
            try await village.network.connect(0, 2)
            await village.pass(.seconds(20))
            simulation.partition(["peer0"], ["peer1", "peer2"])
            await village.pass(.seconds(29))
            #expect(village.story(1, of: 0) == [.online])
            await village.pass(.seconds(35))
            #expect(village.story(1, of: 0) == [.online, .offline])
            #expect(village.story(2, of: 0) == [.online, .offline])
            #expect(village.story(1, of: 2) == [.online])
            await village.network.close()
        }
    }

    @Test("in P2PMsg's topic its words are said and heard")
    func foreign() async throws {
        try await SimulatedWorld.run(seed: 4) { simulation in
            let village = try PresenceNetwork(simulation, count: 1)
            let other = try TestPeer(simulation.host("other"), key: 99)
            let identify = IdentifyService(swarm: other.swarm, agentVersion: "p2pmsg")
            let gossip = GossipSubService(swarm: other.swarm)
            identify.start()
            gossip.start()
            var heard: [String] = []
            try gossip.subscribe(Presence.foreignTopic) { message, _, _ in
                heard.append(String(decoding: message.data, as: UTF8.self))
                return .accept
            }
            try village.gossip[0].subscribe(Presence.foreignTopic) { message, _, _ in
                village.services[0].receiveForeign(message)
                return .accept
            }
            village.services[0].isInForeignTopic = true
            _ = try await village.network[0].dial(other.address)
            await village.pass(.seconds(3))
            #expect(heard == ["ANNOUNCE:PRESENCE"])
            try gossip.publish(Array("ANNOUNCE:PRESENCE".utf8), to: Presence.foreignTopic)
            await village.pass(.seconds(4))
            #expect(heard == ["ANNOUNCE:PRESENCE", "ANNOUNCE:WELCOME"])
            #expect(village.told[0].map(\.status) == [.online])
            // Silent, but connected: it is asked, and does not know the protocol.
            await village.pass(.seconds(200))
            #expect(village.told[0].map(\.status) == [.online])
            await other.swarm.close()
            await village.pass(.seconds(60))
            #expect(village.told[0].map(\.status) == [.online, .offline])
            await village.network.close()
        }
    }

    @Test("each of several connections ends, and nobody is missed", arguments: [[0, 1], [1, 0]])
    func severalConnections(_ order: [Int]) async throws {
        try await SimulatedWorld.run(seed: 11) { simulation in
            let village = try PresenceNetwork(simulation, count: 2)
            var connections = [
                try await village.network.connect(0, 1),
                try await village.network[1].dial(village.network.peers[0].address, reuse: false),
            ]
            await village.pass(.seconds(5))
            for number in order {
                connections[number].close()
                connections.append(try await village.network[0].dial(village.network.peers[1].address, reuse: false))
                await village.pass(.seconds(3))
                village.services[0].set(.busy, text: "\(number)", nick: "n0")
                await village.pass(.seconds(200))
                #expect(village.services[1][village.network[0].localPeer]?.text == "\(number)")
                #expect(!village.story(0, of: 1).contains(.offline))
                #expect(!village.story(1, of: 0).contains(.offline))
            }
            await village.network.close()
        }
    }
}
