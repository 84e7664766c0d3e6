import Multiformats
import Reactor
import TestSupport
import Testing

@testable import Swarm

@Suite("The swarm as a whole")
struct DeterminismTests {
    /// Five swarms that all dial each other, talk, lose their links and close.
    private func trace(seed: UInt64) async throws -> [String] {
        try await SimulatedWorld.run(seed: seed) { simulation in
            simulation.recordsTrace = true
            simulation.setConditions(LinkConditions(jitter: .milliseconds(5), bandwidth: 8 << 20, loss: 0.01))
            let network = try TestNetwork(simulation, count: 5)
            var tasks: [Task<Void, Never>] = []
            for from in 0..<5 {
                network[from].setHandler("/echo/1", echoHandler)
                for to in 0..<5 where to != from {
                    tasks.append(
                        spawn {
                            guard let connection = try? await network.connect(from, to),
                                let stream = try? await connection.openStream(["/none", "/echo/1"])
                            else { return }
                            let block = network[from].world.random.bytes(20_000)
                            try? await stream.write(block)
                            stream.closeWrite()
                            let echoed = try? await stream.readToEnd(limit: 20_000)
                            #expect(echoed == nil || echoed == block)
                            stream.close()
                        })
                }
            }
            await network[0].world.clock.sleep(for: .milliseconds(120))
            simulation.cutConnections(between: "peer1", and: "peer2")
            for task in tasks { await task.value }
            await network[0].world.clock.sleep(for: .seconds(400))
            await network.close()
            return simulation.trace
        }
    }

    @Test("one seed gives one run, another seed another")
    func sameSeed() async throws {
        let first = try await trace(seed: 11)
        #expect(first.count > 200)
        #expect(try await trace(seed: 11) == first)
        #expect(try await trace(seed: 12) != first)
    }

    @Test("after close nothing is left of a swarm")
    func released() async throws {
        try await spawn {
            weak var gone: Swarm?
            do {
                let server = try TestPeer(.real(), key: 1, listen: "/ip4/127.0.0.1/tcp/0")
                let client = Swarm(world: .real(), identity: .test(2))
                gone = client
                let connection = try await client.dial(server.address)
                _ = try await connection.openStream(["/none"])
                await client.close()
                await server.swarm.close()
            }
            // Tasks and timers that end hold it for a moment.
            for _ in 0..<100 where gone != nil { await World.real().clock.sleep(for: .milliseconds(10)) }
            #expect(gone == nil)
        }.value
    }

    @Test("dialing from the listening port: the other side sees that port")
    func listenPort() async throws {
        try await spawn {
            var configuration = SwarmConfiguration()
            configuration.dialsFromListenPort = true
            let server = try TestPeer(.real(), key: 1, listen: "/ip4/127.0.0.1/tcp/0")
            let client = try TestPeer(.real(), key: 2, listen: "/ip4/127.0.0.1/tcp/0", configuration: configuration)
            server.swarm.setHandler("/echo/1", echoHandler)
            let connection = try await client.swarm.dial(server.address)
            let stream = try await connection.openStream(["/echo/1"])
            try await stream.write([1])
            #expect(try await stream.read() == [1])
            #expect(connection.localAddress == client.address.withoutPeerID())
            #expect(server.swarm.connections.first?.remoteAddress == client.address.withoutPeerID())
            // A second connection cannot have the same ends; it comes from another port.
            let second = try await client.swarm.dial(server.address, reuse: false)
            #expect(second.localAddress != connection.localAddress)
            await client.swarm.close()
            await server.swarm.close()
        }.value
    }
}
