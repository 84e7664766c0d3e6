import Reactor
import Testing
import Time

@testable import Engine
@testable import Messaging
@testable import Store

/// Groups whose store fails now and then, and rooms that are left while something is being said.
@Suite struct GroupFaultTests {
    @NetworkActor private struct Two {
        let simulation: SimulatedWorld
        let alice, bob: SimulatedEngine
        let (peer, address): (String, String)

        init(_ simulation: SimulatedWorld) async throws {
            self.simulation = simulation
            alice = try await SimulatedEngine.start(simulation.host("alice"), listen: ["/ip4/10.0.0.1/tcp/4001"])
            bob = try await SimulatedEngine.start(simulation.host("bob"))
            let started = try await alice.line(with: #""type":"started""#)
            (peer, address) = (try value("peer", of: started), try value("addresses", of: started))
            try await connect()
        }

        func connect(_ id: String = "c") async throws {
            await bob.send(#"{"cmd":"net.connect","id":"\#(id)","address":"\#(address)"}"#)
            try await bob.line(with: #""type":"ok","id":"\#(id)""#)
            await bob.sleep(for: .seconds(2))
        }

        /// A private group of both.
        func group() async throws -> String {
            let id = try value("group", of: try await ask(alice, #""group.create","name":"team""#))
            let invite = try value("invite", of: try await ask(alice, ##""group.invite","group":"#team""##))
            _ = try await ask(bob, #""group.accept","invite":"\#(invite)""#)
            await bob.sleep(for: .seconds(3))
            return id
        }

        /// Gives a command, and takes its `ok`, or another answer.
        func ask(_ engine: SimulatedEngine, _ command: String, _ type: String = "ok") async throws -> String {
            let start = engine.lines.count
            await engine.send(#"{"cmd":\#(command),"id":"ask"}"#)
            return try await engine.line(with: #""type":"\#(type)","id":"ask""#, from: start)
        }

        func end() async {
            await alice.end()
            await bob.end()
        }
    }

    /// Has every change of a table fail until it is called off.
    @NetworkActor private static func fail(_ engine: SimulatedEngine, _ table: String) async throws {
        let script = "CREATE TEMP TRIGGER fails BEFORE INSERT ON main.\(table) BEGIN SELECT RAISE(ABORT, 'no'); END"
        try await engine.engine?.store.read { try $0.database.execute(script: script) }
    }

    @NetworkActor private static func mend(_ engine: SimulatedEngine) async throws {
        try await engine.engine?.store.read { try $0.database.execute(script: "DROP TRIGGER fails") }
    }

    @Test func aMessageThatCouldNotBeStoredComesAgain() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let two = try await Two(simulation)
            _ = try await two.group()
            try await Self.fail(two.bob, "group_messages")
            _ = try await two.ask(two.alice, ##""message.send","to":"#team","text":"lost once""##)
            await two.bob.sleep(for: .seconds(1))
            #expect(!two.bob.lines.contains { $0.contains("lost once") })
            try await Self.mend(two.bob)
            await two.bob.sleep(for: .seconds(20))
            #expect(two.bob.lines.count { $0.contains(#""text":"lost once""#) } == 1)
            await two.end()
        }
    }

    @Test func anEntryThatCouldNotBeStoredComesAgain() async throws {
        try await SimulatedWorld.run(seed: 2) { simulation in
            let two = try await Two(simulation)
            let id = try await two.group()
            try await Self.fail(two.bob, "group_entries")
            _ = try await two.ask(two.alice, ##""group.update","group":"#team","name":"crew""##)
            await two.bob.sleep(for: .seconds(1))
            #expect(try await two.ask(two.bob, #""group.show","group":"\#(id)""#).contains(#""name":"team""#))
            try await Self.mend(two.bob)
            await two.bob.sleep(for: .seconds(20))
            #expect(try await two.ask(two.bob, #""group.show","group":"\#(id)""#).contains(#""name":"crew""#))
            #expect(two.bob.lines.count { $0.contains(#""type":"group.changed""#) && $0.contains("crew") } == 1)
            await two.end()
        }
    }

    @Test func aChangeThatCannotBeStoredHasNotHappened() async throws {
        try await SimulatedWorld.run(seed: 3) { simulation in
            let two = try await Two(simulation)
            let id = try await two.group()
            try await Self.fail(two.alice, "group_entries")
            _ = try await two.ask(two.alice, ##""group.update","group":"#team","name":"crew""##, "error")
            _ = try await two.ask(two.alice, ##""group.leave","group":"#team","abandoned":true"##, "error")
            _ = try await two.ask(two.alice, #""group.create","name":"other""#, "error")
            #expect(try await two.ask(two.alice, #""group.list""#).contains(#""count":1"#))
            let shown = try await two.ask(two.alice, #""group.show","group":"\#(id)""#)
            #expect(shown.contains(#""name":"team""#) && shown.contains(#""state":"member""#))
            try await Self.mend(two.alice)
            // What is said after a failure names nothing that is not there.
            try await Self.fail(two.alice, "group_messages")
            for number in 0..<3 {
                await two.alice.send(##"{"cmd":"message.send","id":"m\##(number)","to":"#team","text":"gone"}"##)
            }
            try await two.alice.line(with: #""type":"error","id":"m2""#)
            try await Self.mend(two.alice)
            _ = try await two.ask(two.alice, ##""message.send","to":"#team","text":"heard""##)
            try await two.bob.line(with: #""text":"heard""#)
            let stats = try await two.ask(two.bob, #""stats""#)
            #expect(!two.bob.lines.contains { $0.contains(#""text":"gone""#) })
            #expect(!stats.contains("sync_failed"), "\(stats)")
            await two.end()
        }
    }

    @Test func whatIsSaidAtOnceIsHeardInOrder() async throws {
        try await SimulatedWorld.run(seed: 4) { simulation in
            let two = try await Two(simulation)
            _ = try await two.group()
            _ = try await two.ask(two.bob, ##""message.send","to":"#team","text":"first""##)
            let first = try value("message", of: try await two.alice.line(with: #""text":"first""#))
            for number in 0..<200 {
                // Those that answer something have to be looked up.
                let reply = number % 3 == 0 ? #","reply_to":"\#(first)""# : ""
                await two.alice.send(##"{"cmd":"message.send","to":"#team","text":"\##(number)"\##(reply)}"##)
                if number == 100 { await two.alice.send(##"{"cmd":"group.rekey","group":"#team"}"##) }
            }
            try await two.bob.line(with: #""text":"199""#)
            let heard = try two.bob.lines.filter { $0.hasPrefix(#"{"type":"message","#) }.map {
                try value("text", of: $0)
            }
            #expect(heard == (0..<200).map(String.init))
            await two.end()
        }
    }

    @Test func aRoomOfGigiThatEmptiesMeanwhile() async throws {
        try await SimulatedWorld.run(seed: 5) { simulation in
            let two = try await Two(simulation)
            for engine in [two.alice, two.bob] {
                _ = try await two.ask(engine, #""group.join","group":"lounge","format":"gigi""#)
            }
            await two.bob.sleep(for: .seconds(3))
            // The last peer goes between the decision and the commit.
            let start = two.alice.lines.count
            await two.alice.send(##"{"cmd":"message.send","id":"m","to":"#lounge","text":"anybody?"}"##)
            two.alice.engine?.swarm.disconnect(try #require(two.alice.engine?.swarm.connectedPeers.first))
            let answer = try await two.alice.line(with: #""id":"m""#, from: start)
            #expect(answer.contains(#""state":"accepted""#), "\(answer)")
            #expect(!two.bob.lines.contains { $0.contains("anybody?") })
            // It waits until somebody comes.
            try await two.connect("c2")
            try await two.bob.line(with: #""text":"anybody?""#)
            try await two.alice.line(with: #""type":"message.sent""#)
            await two.bob.sleep(for: .seconds(60))
            #expect(two.bob.lines.count { $0.contains("anybody?") } == 1)
            let shown = try await two.ask(two.alice, ##""message.list","chat":"#lounge""##, "item")
            #expect(shown.contains(#""state":"sent""#), "\(shown)")
            await two.end()
        }
    }

    @Test func contactsAreThoseInTheStore() async throws {
        try await SimulatedWorld.run(seed: 7) { simulation in
            let two = try await Two(simulation)
            let bob = try #require(two.bob.engine?.localPeer.description)
            try await Self.fail(two.alice, "contacts")
            // The second line knows the name that the first one gives, and neither can be written.
            let start = two.alice.lines.count
            await two.alice.send(#"{"cmd":"contact.add","id":"1","peer":"\#(bob)","alias":"bob"}"#)
            await two.alice.send(#"{"cmd":"contact.update","id":"2","peer":"bob","alias":"robert"}"#)
            for id in ["1", "2"] {
                try await two.alice.line(with: #""type":"error","id":"\#(id)""#, "store.failed", from: start)
            }
            #expect(try await two.ask(two.alice, #""contact.list""#).contains(#""count":0"#))
            _ = try await two.ask(two.alice, #""message.send","to":"robert","text":"x""#, "error")
            try await Self.mend(two.alice)
            await two.alice.send(#"{"cmd":"contact.add","id":"3","peer":"\#(bob)","alias":"bob"}"#)
            await two.alice.send(#"{"cmd":"contact.update","id":"4","peer":"bob","alias":"robert"}"#)
            #expect(try await two.ask(two.alice, #""contact.list""#).contains(#""count":1"#))
            try await two.alice.line(with: #""cmd":"contact.list""#, #""alias":"robert""#)
            #expect(two.alice.lines.count { $0.contains(#""type":"contact.changed""#) } == 2)
            await two.end()
        }
    }

    @Test func aGroupThatCannotBeRead() async throws {
        try await SimulatedWorld.run(seed: 6) { simulation in
            let two = try await Two(simulation)
            let id = try await two.group()
            _ = try await two.ask(two.bob, #""group.create","name":"sound""#)
            // Its own messages and contacts, and the other group, are as they were.
            try await two.bob.engine?.store.write { transaction in
                try transaction.database.execute(
                    script: "UPDATE group_entries SET entry = x'0102' WHERE group_id = '\(id)' AND position = 1")
            }
            let groups = try #require(two.bob.engine?.groups)
            let again = GroupMessaging(
                world: simulation.host("bob2"), swarm: groups.swarm, gossip: groups.gossip, requests: groups.requests,
                store: groups.store, identity: groups.identity, encodeEvent: groups.encodeEvent)
            try await again.start()
            again.stop()
            #expect(again.unreadable.map(\.id) == [id])
            #expect(again.rooms.values.map(\.name) == ["sound"])
            await two.end()
        }
    }
}
