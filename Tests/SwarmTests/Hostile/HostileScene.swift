import Identity
import Reactor
import TestSupport
import Testing

@testable import Swarm

/// A victim with an honest peer connected to it, and a host for the attacker.
@NetworkActor
struct HostileScene {
    let simulation: SimulatedWorld
    let network: TestNetwork
    let connection: Connection
    let attacker: World
    let target: SocketAddress

    var victim: Swarm { network[1] }

    func attack() async throws -> Adversary { try await Adversary.connect(attacker, to: target) }

    /// An adversary past the handshake, with key 66.
    func insider() async throws -> Adversary {
        let adversary = try await attack()
        try await adversary.dialHandshake(as: .test(66))
        return adversary
    }

    var isInsiderConnected: Bool { victim.isConnected(KeyPair.test(66).peerID) }

    /// Runs an attack. Afterwards the honest peer must still be served at once, and nothing half-open may be left.
    static func run(
        _ configuration: SwarmConfiguration = .init(),
        _ body: @escaping @NetworkActor (HostileScene) async throws -> Void
    ) async throws {
        try await SimulatedWorld.run(seed: 3) { simulation in
            let network = try TestNetwork(simulation, count: 2, configuration: configuration)
            network[1].setHandler("/echo/1", echoHandler)
            let connection = try await network.connect(0, 1)
            let ip = network[1].world.network.localAddresses()[0]
            let scene = HostileScene(
                simulation: simulation, network: network, connection: connection,
                attacker: simulation.host("attacker"), target: .ip(ip, port: 4001))
            try await body(scene)

            let stream = try await connection.openStream(["/echo/1"])
            let start = simulation.elapsed
            try await stream.write([1, 2, 3])
            #expect(try await stream.read(exactly: 3) == [1, 2, 3])
            #expect(simulation.elapsed - start < .milliseconds(100))
            stream.close()
            await network[0].world.clock.sleep(for: .seconds(20))
            #expect(network[1].resources.transient == ResourceUsage())
            #expect(network[1].pending.isEmpty)
            await network.close()
        }
    }
}
