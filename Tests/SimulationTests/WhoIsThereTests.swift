import Reactor
import Testing
import Time
import Wire

/// Five engines, of which each knows one other, and all see all.
@Suite struct WhoIsThereTests {
    private static let names = ["ada", "ben", "cyd", "dot", "eve"]

    /// What an engine was told of presence: when, of whom, how it is.
    private struct Told: Equatable, Sendable {
        var time: Int
        var nick: String
        var status: String
    }

    /// Engines that stand in a row.
    @NetworkActor private final class Row {
        let engines: [SimulatedEngine]
        private let addresses: [String]
        private let world: World
        private let start: Int

        init(_ simulation: SimulatedWorld) async throws {
            world = simulation.host("watch")
            start = Int(world.wallClock.now.milliseconds)
            var engines: [SimulatedEngine] = []
            var addresses: [String] = []
            for (index, name) in WhoIsThereTests.names.enumerated() {
                let engine = try await SimulatedEngine.start(
                    simulation.host(name), listen: ["/ip4/10.0.0.\(index + 2)/tcp/4001"], nickname: name)
                let started = try await engine.line(with: #""type":"started""#)
                engines.append(engine)
                addresses.append(try value("addresses", of: started))
            }
            self.engines = engines
            self.addresses = addresses
            for index in engines.indices.dropFirst() { await connect(index) }
        }

        /// Connects an engine to the one before it.
        func connect(_ index: Int) async {
            await engines[index].send(#"{"cmd":"net.connect","address":"\#(addresses[index - 1])"}"#)
        }

        /// The seconds since the beginning.
        var elapsed: Int { (Int(world.wallClock.now.milliseconds) - start) / 1000 }

        func pass(_ duration: Duration) async { await world.clock.sleep(for: duration) }

        func told(_ engine: Int, from first: Int = 0) throws -> [Told] {
            try engines[engine].lines.dropFirst(first).filter { $0.hasPrefix(#"{"type":"presence","#) }.map { line in
                Told(
                    time: (try Self.milliseconds(value("time", of: line)) - start) / 1000,
                    nick: try value("nick", of: line), status: try value("status", of: line))
            }
        }

        /// Of this one day of the simulation.
        private static func milliseconds(_ time: String) throws -> Int {
            try #require(Timestamp(rfc3339: time).map { Int($0.milliseconds) })
        }

        func end() async {
            for engine in engines { await engine.end() }
        }
    }

    @Test("all see all by name within two seconds; who is cut off has gone in a minute, and is back when it is")
    func comeAndGo() async throws {
        try await SimulatedWorld.run(seed: 3) { simulation in
            simulation.setConditions(LinkConditions(latency: .milliseconds(5), jitter: .milliseconds(2)))
            let row = try await Row(simulation)
            await row.pass(.seconds(2))
            for (index, name) in Self.names.enumerated() {
                let others = Set(Self.names).subtracting([name])
                #expect(Set(try row.told(index).map(\.nick)) == others)
                #expect(try row.told(index).allSatisfy { $0.status == "online" })
            }

            await row.pass(.seconds(30))
            let marks = row.engines.map(\.lines.count)
            let cut = row.elapsed
            simulation.partition(["eve"], Array(Self.names.dropLast()))
            await row.pass(.seconds(62))
            for index in 0..<4 {
                let told = try row.told(index, from: marks[index])
                #expect(told.map(\.nick) == ["eve"] && told.map(\.status) == ["offline"])
                #expect(told.allSatisfy { (30...60).contains($0.time - cut) }, "\(told), cut at \(cut)")
            }
            #expect(Set(try row.told(4, from: marks[4]).map(\.nick)) == Set(Self.names.dropLast()))
            simulation.heal()
            await row.connect(4)
            await row.pass(.seconds(20))
            for index in 0..<4 {
                #expect(try row.told(index, from: marks[index]).map(\.status) == ["offline", "online"])
            }
            #expect(try row.told(4, from: marks[4]).suffix(4).allSatisfy { $0.status == "online" })

            // Who is killed is missed by its neighbours as soon as it cannot be dialed, and by the others when it has been
            // silent for too long.
            let killed = row.elapsed
            simulation.partition(["eve"], Array(Self.names.dropLast()))
            simulation.crash("eve")
            await row.pass(.seconds(12))
            #expect(try row.told(3, from: marks[3]).last?.status == "offline")
            await row.pass(.seconds(50))
            for index in 0..<3 {
                let last = try row.told(index, from: marks[index]).last
                #expect(last?.status == "offline" && (30...62).contains((last?.time ?? 0) - killed))
            }
            await row.end()
        }
    }

    @Test func oneSeedGivesOneStory() async throws {
        func story() async throws -> [[Told]] {
            try await SimulatedWorld.run(seed: 9) { simulation in
                let row = try await Row(simulation)
                await row.pass(.seconds(20))
                simulation.partition(["cyd"], ["ada", "ben", "dot", "eve"])
                simulation.crash("cyd")
                await row.pass(.seconds(60))
                let story = try row.engines.indices.map { try row.told($0) }
                await row.end()
                return story
            }
        }
        let first = try await story()
        #expect(first == (try await story()))
        #expect(first.joined().contains { $0.status == "offline" })
    }
}
