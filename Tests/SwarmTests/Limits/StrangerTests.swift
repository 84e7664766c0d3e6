import Identity
import Reactor
import TestSupport
import Testing

@testable import Swarm

@Suite("What strangers use up is not taken from those whom we know")
struct StrangerTests {
    @Test("a protocol whose streams strangers hold is open to a contact, and so is every other scope")
    func streams() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let network = try TestNetwork(simulation, count: 6)
            let contact = network[5].localPeer
            network[0].isFamiliar = { $0 == contact }
            for stranger in 1...5 { try await network.connect(stranger, 0) }
            network[0].setHandler("/held", limits: ProtocolLimits(inboundStreams: 32, perPeer: 16)) { stream in
                _ = try? await stream.readToEnd(limit: 100)
            }
            let peer = network[0].localPeer
            for stranger in 1...4 {
                for _ in 0..<16 {
                    let stream = try await network[stranger].openStream(to: peer, ["/held"])
                    try await stream.write([1])
                }
            }
            await network[1].world.clock.sleep(for: .seconds(1))
            // Those who came later have as many as those who came first.
            for stranger in 1...4 {
                let connections = network[0].connections(to: network[stranger].localPeer)
                #expect(connections.map(\.streamCount) == [8])
            }
            let refused = try await network[4].openStream(to: peer, ["/held"])
            await #expect(throws: StreamError.self) { try await refused.read(exactly: 1) }
            for _ in 0..<16 {
                let stream = try await network[5].openStream(to: peer, ["/held", "/other"])
                try await stream.write([1])
            }
            await network.close()
        }
    }

    @Test("strangers are refused at three quarters of all, and a contact is not")
    func connections() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            var configuration = SwarmConfiguration()
            configuration.limits.system.inboundConnections = 8
            let network = try TestNetwork(simulation, count: 10)
            let target = Swarm(
                world: simulation.host("target"), identity: .test(200), configuration: configuration)
            let contact = network[9].localPeer
            target.isFamiliar = { $0 == contact }
            let addresses = try target.listen(on: .test("/ip4/0.0.0.0/tcp/4001"))
            for stranger in 0..<9 {
                _ = try? await network[stranger].dial(target.localPeer, addresses: addresses)
            }
            await network[0].world.clock.sleep(for: .seconds(1))
            #expect(target.connectedPeers.count == 6)
            _ = try await network[9].dial(target.localPeer, addresses: addresses)
            await network[0].world.clock.sleep(for: .seconds(1))
            #expect(target.isConnected(contact))
            await target.close()
            await network.close()
        }
    }

    @Test("handshakes that are begun and never finished give way to one that is")
    func handshakes() async throws {
        try await HostileScene.run { scene in
            var silent: [Adversary] = []
            for number in 0..<64 {
                let world = scene.simulation.host("bot\(number)")
                for _ in 0..<4 { silent.append(try await Adversary.connect(world, to: scene.target)) }
            }
            await scene.attacker.clock.sleep(for: .seconds(1))
            let other = try TestPeer(scene.simulation.host("other"), key: 50)
            _ = try await other.swarm.dial(scene.victim.localPeer, addresses: scene.victim.listenAddresses)
            await scene.attacker.clock.sleep(for: .seconds(1))
            #expect(scene.victim.isConnected(other.swarm.localPeer))
        }
    }
}
