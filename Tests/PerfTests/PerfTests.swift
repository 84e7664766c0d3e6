import Identity
import Perf
import Reactor
import Swarm
import TestSupport
import Testing

@Suite("Perf")
struct PerfTests {
    @NetworkActor
    private func pair(_ simulation: SimulatedWorld) async throws -> (TestNetwork, PerfService, PerfService) {
        let network = try TestNetwork(simulation, count: 2)
        let (client, server) = (PerfService(swarm: network[0]), PerfService(swarm: network[1]))
        try await network.connect(0, 1)
        return (network, client, server)
    }

    @Test("the server is off until it is asked for")
    func offByDefault() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let (network, client, server) = try await pair(simulation)
            let peer = network[1].localPeer
            await #expect(throws: PerfError(.unsupportedProtocol, "")) {
                try await client.run(peer, upload: 1, download: 1)
            }
            server.serve()
            _ = try await client.run(peer, upload: 1, download: 1)
            server.stopServing()
            await #expect(throws: PerfError(.unsupportedProtocol, "")) {
                try await client.run(peer, upload: 1, download: 1)
            }
            await network.close()
        }
    }

    @Test("bytes go up, then come down, and the times follow the bandwidth")
    func bandwidth() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            simulation.setConditions(LinkConditions(bandwidth: 10 << 20, socketBuffer: 1 << 20))
            let (network, client, server) = try await pair(simulation)
            server.serve()
            let result = try await client.run(network[1].localPeer, upload: 20 << 20, download: 40 << 20)
            #expect(result.uploaded == 20 << 20)
            #expect(result.downloaded == 40 << 20)
            #expect((1.9...2.4) ~= result.uploadSeconds)
            #expect((3.8...4.5) ~= result.downloadSeconds)
            await network[0].world.clock.sleep(for: .milliseconds(100))
            #expect(network[0].connections[0].streamCount == 0)
            await network.close()
        }
    }

    @Test(
        "any number of bytes",
        arguments: [(0, 0), (1, 0), (0, 1), (262_143, 262_145), (262_144, 262_144)] as [(UInt64, UInt64)])
    func counts(upload: UInt64, download: UInt64) async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let (network, client, server) = try await pair(simulation)
            server.serve()
            let result = try await client.run(network[1].localPeer, upload: upload, download: download)
            #expect(result.uploaded == upload)
            #expect(result.downloaded == download)
            await network.close()
        }
    }

    @Test("the client says in eight bytes, big endian, what it wants")
    func header() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let (network, client, _) = try await pair(simulation)
            let received = Received()
            network[1].setHandler(Perf.protocolID) { stream in
                received.bytes = (try? await stream.readToEnd(limit: 100)) ?? []
                stream.reset()
            }
            await #expect(throws: PerfError(.closed, "")) {
                try await client.run(network[1].localPeer, upload: 3, download: 1 << 30)
            }
            #expect(received.bytes == hex("0000000040000000 000000"))
            await network.close()
        }
    }

    @Test("the server sends nothing before it has read everything")
    func neverBothAtOnce() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let (network, _, server) = try await pair(simulation)
            server.serve()
            let stream = try await network[0].openStream(to: network[1].localPeer, [Perf.protocolID])
            try await stream.write(hex("0000000000000064") + [UInt8](repeating: 1, count: 1000))
            let first = Received()
            let reader = spawn {
                first.bytes = try await stream.readToEnd(limit: 1000)
            }
            await network[0].world.clock.sleep(for: .seconds(5))
            #expect(first.bytes.isEmpty)
            stream.closeWrite()
            try await reader.value
            #expect(first.bytes.count == 100)
            await network.close()
        }
    }

    @Test("all of 2^64 - 1 bytes may be asked for, and the asker may leave")
    func endless() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let (network, client, server) = try await pair(simulation)
            server.serve()
            let stream = try await network[0].openStream(to: network[1].localPeer, [Perf.protocolID])
            try await stream.write(hex("ffffffffffffffff"))
            stream.closeWrite()
            var count = 0
            while count < 5 << 20 { count += try await stream.read()?.count ?? 0 }
            stream.reset()
            _ = try await client.run(network[1].localPeer, upload: 100, download: 100)
            #expect(network[1].connections[0].streamCount == 0)
            await network.close()
        }
    }

    @Test("a server that sends more or less than asked for")
    func wrongCount() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let (network, client, _) = try await pair(simulation)
            for sent in [99, 101] {
                network[1].setHandler(Perf.protocolID) { stream in
                    _ = try? await stream.readToEnd(limit: 100)
                    try? await stream.write([UInt8](repeating: 0, count: sent))
                }
                await #expect(throws: PerfError(.wrongCount, "")) {
                    try await client.run(network[1].localPeer, upload: 0, download: 100)
                }
            }
            await network.close()
        }
    }

    @Test("a run on which nothing moves is given up by both sides")
    func stall() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let (network, client, server) = try await pair(simulation)
            network[1].setHandler(Perf.protocolID) { stream in
                await network[1].world.clock.sleep(for: .seconds(300))
            }
            let before = simulation.elapsed
            await #expect(throws: PerfError(.timedOut, "")) {
                try await client.run(network[1].localPeer, upload: 10 << 20, download: 0)
            }
            #expect((.seconds(29)...(.seconds(35))) ~= simulation.elapsed - before)
            server.serve()
            let stream = try await network[0].openStream(to: network[1].localPeer, [Perf.protocolID])
            try await stream.write([0, 0, 0])
            await network[0].world.clock.sleep(for: .seconds(31))
            await #expect(throws: StreamError(.reset, "")) { try await stream.read() }
            await network.close()
        }
    }

    @Test("a peer may run two at a time")
    func limits() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let (network, _, server) = try await pair(simulation)
            server.serve()
            var streams: [Stream] = []
            for _ in 0..<3 {
                let stream = try await network[0].openStream(to: network[1].localPeer, [Perf.protocolID])
                try await stream.write(hex("0000000000000001"))
                streams.append(stream)
            }
            for stream in streams { stream.closeWrite() }
            #expect(try await streams[0].readToEnd(limit: 10) == [0])
            #expect(try await streams[1].readToEnd(limit: 10) == [0])
            await #expect(throws: StreamError(.reset, "")) { try await streams[2].readToEnd(limit: 10) }
            await network.close()
        }
    }
}

/// What a handler has received.
@NetworkActor
private final class Received {
    var bytes: [UInt8] = []
}
