import Reactor
import Testing
import Time

/// Two whole engines in the simulated world.
@Suite struct ConversationTests {
    private struct Run: Equatable, Sendable {
        var alice: [String]
        var bob: [String]
        var trace: [String]
    }

    /// A conversation over a bad link, with the network parted in the middle.
    private func converse(seed: UInt64) async throws -> Run {
        try await SimulatedWorld.run(seed: seed) { simulation in
            simulation.recordsTrace = true
            simulation.setConditions(LinkConditions(latency: .milliseconds(20), jitter: .milliseconds(10)))
            let alice = try await SimulatedEngine.start(
                simulation.host("alice"), listen: ["/ip4/10.0.0.1/tcp/4001"])
            let bob = try await SimulatedEngine.start(simulation.host("bob"))
            let started = try await alice.line(with: #""type":"started""#)
            let (alicePeer, address) = (try value("peer", of: started), try value("addresses", of: started))
            let bobPeer = try value("peer", of: try await bob.line(with: #""type":"started""#))

            await bob.send(#"{"cmd":"net.connect","id":"c","address":"\#(address)"}"#)
            try await bob.line(with: #""type":"ok","id":"c""#)
            for index in 1...20 {
                await bob.send(#"{"cmd":"message.send","to":"\#(alicePeer)","text":"b\#(index)"}"#)
                await alice.send(#"{"cmd":"message.send","to":"\#(bobPeer)","text":"a\#(index)"}"#)
                if index == 10 { simulation.partition(["alice"], ["bob"]) }
            }
            simulation.cutConnections(between: "alice", and: "bob")
            await SleepingClock(simulation).sleep(.seconds(30))
            simulation.heal()
            try await alice.line(with: #""type":"message""#, #""text":"b20""#)
            try await bob.line(with: #""type":"message""#, #""text":"a20""#)
            for index in 1...20 {
                try await alice.line(with: #""type":"message""#, "\"b\(index)\"")
                try await bob.line(with: #""type":"message""#, "\"a\(index)\"")
            }
            await bob.end()
            await alice.end()
            return Run(alice: alice.lines, bob: bob.lines, trace: simulation.trace)
        }
    }

    @Test func everyMessageOnceAndInOrder() async throws {
        let run = try await converse(seed: 1)
        for (lines, letter) in [(run.alice, "b"), (run.bob, "a")] {
            let texts = try lines.filter { $0.hasPrefix(#"{"type":"message","#) }.map { try value("text", of: $0) }
            #expect(texts == (1...20).map { "\(letter)\($0)" })
        }
        for lines in [run.alice, run.bob] {
            #expect(lines.first?.hasPrefix(#"{"type":"started""#) == true)
            #expect(lines.last?.hasPrefix(#"{"type":"stopped""#) == true)
            let numbers = try lines.compactMap { line in
                line.contains(#""seq""#) && !line.contains("started") ? Int(try value("seq", of: line)) : nil
            }
            #expect(numbers == Array(1...max(numbers.count, 1)))
        }
    }

    @Test func oneSeedGivesOneRun() async throws {
        let first = try await converse(seed: 7)
        let second = try await converse(seed: 7)
        #expect(first.trace == second.trace)
        #expect(first == second)
        let third = try await converse(seed: 8)
        #expect(first != third)
    }
}

/// The clock of a simulation, for a test's own waiting.
@NetworkActor struct SleepingClock {
    private let clock: any MonotonicClock

    init(_ simulation: SimulatedWorld) {
        clock = simulation.host("clock \(simulation.elapsed)").clock
    }

    func sleep(_ duration: Duration) async {
        await clock.sleep(for: duration)
    }
}
