import Foundation
import Reactor
import Testing

/// Engines that are connected to each other more than once, or were.
@Suite struct SeveralConnectionsTests {
    @Test(
        "two that dial each other at once talk in a topic and a group, and see each other",
        arguments: 1...3 as ClosedRange<UInt64>)
    func simultaneous(_ seed: UInt64) async throws {
        try await SimulatedWorld.run(seed: seed) { simulation in
            let alice = try await SimulatedEngine.start(
                simulation.host("alice"), listen: ["/ip4/10.0.0.1/tcp/4001"], nickname: "alice")
            let bob = try await SimulatedEngine.start(
                simulation.host("bob"), listen: ["/ip4/10.0.0.2/tcp/4001"], nickname: "bob")
            let pair = [alice, bob]
            var addresses: [String] = []
            for engine in pair {
                addresses.append(try value("addresses", of: try await engine.line(with: #""type":"started""#)))
                await engine.send(#"{"cmd":"topic.subscribe","id":"t","topic":"room"}"#)
            }
            for (engine, address) in zip(pair, addresses.reversed()) {
                await engine.send(#"{"cmd":"net.connect","id":"c","address":"\#(address)"}"#)
            }
            for engine in pair { try await engine.line(with: #""type":"ok","id":"c""#) }
            await alice.sleep(for: .seconds(3))
            // Beyond the time after which one of two connections is closed.
            for round in 0..<3 {
                for (engine, other) in [(alice, bob), (bob, alice)] {
                    let text = "\(round) \(engine === alice)"
                    await engine.send(#"{"cmd":"topic.publish","id":"p\#(round)","topic":"room","text":"\#(text)"}"#)
                    try await engine.line(with: #""id":"p\#(round)""#, #""recipients":1"#)
                    try await other.line(with: #""type":"topic.message""#, text)
                }
                await alice.sleep(for: .seconds(15))
            }
            for engine in pair {
                #expect(engine.lines.contains { $0.contains(#""type":"presence""#) && $0.contains("online") })
                #expect(!engine.lines.contains { $0.contains(#""status":"offline""#) })
            }
            for engine in pair { await engine.end() }
        }
    }

    @Test("the power fails, and the engine is back at once from elsewhere: topic, group and presence go on")
    func powerCut() async throws {
        let room = FileManager.default.temporaryDirectory.appendingPathComponent("linnet-power-\(UUID())")
        try FileManager.default.createDirectory(at: room, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: room) }
        let disks = ["made", "first", "second"].map { room.appendingPathComponent($0).path }
        try await SimulatedWorld.run(seed: 4) { simulation in
            let alice = try await SimulatedEngine.start(
                simulation.host("alice"), listen: ["/ip4/10.0.0.1/tcp/4001"], nickname: "alice")
            let address = try value("addresses", of: try await alice.line(with: #""type":"started""#))
            await alice.send(#"{"cmd":"topic.subscribe","id":"t","topic":"room"}"#)
            await alice.send(#"{"cmd":"group.create","id":"g","name":"g"}"#)
            try await alice.line(with: #""type":"ok","id":"g""#)
            await alice.send(##"{"cmd":"group.invite","id":"i","group":"#g"}"##)
            let invite = try value("invite", of: try await alice.line(with: #""type":"ok","id":"i""#))

            // One account and its group, on two disks.
            let maker = try await SimulatedEngine.start(simulation.host("maker"), directory: disks[0])
            await maker.send(#"{"cmd":"net.connect","id":"c","address":"\#(address)"}"#)
            await maker.send(#"{"cmd":"group.accept","id":"a","invite":"\#(invite)"}"#)
            try await maker.line(with: #""type":"ok","id":"a""#, #""state":"member""#)
            await maker.sleep(for: .seconds(2))
            await maker.end()
            for copy in disks.dropFirst() { try FileManager.default.copyItem(atPath: disks[0], toPath: copy) }

            func start(_ name: String, _ directory: String) async throws -> SimulatedEngine {
                let bob = try await SimulatedEngine.start(
                    simulation.host(name), listen: ["/ip4/0.0.0.0/tcp/4001"], nickname: "bob", directory: directory)
                await bob.send(#"{"cmd":"topic.subscribe","id":"t","topic":"room"}"#)
                await bob.send(#"{"cmd":"net.connect","id":"c","address":"\#(address)"}"#)
                try await bob.line(with: #""type":"ok","id":"c""#)
                await bob.sleep(for: .seconds(3))
                return bob
            }
            let before = try await start("before", disks[1])
            simulation.partition(["before"], ["alice"])
            await alice.sleep(for: .milliseconds(500))
            let mark = alice.lines.count
            let after = try await start("after", disks[2])
            await alice.send(#"{"cmd":"topic.publish","id":"p","topic":"room","text":"over here"}"#)
            await after.send(#"{"cmd":"topic.publish","id":"p","topic":"room","text":"over there"}"#)
            await alice.send(##"{"cmd":"message.send","id":"m","to":"#g","text":"to all"}"##)
            await after.send(##"{"cmd":"message.send","id":"m","to":"#g","text":"to all of you"}"##)
            await alice.sleep(for: .seconds(2))
            #expect(after.lines.contains { $0.contains(#""type":"topic.message""#) && $0.contains("over here") })
            #expect(alice.lines.contains { $0.contains(#""type":"topic.message""#) && $0.contains("over there") })
            #expect(after.lines.contains { $0.contains(#""type":"message""#) && $0.contains("to all") })
            #expect(alice.lines.contains { $0.contains(#""type":"message""#) && $0.contains("to all of you") })
            await alice.sleep(for: .seconds(120))
            #expect(!alice.lines[mark...].contains { $0.contains(#""status":"offline""#) })
            await alice.send(#"{"cmd":"topic.publish","id":"q","topic":"room","text":"still here"}"#)
            try await after.line(with: "still here")
            for engine in [alice, after] { await engine.end() }
            _ = before
        }
    }
}
