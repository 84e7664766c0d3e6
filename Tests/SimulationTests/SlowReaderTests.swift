import Reactor
import Testing

/// A reader that takes nothing for a while.
@Suite struct SlowReaderTests {
    /// Durable events wait in the store and come all, in order; ephemeral ones are counted; memory is bounded; the peer
    /// is served meanwhile.
    @Test func nothingDurableIsLost() async throws {
        try await SimulatedWorld.run(seed: 3) { simulation in
            let alice = try await SimulatedEngine.start(
                simulation.host("alice"), listen: ["/ip4/10.0.0.1/tcp/4001"])
            let bob = try await SimulatedEngine.start(simulation.host("bob"))
            let started = try await alice.line(with: #""type":"started""#)
            let (peer, address) = (try value("peer", of: started), try value("addresses", of: started))
            alice.isStalled = true

            let text = String(repeating: "x", count: 10_000)
            for index in 1...500 {
                await bob.send(#"{"cmd":"net.connect","address":"\#(address)"}"#)
                await bob.send(#"{"cmd":"message.send","to":"\#(peer)","text":"\#(index) \#(text)"}"#)
                guard index % 50 == 0 else { continue }
                await bob.send(
                    #"{"cmd":"message.send","id":\#(index),"to":"\#(peer)","text":"\#(text)","wait":"delivered"}"#)
                try await bob.line(with: #""type":"ok","id":\#(index),"#)
                for _ in 1...5 {
                    let before = bob.lines.count
                    await SleepingClock(simulation).sleep(.seconds(5))
                    await bob.send(#"{"cmd":"net.disconnect","peer":"\#(peer)"}"#)
                    await bob.send(#"{"cmd":"net.connect","address":"\#(address)"}"#)
                    try await bob.line(with: #""cmd":"net.connect""#, from: before)
                }
            }
            #expect(alice.lines.count == 1)
            alice.isStalled = false
            try await alice.line(with: #""seq":510,"#)
            try await alice.line(with: #""type":"dropped""#)
            let numbers = try alice.lines.filter { $0.hasPrefix(#"{"type":"message","#) }.map {
                try value("seq", of: $0)
            }
            #expect(numbers == (1...510).map(String.init))
            #expect(alice.largestBatch < 3 << 20)
            await bob.end()
            await alice.end()
        }
    }

    /// Commands are not read on while their answers are not.
    @Test func aFloodOfCommandsWaitsForItsReader() async throws {
        try await SimulatedWorld.run(seed: 4) { simulation in
            let alice = try await SimulatedEngine.start(simulation.host("alice"))
            try await alice.line(with: #""type":"started""#)
            alice.isStalled = true
            var isTaken = false
            spawn {
                for _ in 1...20 { await alice.send(String(repeating: "{\"cmd\":\"help\"}\n", count: 50)) }
                isTaken = true
            }
            await SleepingClock(simulation).sleep(.seconds(60))
            #expect(!isTaken)
            #expect(alice.lines.count == 1)
            alice.isStalled = false
            await SleepingClock(simulation).sleep(.seconds(60))
            #expect(isTaken)
            #expect(alice.lines.filter { $0.hasPrefix(#"{"type":"ok","#) }.count == 1000)
            #expect(alice.largestBatch < 2 << 20)
            await alice.end()
        }
    }
}
