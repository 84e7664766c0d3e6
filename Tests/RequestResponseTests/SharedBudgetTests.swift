import Reactor
import RequestResponse
import Swarm
import TestSupport
import Testing

@Suite("What is asked in one protocol is not held against another")
struct SharedBudgetTests {
    @Test("a handler that answers seldom does not slow one that answers often")
    func rates() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let network = try TestNetwork(simulation, count: 2)
            let client = RequestResponse(swarm: network[0])
            let server = RequestResponse(swarm: network[1])
            try await network.connect(0, 1)
            var seldom = RequestLimits()
            (seldom.rate, seldom.burst) = (0.5, 8)
            server.handle(["/seldom"], limits: seldom) { _, _, request in request }
            server.handle(["/often", "/also"]) { _, _, request in request }
            let peer = network[1].localPeer
            // Whoever comes first must not set the measure for the others.
            for number in 0..<8 { _ = try await client.request(peer, protocols: ["/seldom"], body: [UInt8(number)]) }
            let start = simulation.elapsed
            for number in 0..<30 {
                _ = try await client.request(peer, protocols: [number % 2 == 0 ? "/often" : "/also"], body: [1])
            }
            #expect(simulation.elapsed - start < .seconds(1))
            await #expect(throws: RequestError(.reset, "")) {
                for _ in 0..<4 { _ = try await client.request(peer, protocols: ["/seldom"], body: [2]) }
            }
            await network.close()
        }
    }

    @Test("a peer that answers nothing in one protocol is asked in another all the same")
    func gates() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let network = try TestNetwork(simulation, count: 2)
            let client = RequestResponse(swarm: network[0])
            let server = RequestResponse(swarm: network[1])
            try await network.connect(0, 1)
            server.handle(["/hangs"]) { [world = network[1].world] _, _, request in
                await world.clock.sleep(for: .seconds(60))
                return request
            }
            server.handle(["/answers"]) { _, _, request in request }
            let peer = network[1].localPeer
            let hanging = (0..<150).map { _ in
                spawn { _ = try? await client.request(peer, protocols: ["/hangs"], body: [1]) }
            }
            await network[0].world.clock.sleep(for: .milliseconds(500))
            let start = simulation.elapsed
            _ = try await client.request(peer, protocols: ["/answers"], body: [1])
            #expect(simulation.elapsed - start < .seconds(1))
            for task in hanging { task.cancel() }
            await network.close()
        }
    }

    @Test("a request goes on over another connection when the one that carries it ends")
    func repeated() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let network = try TestNetwork(simulation, count: 2)
            let client = RequestResponse(swarm: network[0])
            let server = RequestResponse(swarm: network[1])
            try await network.connect(0, 1)
            var handled = 0
            for protocolID in ["/once", "/twice"] {
                server.handle([protocolID]) { [world = network[1].world] _, _, request in
                    handled += 1
                    await world.clock.sleep(for: .seconds(1))
                    return request
                }
            }
            let peer = network[1].localPeer
            for (protocolID, expected) in [("/twice", 2), ("/once", 1)] {
                handled = 0
                let request = spawn {
                    try await client.request(
                        peer, protocols: [protocolID], body: [7], repeatable: ["/twice"])
                }
                await network[0].world.clock.sleep(for: .milliseconds(500))
                network[0].disconnect(peer)
                let response = try? await request.value
                #expect((response != nil) == (protocolID == "/twice"))
                #expect(handled == expected)
            }
            await network.close()
        }
    }
}
