import Foundation
import Groups
import Identity
import Reactor
import TestSupport
import Testing
import Time
import Wire

@testable import Engine
@testable import Messaging
@testable import Store

/// What an engine knows is what is on its disk: after a lock and an unlock, after a restart, and after a kill at any
/// moment.
@Suite struct LastingTests {
    /// What is true in memory, and would have to be read from the disk again.
    @NetworkActor private static func view(_ engine: Engine) -> [String] {
        var view: [String] = []
        for (id, room) in engine.groups.rooms.sorted(by: { $0.key < $1.key }) {
            let group = room.group
            let members = group.state?.members.map { "\($0.peer) \($0.role)" }.joined(separator: ",") ?? "none"
            view.append(
                "\(id) '\(room.name)' left \(room.hasLeft) in \(group.isMember) invited \(room.invite != nil) "
                    + "entries \(group.graph.count) keys \(group.knownEpochs.count) members \(members)")
        }
        view += engine.groups.gigiRooms.sorted().map { "gigi \($0)" }
        view += engine.contacts.all.map { "\($0.peer) \($0.alias) \($0.addresses)" }
        view.append("\(engine.pendingCount)")
        view.append("\(engine.lastSeq)")
        return view
    }

    /// What an engine lists.
    @NetworkActor private static func lists(_ engine: SimulatedEngine, with peers: [String]) async throws -> [String] {
        var lists: [String] = []
        func list(_ command: String) async throws -> [String] {
            let start = engine.lines.count
            await engine.send(#"{"cmd":\#(command),"id":"dump"}"#)
            try await engine.line(with: #""type":"ok","id":"dump""#, from: start)
            return engine.lines[start...].filter { $0.contains(#""id":"dump""#) }
        }
        // Who is connected, and where one listens, is another matter.
        func fact(_ line: String) -> String {
            line.replacing(/,"(connected|online)":(true|false)/, with: "")
                .replacing(/,"(status|nick)":"[^"]*"/, with: "")
        }
        lists += try await list(#""contact.list""#).map(fact)
        let groups = try await list(#""group.list""#)
        lists += groups
        for line in groups where line.contains(#""type":"item""#) {
            let id = try value("group", of: line)
            lists += try await list(#""group.show","group":"\#(id)""#)
            lists += try await list(#""message.list","chat":"\#(id)","limit":500"#)
            guard try value("visibility", of: line) != "gigi", !(try value("name", of: line)).isEmpty else { continue }
            lists += try await list(#""group.members","group":"\#(id)""#).map(fact)
        }
        for peer in peers {
            lists += try await list(#""message.list","chat":"\#(peer)","limit":500"#)
        }
        lists += try await list(#""events.replay","since":0,"limit":500"#)
        return lists
    }

    /// What a kill at this moment leaves: nothing is being written.
    @NetworkActor private static func snapshot(_ engine: Engine, of directory: String, to copy: String) async throws {
        _ = try await engine.store.read { _ in }
        // Whoever was waiting for the same batch goes on before.
        for _ in 0..<3 { await Task.yield() }
        try? FileManager.default.removeItem(atPath: copy)
        try FileManager.default.createDirectory(
            atPath: copy, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        for name in try FileManager.default.contentsOfDirectory(atPath: directory)
        where name.hasPrefix("linnet.db") || name == "vault" {
            try FileManager.default.copyItem(atPath: directory + "/" + name, toPath: copy + "/" + name)
        }
    }

    @NetworkActor private final class Pair {
        let simulation: SimulatedWorld
        let folder: String
        let world: World
        var alice: SimulatedEngine
        let bob: SimulatedEngine
        let carol: SimulatedEngine
        var names: [String: (peer: String, address: String)] = [:]
        var invites: [String] = []
        var groups: [String] = []
        var random: SplitMix64
        var given = 0

        var directory: String { folder + "/alice" }

        init(_ simulation: SimulatedWorld, seed: UInt64, isProtected: Bool, folder: String) async throws {
            self.simulation = simulation
            self.folder = folder
            random = SplitMix64(seed: seed)
            world = simulation.host("alice")
            alice = try await SimulatedEngine.start(
                world, listen: ["/ip4/10.0.0.1/tcp/4001"], directory: folder + "/alice")
            bob = try await SimulatedEngine.start(simulation.host("bob"), listen: ["/ip4/10.0.0.2/tcp/4001"])
            carol = try await SimulatedEngine.start(simulation.host("carol"), listen: ["/ip4/10.0.0.3/tcp/4001"])
            for (name, engine) in [("alice", alice), ("bob", bob), ("carol", carol)] {
                let started = try await engine.line(with: #""type":"started""#)
                names[name] = (try value("peer", of: started), try value("addresses", of: started))
            }
            if isProtected {
                await alice.send(#"{"cmd":"account.password","id":"p","new_passphrase":"right"}"#)
                try await alice.line(with: #""type":"ok","id":"p""#)
            }
            await connect()
        }

        func peer(_ name: String) -> String { names[name]?.peer ?? "" }

        func connect() async {
            for name in ["bob", "carol"] {
                await alice.send(#"{"cmd":"net.connect","address":"\#(names[name]?.address ?? "")","timeout":5}"#)
            }
            await bob.send(#"{"cmd":"net.connect","address":"\#(names["carol"]?.address ?? "")","timeout":5}"#)
            await alice.sleep(for: .seconds(2))
        }

        /// Something that changes what is kept; nobody waits for the answer.
        func act() async throws {
            given += 1
            let group = groups.isEmpty ? "none" : groups[random.next(below: groups.count)]
            let other = random.next(below: 2) == 0 ? "bob" : "carol"
            switch random.next(below: 16) {
            case 0:
                let visibility = random.next(below: 3) == 0 ? "public" : "private"
                await alice.send(
                    #"{"cmd":"group.create","id":"c\#(given)","name":"g\#(given)","visibility":"\#(visibility)"}"#)
                groups.append(try value("group", of: try await alice.line(with: #""type":"ok","id":"c\#(given)""#)))
            case 1:
                let (from, name) = random.next(below: 2) == 0 ? (bob, "of bob") : (carol, "of carol")
                await from.send(#"{"cmd":"group.create","id":"c\#(given)","name":"\#(name) \#(given)"}"#)
                let id = try value("group", of: try await from.line(with: #""type":"ok","id":"c\#(given)""#))
                await from.send(#"{"cmd":"group.invite","id":"i\#(given)","group":"\#(id)"}"#)
                let invite = try value("invite", of: try await from.line(with: #""type":"ok","id":"i\#(given)""#))
                await alice.send(#"{"cmd":"group.accept","invite":"\#(invite)"}"#)
                groups.append(id)
            case 2: await alice.send(#"{"cmd":"group.leave","group":"\#(group)","abandoned":true}"#)
            case 3:
                for engine in [bob, carol] {
                    await engine.send(#"{"cmd":"group.kick","group":"\#(group)","peer":"\#(peer("alice"))"}"#)
                }
            case 4: await alice.send(#"{"cmd":"group.rekey","group":"\#(group)"}"#)
            case 5: await alice.send(#"{"cmd":"group.update","group":"\#(group)","description":"d\#(given)"}"#)
            case 6:
                await alice.send(
                    #"{"cmd":"group.invite","id":"i\#(given)","group":"\#(group)","to":"\#(peer(other))"}"#)
                let start = alice.lines.count
                await alice.sleep(for: .milliseconds(50))
                guard let line = alice.lines[start...].first(where: { $0.contains(#""type":"ok","id":"i\#(given)""#) })
                else { break }
                let invite = try value("invite", of: line)
                await (other == "bob" ? bob : carol).send(#"{"cmd":"group.accept","invite":"\#(invite)"}"#)
            case 7:
                await alice.send(
                    #"{"cmd":"group.role","group":"\#(group)","peer":"\#(peer(other))","role":"admin"}"#)
            case 8: await alice.send(#"{"cmd":"contact.add","peer":"\#(peer(other))","alias":"a\#(given)"}"#)
            case 9: await alice.send(#"{"cmd":"contact.update","peer":"\#(peer(other))","alias":"u\#(given)"}"#)
            case 10: await alice.send(#"{"cmd":"contact.remove","peer":"\#(peer(other))"}"#)
            case 11: await alice.send(#"{"cmd":"group.join","group":"room\#(given)","format":"gigi"}"#)
            case 12: await alice.send(#"{"cmd":"message.send","to":"\#(peer(other))","text":"\#(given)"}"#)
            default:
                for engine in [alice, bob, carol] {
                    await engine.send(#"{"cmd":"message.send","to":"\#(group)","text":"\#(given)"}"#)
                }
            }
        }

        /// What another engine finds on what a kill would leave now.
        func afterKill() async throws -> (before: [String], after: [String]) {
            guard let engine = alice.engine else { return ([], []) }
            let copy = folder + "/copy"
            try await LastingTests.snapshot(engine, of: directory, to: copy)
            let before = LastingTests.view(engine)
            given += 1
            let other = try await SimulatedEngine.start(simulation.host("copy\(given)"), directory: copy)
            let after = other.engine.map { LastingTests.view($0) } ?? []
            await other.leave()
            return (before, after)
        }

        /// Waits until nothing happens any more.
        func rest() async { await alice.sleep(for: .seconds(100)) }

        func lockAndUnlock() async throws {
            let start = alice.lines.count
            await alice.send(#"{"cmd":"account.lock","id":"l"}"#)
            try await alice.line(with: #""type":"ok","id":"l""#, from: start)
            await alice.send(#"{"cmd":"account.unlock","id":"u","passphrase":"right"}"#)
            try await alice.line(with: #""type":"ok","id":"u""#, from: start)
        }

        func restart() async throws {
            await alice.leave()
            alice = try await SimulatedEngine.start(
                world, listen: ["/ip4/10.0.0.1/tcp/4001"], directory: directory)
            try await alice.line(with: #""type":"locked""#)
            await alice.send(#"{"cmd":"account.unlock","id":"u","passphrase":"right"}"#)
            try await alice.line(with: #""type":"ok","id":"u""#)
        }
    }

    private static func run(
        seed: UInt64, isProtected: Bool, _ body: @escaping @NetworkActor (Pair) async throws -> Void
    ) async throws {
        let folder = NSTemporaryDirectory() + "linnet-lasting-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await SimulatedWorld.run(seed: seed, limit: .seconds(30 * 86_400)) { simulation in
            let pair = try await Pair(simulation, seed: seed, isProtected: isProtected, folder: folder)
            try await body(pair)
            for engine in [pair.alice, pair.bob, pair.carol] { await engine.end() }
        }
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>) func aKillAtAnyMoment(seed: UInt64) async throws {
        try await Self.run(seed: seed, isProtected: false) { pair in
            for _ in 0..<12 {
                for _ in 0..<1 + pair.random.next(below: 6) { try await pair.act() }
                await pair.alice.sleep(for: .microseconds(pair.random.next(below: 120_000)))
                let (before, after) = try await pair.afterKill()
                #expect(before == after, "seed \(seed)")
            }
        }
    }

    @Test(arguments: 101...106 as ClosedRange<UInt64>) func aLockAndARestart(seed: UInt64) async throws {
        try await Self.run(seed: seed, isProtected: true) { pair in
            for round in 0..<4 {
                for _ in 0..<8 { try await pair.act() }
                await pair.rest()
                let others = ["bob", "carol"].map { pair.peer($0) }
                let before = try await Self.lists(pair.alice, with: others)
                if round % 2 == 0 { try await pair.lockAndUnlock() } else { try await pair.restart() }
                let after = try await Self.lists(pair.alice, with: others)
                // Events that only now came about, as for a message that was delivered, are behind all others.
                #expect(Set(before).subtracting(after).filter { !$0.contains(#""type":"ok""#) } == [], "seed \(seed)")
                #expect(before.count <= after.count)
                await pair.connect()
            }
        }
    }
}
