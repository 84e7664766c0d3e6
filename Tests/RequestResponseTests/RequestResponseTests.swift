import Identity
import Reactor
import RequestResponse
import Swarm
import TestSupport
import Testing

/// Two connected peers with requests.
@NetworkActor
private func pair(
    _ simulation: SimulatedWorld, _ configuration: RequestConfiguration = .init()
) async throws -> (TestNetwork, RequestResponse, RequestResponse) {
    let network = try TestNetwork(simulation, count: 2)
    let client = RequestResponse(swarm: network[0], configuration: configuration)
    let server = RequestResponse(swarm: network[1], configuration: configuration)
    try await network.connect(0, 1)
    return (network, client, server)
}

extension TestNetwork {
    /// Lets the last frames of closed streams cross the network.
    fileprivate func settle() async {
        await self[0].world.clock.sleep(for: .milliseconds(100))
    }
}

/// A number that tasks share.
@NetworkActor
private final class Counter {
    var count = 0
    var highest = 0
    var bytes: [UInt8] = []
}

@Suite("Request and response")
struct RequestResponseTests {
    @Test("the response comes, with the protocol and from the peer")
    func echo() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let (network, client, server) = try await pair(simulation)
            let asker = network[0].localPeer
            server.handle(["/echo/1"]) { peer, protocolID, request in
                #expect(peer == asker)
                #expect(protocolID == "/echo/1")
                return request.reversed()
            }
            let (protocolID, response) = try await client.request(
                network[1].localPeer, protocols: ["/echo/1"], body: [1, 2, 3])
            #expect(protocolID == "/echo/1")
            #expect(response == [3, 2, 1])
            #expect(server.counts.answered == 1)
            await network.settle()
            #expect(network[0].connections[0].streamCount == 0)
            await network.close()
        }
    }

    @Test("the first protocol that the peer speaks, and the body made for it")
    func preference() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let (network, client, server) = try await pair(simulation)
            let peer = network[1].localPeer
            server.handle(["/a/2", "/a/1"]) { _, protocolID, request in Array(protocolID.utf8) + request }
            let first = try await client.request(peer, protocols: ["/a/3", "/a/2", "/a/1"]) { Array($0.utf8) }
            #expect(first.0 == "/a/2")
            #expect(first.1 == Array("/a/2/a/2".utf8))
            server.removeHandlers(["/a/2"])
            let second = try await client.request(peer, protocols: ["/a/3", "/a/2", "/a/1"]) { Array($0.utf8) }
            #expect(second.0 == "/a/1")
            for protocols in [["/a/2"], ["/a/2", "/a/3"]] {
                await #expect(throws: RequestError(.unsupportedProtocol, "")) {
                    try await client.request(peer, protocols: protocols, body: [])
                }
            }
            await network.close()
        }
    }

    @Test("sizes up to the limits, and not a byte more")
    func sizes() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let (network, client, server) = try await pair(simulation)
            let peer = network[1].localPeer
            server.handle(["/size"]) { _, _, request in
                [UInt8](repeating: 5, count: request.count <= 8 ? request.reduce(0) { $0 << 8 | Int($1) } : 1)
            }
            let limit = 1 << 20
            let large = try await client.request(
                peer, protocols: ["/size"], body: [UInt8](repeating: 0, count: limit))
            #expect(large.1.count == 1)
            await #expect(throws: RequestError(.requestTooLarge, "")) {
                try await client.request(peer, protocols: ["/size"], body: [UInt8](repeating: 0, count: limit + 1))
            }
            let response = try await client.request(peer, protocols: ["/size"], body: [0xa0, 0, 0])
            #expect(response.1.count == 10 << 20)
            await #expect(throws: RequestError(.reset, "")) {
                try await client.request(peer, protocols: ["/size"], body: [0xa0, 0, 1])
            }
            #expect(try await client.request(peer, protocols: ["/size"], body: []).1 == [])
            // A peer that does not keep to its side of the limits.
            let stream = try await network[0].openStream(to: peer, ["/size"])
            await #expect(throws: StreamError.self) {
                for _ in 0..<40 { try await stream.write([UInt8](repeating: 0, count: 64 << 10)) }
                _ = try await stream.readToEnd(limit: 10)
            }
            network[1].setHandler("/endless") { stream in
                while (try? await stream.write([UInt8](repeating: 0, count: 64 << 10))) != nil {}
            }
            await #expect(throws: RequestError(.responseTooLarge, "")) {
                try await client.request(peer, protocols: ["/endless"], body: [])
            }
            await network.settle()
            #expect(network[0].connections[0].streamCount == 0)
            #expect(network[1].connections[0].streamCount == 0)
            await network.close()
        }
    }

    @Test("every way to fail has its code")
    func failures() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let (network, client, server) = try await pair(simulation)
            let peer = network[1].localPeer
            let unknown = KeyPair.test(99).peerID
            let dial = await #expect(throws: RequestError.self) {
                try await client.request(unknown, protocols: ["/a"], body: [])
            }
            #expect(dial?.code == .dialFailed)
            #expect(dial?.cause?.code == .noAddresses)
            #expect(dial?.mayHaveArrived == false)

            server.handle(["/refuse"]) { _, _, _ in nil }
            let refused = await #expect(throws: RequestError.self) {
                try await client.request(peer, protocols: ["/refuse"], body: [])
            }
            #expect(refused?.code == .reset)
            #expect(refused?.mayHaveArrived == true)
            #expect(server.counts.refused == 1)

            server.handle(["/slow"]) { _, _, _ in
                await network[1].world.clock.sleep(for: .seconds(60))
                return []
            }
            let before = simulation.elapsed
            await #expect(throws: RequestError(.timedOut, "")) {
                try await client.request(peer, protocols: ["/slow"], body: [])
            }
            #expect((.seconds(10)...(.milliseconds(10_100))) ~= simulation.elapsed - before)
            await #expect(throws: RequestError(.timedOut, "")) {
                try await client.request(peer, protocols: ["/slow"], body: [], timeout: .seconds(1))
            }
            await network.settle()
            #expect(network[0].connections[0].streamCount == 0)

            let cut = spawn { try await client.request(peer, protocols: ["/slow"], body: []) }
            await network[0].world.clock.sleep(for: .seconds(1))
            simulation.cutConnections(between: "peer0", and: "peer1")
            await #expect(throws: RequestError(.remoteClosed, "")) { try await cut.value }
            await network.close()
        }
    }

    @Test("the timeout covers a dial to nowhere")
    func dialTimeout() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let network = try TestNetwork(simulation, count: 2)
            let client = RequestResponse(swarm: network[0])
            network[0].addressBook.add(network[1].localPeer, [network.peers[1].address], source: .manual)
            simulation.partition(["peer0"], ["peer1"])
            let before = simulation.elapsed
            await #expect(throws: RequestError(.timedOut, "")) {
                try await client.request(network[1].localPeer, protocols: ["/a"], body: [], timeout: .seconds(2))
            }
            #expect(simulation.elapsed - before == .seconds(2))
            await network.close()
        }
    }

    @Test("a cancelled request ends its stream")
    func cancellation() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let (network, client, server) = try await pair(simulation)
            server.handle(["/slow"]) { _, _, _ in
                await network[1].world.clock.sleep(for: .seconds(5))
                return []
            }
            let task = spawn {
                try await client.request(network[1].localPeer, protocols: ["/slow"], body: [])
            }
            await network[0].world.clock.sleep(for: .seconds(1))
            #expect(network[0].connections[0].streamCount == 1)
            task.cancel()
            await #expect(throws: RequestError(.cancelled, "")) { try await task.value }
            await network.settle()
            #expect(network[0].connections[0].streamCount == 0)
            await network[0].world.clock.sleep(for: .seconds(1))
            #expect(network[1].connections[0].streamCount == 0)
            await network.close()
        }
    }

    @Test("no more than a hundred at a time, the others in order, and no endless line")
    func concurrency() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            var configuration = RequestConfiguration()
            configuration.waitingRequests = 200
            let (network, client, server) = try await pair(simulation, configuration)
            let running = Counter()
            server.handle(["/count"]) { _, _, request in
                running.count += 1
                running.highest = max(running.highest, running.count)
                running.bytes += request
                await network[1].world.clock.sleep(for: .milliseconds(100))
                running.count -= 1
                return request
            }
            let peer = network[1].localPeer
            let tasks = (0..<310).map { index in
                spawn { try await client.request(peer, protocols: ["/count"], body: [UInt8(index & 0xff)]).1 }
            }
            var refused = 0
            for (index, task) in tasks.enumerated() {
                switch await task.result {
                case .success(let response): #expect(response == [UInt8(index & 0xff)])
                case .failure(let error):
                    #expect((error as? RequestError)?.code == .limitExceeded)
                    refused += 1
                }
            }
            #expect(refused == 10)
            #expect(running.highest == 100)
            #expect(running.bytes == (0..<300).map { UInt8($0 & 0xff) })
            await network.close()
        }
    }

    @Test("a request waiting in line can be cancelled")
    func cancelledInLine() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            var configuration = RequestConfiguration()
            configuration.concurrentRequests = 1
            let (network, client, server) = try await pair(simulation, configuration)
            server.handle(["/slow"]) { _, _, request in
                await network[1].world.clock.sleep(for: .seconds(1))
                return request
            }
            let peer = network[1].localPeer
            let tasks = (0..<3).map { index in
                spawn { try await client.request(peer, protocols: ["/slow"], body: [UInt8(index)]).1 }
            }
            await network[0].world.clock.sleep(for: .milliseconds(100))
            tasks[1].cancel()
            await #expect(throws: RequestError(.cancelled, "")) { try await tasks[1].value }
            #expect(try await tasks[0].value == [0])
            #expect(try await tasks[2].value == [2])
            await network.close()
        }
    }
}

