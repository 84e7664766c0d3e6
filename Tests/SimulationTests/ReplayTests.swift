import Reactor
import Testing
import Time
import Wire

@testable import Engine

/// Records of engines that talked to each other, done again: in virtual time, so with all their pauses.
@Suite struct ReplayTests {
    /// Keeps entries in memory, as lines.
    @NetworkActor private final class MemoryRecord: RecordSink {
        private(set) var bytes: [UInt8] = []
        private let start: Instant

        init(_ world: World) { start = world.clock.now }

        func write(_ entry: RecordEntry) { bytes += entry.line(since: start, .standard) }
    }

    /// An engine that is recorded while `body` speaks to it.
    @NetworkActor private static func record(
        _ world: World, listen: [String] = [], _ body: (SimulatedEngine) async throws -> Void
    ) async throws -> [UInt8] {
        let record = MemoryRecord(world)
        let engine = try await SimulatedEngine.start(world, listen: listen, record: record)
        try await body(engine)
        await engine.end()
        return record.bytes
    }

    @NetworkActor private static func replay(
        _ bytes: [UInt8], _ world: World, isFast: Bool = false
    ) async throws -> (result: Replay.Result, took: Duration) {
        var options = Replay.Options(location: .ephemeral)
        options.isFast = isFast
        let began = world.clock.now
        let result = try await Replay.run(try Record.all(in: bytes)[0], options, world: world)
        return (result, world.clock.now - began)
    }

