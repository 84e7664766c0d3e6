import Engine
import Reactor
import TestSupport
import Testing
import Time
import Wire

/// The wall clock jumps by a year, to either side, in the middle of everything: what waits, lives and expires goes on as
/// if nothing had been.
@Suite("clock") struct ClockTests {
    private static let year = Duration.seconds(366 * 86_400)
    private static let stranger = "12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo"

    @Test(arguments: [1, -1]) func aYear(_ sign: Int) async throws {
        try await SimulatedWorld.run(seed: 9, limit: .seconds(60 * 86_400)) { simulation in
            var world = simulation.host("alice")
            let wall = ShiftedWallClock(world.wallClock)
            world.wallClock = wall
            let alice = try await SimulatedEngine.start(world, listen: ["/ip4/10.0.0.1/tcp/4001"])
            let bob = try await SimulatedEngine.start(simulation.host("bob"))
            let clock = SleepingClock(simulation)
            let started = try await alice.line(with: #""type":"started""#)
            let (peer, address) = (try value("peer", of: started), try value("addresses", of: started))
            await bob.send(#"{"cmd":"net.connect","id":"c","address":"\#(address)"}"#)
            try await bob.line(with: #""type":"ok","id":"c""#)

            // Before: an event, a consumer, a key, a message that will expire, a command that will time out.
            let keyed = #""cmd":"message.send","key":"k","to":"\#(Self.stranger)","text":"once","expires_in":"24h"}"#
            await alice.send(#"{"id":"k1",\#(keyed)"#)
            let first = try value("message", of: try await alice.line(with: #""type":"ok","id":"k1""#))
            await alice.send(#"{"cmd":"contact.add","id":"a","peer":"\#(Self.stranger)","alias":"before"}"#)
            try await alice.line(with: #""type":"contact.changed","seq":1,"#)
            await alice.send(#"{"cmd":"events.subscribe","id":"s","consumer":"bot","since":0}"#)
            try await alice.line(with: #""type":"ok","id":"s""#)
            _ = simulation.host("carol", ip: IPAddress("10.9.9.9"))
            simulation.partition(["alice"], ["carol"])
            await alice.send(#"{"cmd":"net.connect","id":"t","address":"/ip4/10.9.9.9/tcp/1","timeout":5}"#)
            await clock.sleep(.seconds(1))
            wall.shift = Self.year * sign
            let jump = world.clock.now

            try await alice.line(with: #""type":"error","id":"t""#, #""code":"timeout""#)
            #expect(world.clock.now - jump < .seconds(5))
            await bob.send(#"{"cmd":"message.send","id":"m","to":"\#(peer)","text":"after","wait":"delivered"}"#)
            try await bob.line(with: #""type":"ok","id":"m""#)
            try await alice.line(with: #""type":"message","seq":2,"#)
            await bob.send(#"{"cmd":"net.ping","id":"p","peer":"\#(peer)","count":2}"#)
            try await bob.line(with: #""type":"ok","id":"p""#)
            await bob.end()

            // Twelve hours, and with them twelve rounds of retention: nothing has gone, on either side of the jump.
            await clock.sleep(.seconds(12 * 3600))
            await alice.send(#"{"id":"k2",\#(keyed)"#)
            #expect(try value("message", of: try await alice.line(with: #""type":"ok","id":"k2""#)) == first)
            await alice.send(#"{"cmd":"events.replay","id":"r","since":0}"#)
            #expect(try value("count", of: try await alice.line(with: #""type":"ok","id":"r""#)) == "2")
            #expect(!alice.lines.contains { $0.contains(#""type":"message.expired""#) || $0.contains(#""gap""#) })

            // Another twelve, and the message has had its day.
            await clock.sleep(.seconds(13 * 3600))
            try await alice.line(with: #""type":"message.expired","seq":3,"#, first)
            #expect(world.clock.now - jump < .seconds(26 * 3600))

            // After a week the key is free again; after a month the events are gone, and that is told.
            await clock.sleep(.seconds(7 * 86_400))
            await alice.send(#"{"id":"k3",\#(keyed)"#)
            #expect(try value("message", of: try await alice.line(with: #""type":"ok","id":"k3""#)) != first)
            await clock.sleep(.seconds(31 * 86_400))
            await alice.send(#"{"cmd":"events.replay","id":"g","since":0}"#)
            #expect(try await alice.line(with: #""type":"item","id":"g""#).contains(#""type":"gap""#))
            await alice.end()
        }
    }

    /// What a peer says of itself after its clock went back a year is news all the same.
    @Test func anOlderRecordIsNews() async throws {
        try await SimulatedWorld.run(seed: 10) { simulation in
            var world = simulation.host("alice")
            let wall = ShiftedWallClock(world.wallClock)
            world.wallClock = wall
            let alice = try await SimulatedEngine.start(world, listen: ["/ip4/10.0.0.1/tcp/4001"])
            let bob = try await SimulatedEngine.start(simulation.host("bob"))
            let address = try value("addresses", of: try await alice.line(with: #""type":"started""#))
            await bob.send(#"{"cmd":"net.connect","id":"c","address":"\#(address)"}"#)
            try await bob.line(with: #""type":"peer.updated""#)
            wall.shift = .zero - Self.year
            await SleepingClock(simulation).sleep(.seconds(60))
            await alice.send(#"{"cmd":"net.listen","id":"l","address":"/ip4/10.0.0.1/tcp/4002"}"#)
            try await alice.line(with: #""type":"ok","id":"l""#)
            try await bob.line(with: #""type":"peer.updated""#, "/ip4/10.0.0.1/tcp/4002")
            await bob.end()
            await alice.end()
        }
    }
}