@Suite("Requests of hostile peers")
struct RequestFloodTests {
    @Test("faster than the rate waits, and is answered")
    func rate() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let (network, client, server) = try await pair(simulation)
            var limits = RequestLimits()
            (limits.rate, limits.burst) = (50, 10)
            server.handle(["/rate"], limits: limits) { _, _, request in request }
            let before = simulation.elapsed
            let tasks = (0..<60).map { index in
                spawn { try await client.request(network[1].localPeer, protocols: ["/rate"], body: [UInt8(index)]) }
            }
            for task in tasks { _ = try await task.value }
            #expect((.milliseconds(980)...(.milliseconds(1200))) ~= simulation.elapsed - before)
            #expect(server.counts.delayed == 50)
            await network.close()
        }
    }

    /// GHSA-84x2-2qv6-qg56: no rate limit on messages.
    @Test("ten thousand requests a second of one peer leave the others served")
    func flood() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let network = try TestNetwork(simulation, count: 3)
            let server = RequestResponse(swarm: network[0])
            let honest = RequestResponse(swarm: network[2])
            let handled = Counter()
            let (attackerID, victim) = (network[1].localPeer, network[0].localPeer)
            server.handle(["/flood"]) { peer, _, request in
                if peer == attackerID { handled.count += 1 }
                return request
            }
            try await network.connect(1, 0)
            try await network.connect(2, 0)
            let over = Counter()
            let flood = spawn {
                while over.count == 0 {
                    for _ in 0..<50 {
                        guard let stream = try? await network[1].openStream(to: victim, ["/flood"]) else { continue }
                        try? await stream.write([1])
                        stream.closeWrite()
                        stream.close()
                    }
                    await network[1].world.clock.sleep(for: .milliseconds(5))
                }
            }
            for _ in 0..<20 {
                let before = simulation.elapsed
                _ = try await honest.request(victim, protocols: ["/flood"], body: [2])
                #expect(simulation.elapsed - before < .milliseconds(100))
                await network[2].world.clock.sleep(for: .milliseconds(100))
            }
            #expect(handled.count <= 1000 + 2600)
            over.count = 1
            _ = await flood.result
            await network.close()
        }
    }

    @Test("requests that never end are ended, and hold no memory")
    func slowloris() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let (network, _, server) = try await pair(simulation)
            server.handle(["/slow"]) { _, _, request in request }
            for _ in 0..<50 {
                let stream = try await network[0].openStream(to: network[1].localPeer, ["/slow"])
                try await stream.write([1])
            }
            await network[0].world.clock.sleep(for: .seconds(5))
            #expect(network[1].connections[0].streamCount == 50)
            await network[0].world.clock.sleep(for: .seconds(6))
            #expect(network[1].connections[0].streamCount == 0)
            #expect(server.counts.failed == 50)
            await network.close()
        }
    }
}
