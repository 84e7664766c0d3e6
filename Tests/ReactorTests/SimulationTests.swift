import Reactor
import Testing
import Time

@Suite(.timeLimit(.minutes(15))) struct SimulatedWorldTests {
    @Test func virtualTimeTakesNoTime() async throws {
        let start = ContinuousClock.now
        try await SimulatedWorld.run(seed: 1) { simulation in
            let host = simulation.host("a")
            let wall = host.wallClock.now
            #expect(wall.rfc3339 == "2026-01-01T00:00:00.000Z")
            await host.clock.sleep(for: .seconds(86_400))
            #expect(simulation.elapsed == .seconds(86_400))
            #expect(host.wallClock.now - wall == .seconds(86_400))
        }
        #expect(ContinuousClock.now - start < .seconds(30))
    }

    @Test func theRoundTripIsTheLatencyTwice() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            simulation.setConditions(LinkConditions(latency: .milliseconds(50), jitter: .zero))
            let server = simulation.host("server")
            let client = simulation.host("client")
            let listener = try server.network.listen(on: simulation.address(of: "server", port: 4001), backlog: 1)
            listener.serveEcho()
            let channel = try await AsyncChannel.connect(client, to: listener.localAddress)
            #expect(simulation.elapsed == .milliseconds(100), "request and answer")
            try await channel.write([1])
            _ = try await channel.read()
            #expect(simulation.elapsed == .milliseconds(200))
        }
    }

    @Test func bandwidthBoundsTheRate() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            simulation.setConditions(LinkConditions(latency: .milliseconds(1), jitter: .zero, bandwidth: 1_000_000))
            let server = simulation.host("server")
            let client = simulation.host("client")
            let listener = try server.network.listen(on: .ip(.any4, port: 80), backlog: 1)
            let target = simulation.address(of: "server", port: 80)
            var received = 0
            listener.serve { peer in received = (try? await peer.readToEnd().count) ?? -1 }
            let channel = try await AsyncChannel.connect(client, to: target)
            try await channel.write([UInt8](repeating: 1, count: 10_000_000))
            channel.channel.shutdownWrite()
            while received == 0 { await client.clock.sleep(for: .milliseconds(100)) }
            #expect(received == 10_000_000)
            #expect(simulation.elapsed > .seconds(9.9) && simulation.elapsed < .seconds(11))
        }
    }

    @Test func aPartitionHoldsBytesUntilItHeals() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let (client, channel) = try await simulation.echoPair()
            simulation.partition(["client"], ["server"])
            try await channel.write([1, 2])
            try await channel.write([3])
            await client.clock.sleep(for: .seconds(60))
            #expect(channel.readableCalls == 0)
            simulation.heal()
            #expect(try await channel.read(exactly: 3) == [1, 2, 3])
            #expect(simulation.elapsed < .seconds(62))
        }
    }

    @Test func aLongPartitionTimesConnectionsOut() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let (_, channel) = try await simulation.echoPair()
            simulation.partition(from: ["client"], to: ["server"])
            try await channel.write([1])
            await #expect(throws: NetworkError.timedOut) { try await channel.read() }
            #expect(simulation.elapsed > .seconds(900) && simulation.elapsed < .seconds(1000))
        }
    }

    @Test func connectingIntoAPartitionTimesOut() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let (client, channel) = try await simulation.echoPair()
            simulation.partition(["client"], ["server"])
            await #expect(throws: NetworkError.timedOut) {
                try await AsyncChannel.connect(client, to: channel.channel.remoteAddress)
            }
            #expect(simulation.elapsed > .seconds(129) && simulation.elapsed < .seconds(131))
            await #expect(throws: NetworkError.unreachable) {
                try await AsyncChannel.connect(client, to: .ip(IPAddress("10.9.9.9") ?? .any4, port: 1))
            }
        }
    }

    @Test func anAttemptThatOutlastsThePartitionSucceeds() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let (client, channel) = try await simulation.echoPair()
            simulation.partition(["client"], ["server"])
            client.clock.schedule(after: .seconds(20)) { simulation.heal() }
            let late = try await AsyncChannel.connect(client, to: channel.channel.remoteAddress)
            try await late.write([5])
            #expect(try await late.read(exactly: 1) == [5])
        }
    }

    @Test func cutConnectionsAreResetAtBothEnds() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let (client, channel) = try await simulation.echoPair()
            try await channel.write([1])
            simulation.cutConnections(between: "server", and: "client")
            await #expect(throws: NetworkError.reset) { try await channel.read() }
            let again = try await AsyncChannel.connect(client, to: channel.channel.remoteAddress)
            simulation.crash("server")
            await #expect(throws: NetworkError.reset) { try await again.read() }
            await #expect(throws: NetworkError.refused) {
                try await AsyncChannel.connect(client, to: channel.channel.remoteAddress)
            }
        }
    }

    @Test func workersRunInlineAndInOrder() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let host = simulation.host("a")
            #expect(try await host.workers.run { EventLoop.shared.isCurrentThread })
            let worker = host.serialWorker(named: "store")
            let log = Box<[String]>([])
            worker.submit { log.value.append("first") }
            worker.submit { log.value.append("second") }
            host.atEndOfTurn { log.value.append("end of turn") }
            _ = try await worker.run { log.value.append("third") }
            #expect(log.value == ["end of turn", "first", "second", "third"])
            #expect(simulation.elapsed == .zero)
            #expect(try await host.network.resolve("a", family: nil) == [IPAddress("10.0.0.1")])
        }
    }

    @Test func aBodyThatNeverReturnsIsGivenUp() async throws {
        await #expect(throws: SimulationError.timeLimit(.seconds(60))) {
            try await SimulatedWorld.run(seed: 1, limit: .seconds(60)) { simulation in
                let clock = simulation.host("a").clock
                while !Task.isCancelled { await clock.sleep(for: .seconds(1)) }
            }
        }
        await #expect(throws: SimulationError.stalled) {
            try await SimulatedWorld.run(seed: 1) { simulation in
                let (_, channel) = try await simulation.echoPair()
                _ = try await channel.read()
            }
        }
    }

    @Test func whatTheBodyThrowsComesOut() async {
        await #expect(throws: NetworkError.refused) {
            try await SimulatedWorld.run(seed: 1) { _ in throw NetworkError.refused }
        }
    }

    // MARK: Determinism

    @Test func oneSeedGivesOneTrace() async throws {
        let first = try await chatter(seed: 7)
        let second = try await chatter(seed: 7)
        let other = try await chatter(seed: 8)
        #expect(first.count > 1000)
        #expect(first == second)
        #expect(first != other)
    }

    /// Beside others that run at the same time, and beside real work.
    @Test func simulationsDoNotDisturbEachOther() async throws {
        let alone = try await chatter(seed: 7)
        let stop = Box(false)
        let noise = spawn { while !stop.value { await Task.yield() } }
        let clock = spawn { while !stop.value { await World.real().clock.sleep(for: .microseconds(200)) } }
        let traces = try await withThrowingTaskGroup(of: (Int, [String]).self) { group in
            for index in 0..<4 { group.addTask { (index, try await chatter(seed: index == 3 ? 9 : 7)) } }
            var traces: [Int: [String]] = [:]
            // The busy task keeps the loop from ever being idle; once it rests the simulations go on.
            spawn {
                await World.real().clock.sleep(for: .milliseconds(50))
                stop.value = true
            }
            for try await (index, trace) in group { traces[index] = trace }
            return traces
        }
        await noise.value
        await clock.value
        for index in 0..<3 { #expect(traces[index] == alone) }
        #expect(traces[3] != alone)
    }
}

