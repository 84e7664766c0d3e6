import Reactor
import Testing

/// Much to catch up on: more groups than a peer takes streams, more epochs than it takes at once.
@Suite struct CatchingUpTests {
    private static let (groups, epochs) = (6, 90)

    @Test func manyGroupsAndManyEpochs() async throws {
        try await SimulatedWorld.run(seed: 3) { simulation in
            let alice = try await SimulatedEngine.start(simulation.host("alice"), listen: ["/ip4/10.0.0.1/tcp/4001"])
            let bob = try await SimulatedEngine.start(simulation.host("bob"))
            let started = try await alice.line(with: #""type":"started""#)
            let (peer, address) = (try value("peer", of: started), try value("addresses", of: started))
            await bob.send(#"{"cmd":"net.connect","id":"c","address":"\#(address)"}"#)
            try await bob.line(with: #""type":"ok","id":"c""#)
            for number in 0..<Self.groups {
                await alice.send(#"{"cmd":"group.create","id":"g\#(number)","name":"g\#(number)"}"#)
                try await alice.line(with: #""type":"ok","id":"g\#(number)""#)
                await alice.send(##"{"cmd":"group.invite","id":"i\##(number)","group":"#g\##(number)"}"##)
                let invite = try value("invite", of: try await alice.line(with: #""type":"ok","id":"i\#(number)""#))
                await bob.send(#"{"cmd":"group.accept","id":"a\#(number)","invite":"\#(invite)"}"#)
                try await bob.line(with: #""type":"ok","id":"a\#(number)""#, #""state":"member""#)
            }
            await bob.sleep(for: .seconds(5))
            await bob.send(#"{"cmd":"net.disconnect","id":"d","peer":"\#(peer)"}"#)
            try await bob.line(with: #""type":"ok","id":"d""#)

            // While bob is away, something is said in each group, and in one after each change of its key.
            for number in 0..<Self.groups {
                await alice.send(##"{"cmd":"message.send","to":"#g\##(number)","text":"in \##(number)"}"##)
            }
            for number in 0..<Self.epochs {
                await alice.send(##"{"cmd":"group.rekey","id":"r\##(number)","group":"#g0"}"##)
                try await alice.line(with: #""type":"ok","id":"r\#(number)""#)
                await alice.send(##"{"cmd":"message.send","id":"m\##(number)","to":"#g0","text":"under \##(number)"}"##)
                try await alice.line(with: #""type":"ok","id":"m\#(number)""#)
            }
            await bob.send(#"{"cmd":"net.connect","id":"c2","address":"\#(address)"}"#)
            try await bob.line(with: #""type":"ok","id":"c2""#)
            await bob.sleep(for: .seconds(50))
            let texts = try bob.lines.filter { $0.hasPrefix(#"{"type":"message","#) }.map { try value("text", of: $0) }
            let expected = (0..<Self.groups).map { "in \($0)" } + (0..<Self.epochs).map { "under \($0)" }
            #expect(Set(texts) == Set(expected) && texts.count == expected.count, "\(texts.count) of \(expected.count)")
            for engine in [alice, bob] {
                await engine.send(#"{"cmd":"stats","id":"s"}"#)
                let stats = try await engine.line(with: #""type":"ok","id":"s""#)
                #expect(!stats.contains("sync_"), "\(stats)")
                await engine.end()
            }
        }
    }
}
