import Reactor
import Testing
import Time

/// A group of twelve whole engines in the simulated world.
@Suite struct GroupTests {
    private static let count = 12
    /// What the halves are called.
    private static let halves = [Array(0..<6), Array(6..<12)]

    private struct Outcome: Equatable, Sendable {
        /// How long after the halves could talk again all was the same everywhere, in seconds of the simulation.
        var seconds: Double
        /// What each member lists, in its order.
        var conversations: [[String]]
        /// What each says of the group.
        var views: [String]
    }

    /// The network is cut in two for ten minutes. In both halves people talk; in one an admin gives the group another
    /// name, in the other one removes a member. Then the cut heals.
    private func partition(seed: UInt64) async throws -> Outcome {
        try await SimulatedWorld.run(seed: seed) { simulation in
            simulation.setConditions(LinkConditions(latency: .milliseconds(5), jitter: .milliseconds(5)))
            var engines: [SimulatedEngine] = []
            var (peers, addresses): ([String], [String]) = ([], [])
            for number in 0..<Self.count {
                let engine = try await SimulatedEngine.start(
                    simulation.host("e\(number)"), listen: ["/ip4/10.0.0.\(number + 1)/tcp/4001"])
                let started = try await engine.line(with: #""type":"started""#)
                peers.append(try value("peer", of: started))
                addresses.append(try value("addresses", of: started))
                engines.append(engine)
            }
            let clock = SleepingClock(simulation)
            func connect(_ from: Int, _ to: Int) async throws {
                await engines[from].send(#"{"cmd":"net.connect","id":"c\#(to)","address":"\#(addresses[to])"}"#)
                try await engines[from].line(with: #""type":"ok","id":"c\#(to)""#)
            }
            for number in 1..<Self.count {
                try await connect(number, number - 1)
                if number > 2 { try await connect(number, number / 2) }
            }
            await engines[0].send(#"{"cmd":"group.create","id":"g","name":"team"}"#)
            try await engines[0].line(with: #""type":"ok","id":"g""#)
            await engines[0].send(##"{"cmd":"group.invite","id":"i","group":"#team"}"##)
            let invite = try value("invite", of: try await engines[0].line(with: #""type":"ok","id":"i""#))
            for number in 1..<Self.count {
                // Whoever is let in has a connection to somebody who is.
                await engines[number].send(#"{"cmd":"group.accept","id":"a","invite":"\#(invite)"}"#)
                try await engines[number].line(with: #""type":"ok","id":"a""#)
                try await engines[number].line(with: #""type":"group.joined""#)
            }
            await engines[0].send(
                ##"{"cmd":"group.role","id":"r","group":"#team","peer":"\##(peers[6])","role":"admin"}"##)
            try await engines[6].line(with: #""change":"role""#)

            let names = Self.halves.map { $0.map { "e\($0)" } }
            simulation.partition(names[0], names[1])
            for left in names[0] { for right in names[1] { simulation.cutConnections(between: left, and: right) } }
            await clock.sleep(.seconds(60))
            await engines[0].send(##"{"cmd":"group.update","id":"u","group":"#team","name":"crew"}"##)
            try await engines[0].line(with: #""type":"ok","id":"u""#)
            await engines[6].send(##"{"cmd":"group.kick","id":"k","group":"#team","peer":"\##(peers[11])"}"##)
            try await engines[6].line(with: #""type":"ok","id":"k""#)
            for round in 0..<9 {
                for (number, engine) in engines.enumerated() where number != 11 {
                    let name = number < 6 ? "crew" : "team"
                    await engine.send(##"{"cmd":"message.send","to":"#\##(name)","text":"\##(number) \##(round)"}"##)
                }
                await clock.sleep(.seconds(60))
            }

            simulation.heal()
            try await connect(6, 5)
            let healed = simulation.elapsed
            var outcome = Outcome(seconds: 0, conversations: [], views: [])
            for attempt in 0..<120 {
                await clock.sleep(.milliseconds(500))
                let elapsed = simulation.elapsed - healed
                (outcome.conversations, outcome.views) = ([], [])
                for engine in engines.dropLast() {
                    let start = engine.lines.count
                    await engine.send(##"{"cmd":"message.list","id":"l\##(attempt)","chat":"#crew","limit":500}"##)
                    await engine.send(##"{"cmd":"group.show","id":"s\##(attempt)","group":"#crew"}"##)
                    guard
                        let shown = try? await engine.line(
                            with: #""id":"s\#(attempt)""#, #""cmd":"group.show""#, from: start)
                    else { break }
                    _ = try await engine.line(with: #""id":"l\#(attempt)","cmd":"message.list","#, from: start)
                    outcome.conversations.append(
                        try engine.lines[start...].filter { $0.contains(#""type":"item","id":"l\#(attempt)""#) }.map {
                            try value("text", of: $0)
                        })
                    outcome.views.append(
                        try ["name", "members", "epoch", "has_key"].map { try value($0, of: shown) }.joined(
                            separator: " "))
                }
                outcome.seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
                if Set(outcome.conversations).count == 1, outcome.conversations[0].count == 99,
                    Set(outcome.views).count == 1
                {
                    break
                }
            }
            for engine in engines { await engine.end() }
            return outcome
        }
    }

    @Test(arguments: [1, 2] as [UInt64]) func bothHalvesBecomeOne(seed: UInt64) async throws {
        let outcome = try await partition(seed: seed)
        #expect(Set(outcome.views) == ["crew 11 1 true"])
        #expect(outcome.conversations.count == 11 && outcome.conversations.allSatisfy { $0.count == 99 })
        #expect(Set(outcome.conversations).count == 1, "not in one order")
        #expect(outcome.seconds < 30, "\(outcome.seconds) s")
        print("a group of 12, 10 minutes apart, seed \(seed): the same everywhere after \(outcome.seconds) s")
    }
}