/// Twenty hosts that talk all at once, over jittery, lossy, slow links, with partitions and cuts.
private func chatter(seed: UInt64) async throws -> [String] {
    try await SimulatedWorld.run(seed: seed) { simulation in
        simulation.recordsTrace = true
        simulation.setConditions(
            LinkConditions(
                latency: .milliseconds(20), jitter: .milliseconds(15), bandwidth: 2_000_000, loss: 0.02,
                socketBuffer: 8192))
        let names = (0..<20).map { "host\($0)" }
        let hosts = names.map { simulation.host($0) }
        for host in hosts { try host.network.listen(on: .ip(.any4, port: 4001), backlog: 8).serveEcho() }
        var tasks: [Task<Void, Never>] = []
        for (index, host) in hosts.enumerated() {
            tasks.append(
                spawn {
                    for _ in 0..<4 {
                        let peer = host.random.next(below: names.count)
                        let address = simulation.address(of: names[peer], port: 4001)
                        guard let channel = try? await AsyncChannel.connect(host, to: address) else { continue }
                        let body = host.random.bytes(host.random.next(below: 12_000))
                        let writer = spawn {
                            try? await channel.write(body)
                            channel.channel.shutdownWrite()
                        }
                        _ = try? await channel.readToEnd()
                        await writer.value
                        channel.channel.close()
                        await host.clock.sleep(for: .milliseconds(Int64(host.random.next(below: 50))))
                        if index == 3 { simulation.cutConnections(between: "host4", and: "host5") }
                    }
                })
        }
        await hosts[0].clock.sleep(for: .milliseconds(300))
        simulation.partition(Array(names.prefix(5)), Array(names.suffix(10)))
        await hosts[0].clock.sleep(for: .seconds(2))
        simulation.heal()
        for task in tasks { await task.value }
        return simulation.trace
    }
}

extension SimulatedWorld {
    /// A server that sends everything back, and a client that is connected to it.
    fileprivate func echoPair() async throws -> (client: World, channel: AsyncChannel) {
        let server = host("server")
        let client = host("client")
        try server.network.listen(on: .ip(.any4, port: 4001), backlog: 8).serveEcho()
        let channel = try await AsyncChannel.connect(client, to: address(of: "server", port: 4001))
        return (client, channel)
    }
}