    @Test func pausesAreKeptOrNot() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let bytes = try await Self.record(simulation.host("a"), listen: ["/ip4/10.0.0.1/tcp/4001"]) { engine in
                for id in 1...5 {
                    await engine.send(#"{"cmd":"status","id":\#(id)}"#)
                    await engine.sleep(for: .seconds(60))
                }
            }
            let slow = try await Self.replay(bytes, simulation.host("b"))
            #expect(slow.result.differences.isEmpty && slow.result.matched == 7)
            #expect(slow.took >= .seconds(300) && slow.took < .seconds(302))
            let fast = try await Self.replay(bytes, simulation.host("c"), isFast: true)
            #expect(fast.result.differences.isEmpty && fast.result.matched == 7)
            #expect(fast.took < .seconds(1))
        }
    }

    /// A message that was answered earlier is meant later by what it is called now; and time does what it did.
    @Test func messagesThatExpire() async throws {
        try await SimulatedWorld.run(seed: 2) { simulation in
            let bob = "12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo"
            let bytes = try await Self.record(simulation.host("a")) { engine in
                await engine.send(#"{"cmd":"message.send","id":1,"to":"\#(bob)","text":"hi","expires_in":"30s"}"#)
                let sent = try await engine.line(with: #""type":"ok","id":1"#)
                let message = try value("message", of: sent)
                try await engine.line(with: #""type":"message.expired""#)
                await engine.send(#"{"cmd":"message.show","id":2,"message":"\#(message)"}"#)
                try await engine.line(with: #""type":"ok","id":2"#)
                await engine.send(
                    #"{"cmd":"message.send","id":3,"to":"\#(bob)","text":"\#(message)","reply_to":"\#(message)"}"#)
                try await engine.line(with: #""type":"ok","id":3"#)
                await engine.send(#"{"cmd":"shutdown","drain":0}"#)
            }
            for isFast in [true, false] {
                let (result, _) = try await Self.replay(bytes, simulation.host("b\(isFast)"), isFast: isFast)
                #expect(result.differences.isEmpty, "\(String(decoding: result.lines, as: UTF8.self))")
                #expect(result.matched == 7)
            }
        }
    }

    /// The other engine is not there: what it did is missing, and all else is as it was.
    @Test func withoutThePeer() async throws {
        try await SimulatedWorld.run(seed: 3) { simulation in
            let other = try await SimulatedEngine.start(simulation.host("b"), listen: ["/ip4/0.0.0.0/tcp/4001"])
            let started = try await other.line(with: #""type":"started""#)
            let (peer, address) = (try value("peer", of: started), try value("addresses", of: started))
            let bytes = try await Self.record(simulation.host("a")) { engine in
                await engine.send(#"{"cmd":"contact.add","id":1,"peer":"\#(peer)","alias":"bob"}"#)
                await engine.send(#"{"cmd":"net.connect","id":2,"address":"\#(address)"}"#)
                try await engine.line(with: #""type":"ok","id":2"#)
                await engine.send(#"{"cmd":"message.send","id":3,"to":"bob","text":"hi","wait":"delivered"}"#)
                try await engine.line(with: #""type":"ok","id":3"#)
                await engine.send(#"{"cmd":"contact.list","id":4}"#)
                try await engine.line(with: #""type":"ok","id":4"#)
            }
            await other.end()
            let (result, _) = try await Self.replay(bytes, simulation.host("c"), isFast: true)
            let text = String(decoding: result.lines, as: UTF8.self)
            #expect(text.contains(#""difference":"missing","expected":{"type":"peer.connected""#))
            #expect(text.contains(#""difference":"changed","fields":["type"],"expected":{"type":"ok","id":2"#))
            #expect(text.contains(#""code":"peer.unreachable","text":"peer \#(peer) could not be dialed"#))
            #expect(!text.contains(#""id":1"#) && !text.contains(#"contact.added"#))
            #expect(text.hasSuffix("}\n") && result.matched >= 4)
        }
    }

    /// A record that breaks off ends there: the engine is stopped, and what it says then is nobody's business.
    @Test func aTornRecord() async throws {
        try await SimulatedWorld.run(seed: 4) { simulation in
            var bytes = try await Self.record(simulation.host("a")) { engine in
                await engine.send(#"{"cmd":"sync","id":1}"#)
                await engine.send(#"{"cmd":"sync","id":2}"#)
            }
            let whole = String(decoding: bytes, as: UTF8.self)
            let cut = try #require(whole.firstRange(of: #"{\"type\":\"ok\",\"id\":2"#))
            bytes = Array(whole[..<cut.lowerBound].utf8)
            let (result, took) = try await Self.replay(bytes, simulation.host("b"))
            #expect(result.differences.isEmpty && result.matched == 2)
            #expect(took < .seconds(1))
        }
    }

    /// Nobody outside this machine is reached, and nobody reaches it.
    @Test func aStrangersRecord() async throws {
        try await SimulatedWorld.run(seed: 5) { simulation in
            let victim = try await SimulatedEngine.start(simulation.host("victim"), listen: ["/ip4/0.0.0.0/tcp/4001"])
            let address = try value("addresses", of: try await victim.line(with: #""type":"started""#))
            let header =
                #"{"record":1,"version":"x","protocol":1,"settings":{"listen":["/ip4/0.0.0.0/tcp/22"],"home":"/tmp"}}"#
            let lines = [
                #"{"cmd":"net.connect","address":"\#(address)"}"#,
                #"{"cmd":"net.listen","address":"/ip4/0.0.0.0/tcp/23"}"#,
                #"{"cmd":"net.listen","address":"/ip4/0.0.0.0/tcp/23"}"#,
                #"{"cmd":"net.connect","address":"/dns4/victim/tcp/4001"}"#, #"{"cmd":"net.addresses"}"#,
                #"{"cmd":"config.set","name":"log","value":"debug","saved":true}"#,
                #"{"cmd":"account.list"}"#, #"{"cmd":"sync"}"#,
            ].enumerated().map { #"{"at_us":1,"line":\#($0 + 1),"in":\#(JSON.string($1).text)}"# }
            let last = #"{"at_us":1,"out":"{\"type\":\"ok\",\"cmd\":\"sync\"}"}"#
            let record = Array(([header] + lines + [last]).joined(separator: "\n").utf8)
            let world = simulation.host("b")
            var options = Replay.Options(location: .ephemeral)
            options.isFast = true
            let seen = MemoryRecord(world)
            _ = try await Replay.run(try Record.all(in: record)[0], options, world: world, record: seen)
            let text = String(decoding: seen.bytes, as: UTF8.self)
            #expect(text.contains("host unreachable") && text.contains("a replay looks up no names"))
            #expect(text.contains("address.in_use") && text.contains("/ip4/127.0.0.1/tcp/"))
            #expect(!text.contains("/tcp/22\\\"") && !text.contains("/tcp/23/p2p"))
            #expect(text.contains("config.unwritable") || text.contains("argument"))
            await victim.sleep(for: .seconds(30))
            #expect(!victim.lines.contains { $0.contains("peer.connected") })
            await victim.end()
        }
    }
}
