import Identity
import Ping
import Reactor
import Swarm
import TestSupport
import Testing

@Suite("Ping")
struct PingTests {
    /// Two connected peers, the second of which answers pings.
    @NetworkActor
    private func pair(_ simulation: SimulatedWorld) async throws -> (TestNetwork, PingService, PingService) {
        let network = try TestNetwork(simulation, count: 2)
        let (client, server) = (PingService(swarm: network[0]), PingService(swarm: network[1]))
        server.start()
        try await network.connect(0, 1)
        return (network, client, server)
    }

    @Test("a round trip takes twice the latency, and is noted")
    func roundTrip() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let (network, client, server) = try await pair(simulation)
            let peer = network[1].localPeer
            let times = try await client.ping(peer, count: 5)
            #expect(times.count == 5)
            // Latency 10 ms and up to 2 ms of jitter each way; the first ping waits for nothing, it is lazy.
            for time in times { #expect((.milliseconds(20)...(.milliseconds(25))) ~= time) }
            #expect(network[0].peers[peer]?.roundTripTime == times.last)
            await network.close()
            withExtendedLifetime(server) {}
        }
    }

    @Test("the interval lies between pings")
    func interval() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let (network, client, server) = try await pair(simulation)
            let before = simulation.elapsed
            _ = try await client.ping(network[1].localPeer, count: 3, interval: .seconds(1))
            #expect((.seconds(2)...(.milliseconds(2100))) ~= simulation.elapsed - before)
            await network.close()
            withExtendedLifetime(server) {}
        }
    }

    @Test("all pings to a peer share one stream, which is closed when idle")
    func oneStream() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let (network, client, server) = try await pair(simulation)
            let peer = network[1].localPeer
            let tasks = (0..<10).map { _ in spawn { try await client.roundTrip(to: peer) } }
            for task in tasks {
                _ = try await task.value
                #expect(network[0].connections[0].streamCount <= 1)
                #expect(network[1].connections[0].streamCount <= 1)
            }
            await network[0].world.clock.sleep(for: .seconds(14))
            #expect(network[1].connections[0].streamCount == 1)
            await network[0].world.clock.sleep(for: .seconds(2))
            #expect(network[0].connections[0].streamCount == 0)
            #expect(network[1].connections[0].streamCount == 0)
            _ = try await client.roundTrip(to: peer)
            await network.close()
            withExtendedLifetime(server) {}
        }
    }

    @Test("a peer that closed our idle stream is pinged on a new one")
    func closedMeanwhile() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let (network, client, server) = try await pair(simulation)
            let peer = network[1].localPeer
            _ = try await client.roundTrip(to: peer)
            for stream in network[1].connections[0].openStreams { stream.reset() }
            await network[0].world.clock.sleep(for: .seconds(1))
            _ = try await client.roundTrip(to: peer)
            for stream in network[1].connections[0].openStreams { stream.close() }
            _ = try await client.roundTrip(to: peer)
            await network.close()
            withExtendedLifetime(server) {}
        }
    }

    @Test("who does not answer pings, answers late, or answers something else")
    func failures() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let network = try TestNetwork(simulation, count: 2)
            let client = PingService(swarm: network[0])
            let peer = network[1].localPeer
            await #expect(throws: PingError(.dialFailed, "")) { try await client.roundTrip(to: peer) }
            try await network.connect(0, 1)
            await #expect(throws: PingError(.unsupportedProtocol, "")) { try await client.roundTrip(to: peer) }

            network[1].setHandler(Ping.protocolID) { stream in _ = try? await stream.readToEnd(limit: 1000) }
            let before = simulation.elapsed
            await #expect(throws: PingError(.timedOut, "")) { try await client.roundTrip(to: peer) }
            #expect((.seconds(10)...(.seconds(11))) ~= simulation.elapsed - before)

            network[1].setHandler(Ping.protocolID) { stream in
                guard let bytes = try? await stream.read(exactly: 32) else { return }
                try? await stream.write(bytes.reversed())
            }
            await #expect(throws: PingError(.wrongEcho, "")) { try await client.roundTrip(to: peer) }

            network[1].setHandler(Ping.protocolID) { stream in stream.reset() }
            await #expect(throws: PingError(.closed, "")) { try await client.roundTrip(to: peer) }
            #expect(network[0].connections[0].streamCount == 0)
            await network.close()
        }
    }

    @Test("the echo is exact however the bytes are cut, and ends when the asker ends")
    func exactEcho() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let (network, _, server) = try await pair(simulation)
            let stream = try await network[0].openStream(to: network[1].localPeer, [Ping.protocolID])
            var random = SeededRandom(seed: 3)
            let bytes = random.bytes(96)
            for byte in bytes {
                try await stream.write([byte])
                await network[0].world.clock.sleep(for: .milliseconds(1))
            }
            #expect(try await stream.read(exactly: 96) == bytes)
            stream.closeWrite()
            #expect(try await stream.read() == nil)
            stream.close()
            await network.close()
            withExtendedLifetime(server) {}
        }
    }

    @Test("a peer has two streams echoed, not three")
    func twoStreams() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let (network, _, server) = try await pair(simulation)
            let payload = [UInt8](repeating: 1, count: 32)
            var streams: [Stream] = []
            for _ in 0..<3 {
                let stream = try await network[0].openStream(to: network[1].localPeer, [Ping.protocolID])
                try await stream.write(payload)
                streams.append(stream)
            }
            #expect(try await streams[0].read(exactly: 32) == payload)
            #expect(try await streams[1].read(exactly: 32) == payload)
            await #expect(throws: StreamError(.reset, "")) { try await streams[2].read(exactly: 32) }
            await network.close()
            withExtendedLifetime(server) {}
        }
    }

    @Test("a silent stream is closed after 30 s")
    func silence() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let (network, _, server) = try await pair(simulation)
            let stream = try await network[0].openStream(to: network[1].localPeer, [Ping.protocolID])
            try await stream.write([1, 2, 3])
            await network[0].world.clock.sleep(for: .seconds(29))
            #expect(network[1].connections[0].streamCount == 1)
            await network[0].world.clock.sleep(for: .seconds(2))
            #expect(network[1].connections[0].streamCount == 0)
            await network.close()
            withExtendedLifetime(server) {}
        }
    }

    /// GHSA-84x2-2qv6-qg56: no rate limit on messages.
    @Test("whoever floods is slowed down, and others do not notice")
    func flood() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let network = try TestNetwork(simulation, count: 3)
            let (server, honest) = (PingService(swarm: network[0]), PingService(swarm: network[2]))
            server.start()
            try await network.connect(1, 0)
            try await network.connect(2, 0)
            // 10,000 pings a second for three seconds, nothing read in between.
            let stream = try await network[1].openStream(to: network[0].localPeer, [Ping.protocolID])
            let hundred = [UInt8](repeating: 7, count: 3200)
            let flood = spawn {
                for _ in 0..<300 {
                    try await stream.write(hundred)
                    await network[1].world.clock.sleep(for: .milliseconds(10))
                }
            }
            let echoes = Counter()
            let reader = spawn { while let bytes = try await stream.read() { echoes.count += bytes.count } }
            for _ in 0..<25 {
                let time = try await honest.roundTrip(to: network[0].localPeer)
                #expect(time < .milliseconds(50))
                await network[2].world.clock.sleep(for: .milliseconds(100))
            }
            // The burst and what the rate allows since, not what was sent.
            #expect(echoes.count / 32 > 1000)
            #expect(echoes.count / 32 < 4700)
            flood.cancel()
            stream.reset()
            _ = await flood.result
            _ = await reader.result
            await network.close()
        }
    }
}

/// A number that tasks share.
@NetworkActor
private final class Counter {
    var count = 0
}
