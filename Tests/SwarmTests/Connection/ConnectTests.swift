import Identity
import Multiformats
import Reactor
import Swarm
import TestSupport
import Testing

@Suite("Dialing and listening")
struct ConnectTests {
    @Test("a dialed stream carries bytes both ways, in the simulated world")
    func simulatedEcho() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let network = try TestNetwork(simulation, count: 2)
            network[1].setHandler("/echo/1.0.0", echoHandler)
            let connection = try await network.connect(0, 1)
            #expect(connection.remotePeer == network[1].localPeer)
            #expect(connection.direction == .outbound)
            let stream = try await network[0].openStream(to: network[1].localPeer, ["/echo/1.0.0"])
            try await stream.write(Array("hello".utf8))
            #expect(try await stream.read(exactly: 5) == Array("hello".utf8))
            stream.closeWrite()
            #expect(try await stream.read() == nil)
            stream.close()
            await network.close()
        }
    }

    @Test(
        "over real TCP and over memory addresses", arguments: ["/ip4/127.0.0.1/tcp/0", "/ip6/::1/tcp/0", "/memory/0"])
    func realEcho(_ listen: String) async throws {
        try await spawn {
            let server = try TestPeer(.real(), key: 1, listen: listen)
            let client = Swarm(world: .real(), identity: .test(2))
            server.swarm.setHandler("/echo/1.0.0", echoHandler)
            let connection = try await client.dial(server.address)
            let stream = try await connection.openStream(["/echo/1.0.0"])
            let bytes = SeededRandom.bytes(300_000)
            let writer = spawn {
                try await stream.write(bytes)
                stream.closeWrite()
            }
            #expect(try await stream.readToEnd(limit: 1 << 20) == bytes)
            try await writer.value
            stream.close()
            await client.close()
            await server.swarm.close()
            #expect(server.swarm.connections.isEmpty)
        }.value
    }
}

extension SeededRandom {
    static func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var random = SeededRandom(seed: seed)
        return random.bytes(count)
    }
}
