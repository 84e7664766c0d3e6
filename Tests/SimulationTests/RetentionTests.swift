import Engine
import Reactor
import Testing

/// What a reader is told of events that are no longer kept.
@Suite struct RetentionTests {
    private static let peer = "12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo"

    /// By count: a stalled reader is told of what went with one `gap`, and has every event behind it.
    @Test func whatIsTooManyIsToldAsAGap() async throws {
        try await SimulatedWorld.run(seed: 5) { simulation in
            var retention = EventRetention()
            retention.maximumCount = 20
            let alice = try await SimulatedEngine.start(simulation.host("alice"), retention: retention)
            try await alice.line(with: #""type":"started""#)
            try await Self.change(alice, times: 50)
            await alice.send(#"{"cmd":"events.subscribe","id":"s","since":0}"#)
            let start = alice.lines.count
            try await alice.line(with: #""type":"contact.changed","seq":50,"#, from: start)
            let gap = try await alice.line(with: #""type":"gap""#, from: start)
            let last = try #require(Int(try value("to", of: gap)))
            #expect(try value("from", of: gap) == "1")
            // Twenty, and the few that may come until they are counted again.
            #expect((26...30).contains(last))
            let behind = alice.lines.drop { !$0.contains(#""type":"gap""#) }.dropFirst()
            #expect(try behind.map { try value("seq", of: $0) } == ((last + 1)...50).map(String.init))

            await alice.send(#"{"cmd":"events.replay","id":"r","since":0,"limit":500}"#)
            let ok = try await alice.line(with: #""type":"ok","id":"r""#)
            #expect(try value("count", of: ok) == String(50 - last + 1))
            let item = try await alice.line(with: #""type":"item","id":"r""#)
            #expect(item.contains(#""event":{"type":"gap","#) && item.contains(#""from":1,"to":\#(last)}"#))
            await alice.end()
        }
    }

    /// What is set while the engine runs holds for what is there already.
    @Test func lessIsKeptAsSoonAsItIsSet() async throws {
        try await SimulatedWorld.run(seed: 7) { simulation in
            let alice = try await SimulatedEngine.start(simulation.host("alice"))
            try await alice.line(with: #""type":"started""#)
            try await Self.change(alice, times: 50)
            await alice.send(#"{"cmd":"config.set","id":"c","name":"keep_events","value":10}"#)
            try await alice.line(with: #""type":"ok","id":"c""#)
            await SleepingClock(simulation).sleep(.seconds(1))
            let start = alice.lines.count
            await alice.send(#"{"cmd":"events.replay","id":"r","since":0}"#)
            let item = try await alice.line(with: #""type":"item","id":"r""#, from: start)
            #expect(item.contains(#""event":{"type":"gap","#) && item.contains(#""from":1,"to":40}"#))
            await alice.send(#"{"cmd":"config.set","id":"d","name":"keep_events_for","value":"1h"}"#)
            try await alice.line(with: #""type":"ok","id":"d""#)
            await SleepingClock(simulation).sleep(.seconds(3 * 3600))
            await alice.send(#"{"cmd":"events.replay","id":"s","since":0}"#)
            let all = try await alice.line(with: #""type":"item","id":"s""#)
            #expect(all.contains(#""from":1,"to":50}"#))
            await alice.end()
        }
    }

    /// By age, all of them: the gap reaches to the end.
    @Test func whatIsTooOldIsToldAsAGap() async throws {
        try await SimulatedWorld.run(seed: 6) { simulation in
            var retention = EventRetention()
            retention.maximumAge = .seconds(7200)
            let alice = try await SimulatedEngine.start(simulation.host("alice"), retention: retention)
            try await alice.line(with: #""type":"started""#)
            try await Self.change(alice, times: 3)
            await SleepingClock(simulation).sleep(.seconds(4 * 3600))
            let start = alice.lines.count
            await alice.send(#"{"cmd":"events.subscribe","since":1,"consumer":"late"}"#)
            let gap = try await alice.line(with: #""type":"gap""#, from: start)
            #expect(gap.contains(#""from":2,"to":3}"#))
            await alice.send(#"{"cmd":"contact.remove","peer":"\#(Self.peer)"}"#)
            let next = try await alice.line(with: #""type":"contact.changed","seq":4,"#, from: start)
            #expect(!next.contains("again"))
            await alice.send(#"{"cmd":"events.replay","id":"r","since":0}"#)
            let item = try await alice.line(with: #""type":"item","id":"r""#)
            #expect(item.contains(#""from":1,"to":3}"#))
            await alice.end()
        }
    }

    /// Adds a contact, or renames it, so many times.
    private static func change(_ engine: SimulatedEngine, times: Int) async throws {
        await engine.send(#"{"cmd":"contact.add","peer":"\#(peer)","alias":"zero"}"#)
        for index in 1..<times {
            let command = #"{"cmd":"contact.update","id":"u\#(index)","peer":"\#(peer)","alias":"n\#(index)"}"#
            await engine.send(command)
            try await engine.line(with: #""id":"u\#(index)""#)
        }
    }
}
