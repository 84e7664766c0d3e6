import Engine
import Reactor
import Testing
import Time
import Wire

/// An answer tells exactly what was done, whenever the command is given up: what was handed to the disk is waited for,
/// what was not does not happen any more, and what nobody can tell is told by the key.
@Suite("answers") struct AnswerTests {
    private static let bob = "12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo"

    /// A command that changes what is kept.
    struct Durable: Sendable, CustomTestStringConvertible {
        /// What has to be there.
        var before: [String] = []
        /// Its members.
        let command: String
        /// How often its event is told when it is done once.
        var event: String?

        var testDescription: String { command }
    }

    private static let add = #"{"cmd":"contact.add","peer":"\#(bob)","alias":"bob"}"#
    private static let team = #"{"cmd":"group.create","name":"team"}"#
    private static let consumer = #"{"cmd":"events.subscribe","consumer":"bot"}"#

    static let all: [Durable] = [
        Durable(command: #""cmd":"message.send","to":"\#(bob)","text":"hi""#),
        Durable(command: #""cmd":"message.send","to":"\#(bob)","body_b64":"aGk=","expires_in":"24h""#),
        Durable(before: [team], command: ##""cmd":"message.send","to":"#team","text":"hi""##),
        Durable(command: #""cmd":"contact.add","peer":"\#(bob)","alias":"bob""#, event: "contact.changed"),
        Durable(
            before: [add], command: #""cmd":"contact.update","peer":"bob","alias":"rob""#, event: "contact.changed"),
        Durable(before: [add], command: #""cmd":"contact.remove","peer":"bob""#, event: "contact.changed"),
        Durable(command: #""cmd":"group.create","name":"crew""#, event: "group.joined"),
        Durable(
            before: [team], command: ##""cmd":"group.update","group":"#team","name":"crew""##, event: "group.changed"),
        Durable(before: [team], command: ##""cmd":"group.rekey","group":"#team""##, event: "group.changed"),
        Durable(before: [team], command: ##""cmd":"group.leave","group":"#team""##, event: "group.left"),
        Durable(before: [team], command: ##""cmd":"group.invite","group":"#team","to":"\##(bob)""##),
        Durable(command: #""cmd":"group.join","group":"room","format":"gigi""#),
        Durable(before: [add, consumer], command: #""cmd":"events.ack","consumer":"bot","seq":1"#),
    ]

    /// The disk is slow, the time is up: the answer comes with the disk's, and says what was done.
    @Test(arguments: all) func aSlowDisk(_ durable: Durable) async throws {
        try await run(durable) { alice, disk, world in
            disk.isStalled = true
            await alice.send(#"{"id":"x","timeout":"100ms",\#(durable.command)}"#)
            await alice.sleep(for: .seconds(2))
            #expect(!alice.lines.contains { $0.contains(#""id":"x""#) })
            disk.isStalled = false
            try await alice.line(with: #""type":"ok","id":"x""#)
        }
    }

    /// The disk hangs: nobody knows, and the key tells later. It is done once.
    @Test(arguments: all) func aHungDisk(_ durable: Durable) async throws {
        try await run(durable) { alice, disk, world in
            let from = alice.lines.count
            disk.isStalled = true
            await alice.send(#"{"id":"x","timeout":"100ms",\#(durable.command)}"#)
            let unknown = try await alice.line(
                with: #""type":"error","id":"x""#, #""code":"timeout""#, #""done":"unknown""#)
            #expect(try value("message", of: unknown) == "" && value("retry", of: unknown) == "later")
            let key = try value("key", of: unknown)
            // Once more while it hangs, and once more when it goes on.
            await alice.send(#"{"id":"y","key":"\#(key)",\#(durable.command)}"#)
            await alice.sleep(for: .seconds(5))
            disk.isStalled = false
            let first = try await alice.line(with: #""type":"ok","id":"y""#)
            await alice.send(#"{"id":"z","key":"\#(key)",\#(durable.command)}"#)
            let again = try await alice.line(with: #""type":"ok","id":"z""#)
            #expect(again.replacing(#""id":"z""#, with: #""id":"y""#) == first)
            try await Self.isOnce(durable, alice, from: from)
        }
    }

    /// The engine stops at once, with its work on the way to the disk.
    @Test(arguments: all) func aSuddenEnd(_ durable: Durable) async throws {
        try await run(durable) { alice, disk, world in
            disk.isStalled = true
            await alice.send(#"{"id":"x",\#(durable.command)}"#)
            alice.engine?.stop(.command, drain: .zero)
            await alice.sleep(for: .seconds(1))
            disk.isStalled = false
            try await alice.line(with: #""type":"ok","id":"x""#)
            try await alice.line(with: #""type":"stopped""#)
            #expect(alice.lines.last?.contains(#""type":"stopped""#) == true)
        }
    }

    /// What is given up before anything was handed over does not happen any more.
    @Test func givenUpBefore() async throws {
        try await run(Durable(before: [Self.team], command: "")) { alice, disk, world in
            await alice.send(##"{"id":"1","cmd":"message.send","to":"#team","text":"first"}"##)
            let message = try value("message", of: try await alice.line(with: #""type":"ok","id":"1""#))
            disk.isStalled = true
            // It has to look up what it answers.
            await alice.send(
                ##"{"id":"x","timeout":"100ms","cmd":"message.send","to":"#team","text":"no","reply_to":"\##(message)"}"##
            )
            let error = try await alice.line(with: #""type":"error","id":"x""#, #""code":"timeout""#)
            #expect(!error.contains("done") && !error.contains(#""key""#) && !error.contains(#""message""#))
            disk.isStalled = false
            await alice.send(##"{"id":"l","cmd":"message.list","chat":"#team"}"##)
            #expect(try value("count", of: try await alice.line(with: #""type":"ok","id":"l""#)) == "1")
        }
    }

    /// Who waits for a delivery is told of the message when the time is up; one with the same key is, too.
    @Test func aWaitThatEnds() async throws {
        try await run(Durable(command: "")) { alice, disk, world in
            let send = #""cmd":"message.send","to":"\#(Self.bob)","text":"hi","wait":"delivered""#
            await alice.send(#"{"id":"1","key":"k",\#(send)}"#)
            await alice.send(#"{"id":"2","key":"k","timeout":"1s",\#(send)}"#)
            let second = try await alice.line(with: #""type":"error","id":"2""#, #""code":"timeout""#)
            #expect(try value("message", of: second) != "" && value("state", of: second) == "accepted")
            #expect(try value("retry", of: second) == "never")
            let began = world.clock.now
            await alice.end()
            let first = try await alice.line(with: #""type":"error","id":"1""#, #""code":"timeout""#)
            #expect(try value("message", of: first) == value("message", of: second))
            // As long as the engine drains.
            #expect(world.clock.now - began >= .seconds(9))
        }
    }

    /// Order is that of the lines, also where a message has to look up what it answers.
    @Test func order() async throws {
        try await run(Durable(before: [Self.team], command: "")) { alice, disk, world in
            await alice.send(##"{"id":"1","cmd":"message.send","to":"#team","text":"0"}"##)
            let message = try value("message", of: try await alice.line(with: #""type":"ok","id":"1""#))
            var text = ""
            for number in 1...9 {
                let reply = number % 3 == 1 ? #","reply_to":"\#(message)""# : ""
                text += ##"{"cmd":"message.send","to":"#team","text":"\##(number)"\##(reply)}"## + "\n"
            }
            text += ##"{"cmd":"group.leave","group":"#team"}"## + "\n"
            text += #"{"cmd":"group.join","group":"room","format":"gigi"}"# + "\n"
            text += ##"{"id":"last","cmd":"message.send","to":"#room","text":"in"}"##
            await alice.send(text)
            try await alice.line(with: #""type":"ok","id":"last""#)
            #expect(!alice.lines.contains { $0.contains(#""type":"error""#) }, "\(alice.lines)")
            let group = try value("group", of: try await alice.line(with: #""cmd":"group.create""#))
            await alice.send(#"{"id":"l","cmd":"message.list","chat":"\#(group)"}"#)
            try await alice.line(with: #""type":"ok","id":"l""#)
            let texts = try alice.lines.filter { $0.contains(#""type":"item""#) }.map { try value("text", of: $0) }
            #expect(texts == (0...9).map { "\($0)" })
        }
    }

    private func run(
        _ durable: Durable,
        _ body: @escaping @NetworkActor (SimulatedEngine, StalledDisk, World) async throws -> Void
    ) async throws {
        try await SimulatedWorld.run(seed: 3, limit: .seconds(7200)) { simulation in
            let disk = StalledDisk()
            let world = disk.world(simulation.host("alice"))
            let alice = try await SimulatedEngine.start(world)
            for (number, line) in durable.before.enumerated() {
                await alice.send(#"{"id":"b\#(number)","# + line.dropFirst())
                try await alice.line(with: #""type":"ok","id":"b\#(number)""#)
            }
            try await body(alice, disk, world)
            await alice.end()
        }
    }

    /// The command was done once: one event, or one message.
    @NetworkActor private static func isOnce(_ durable: Durable, _ alice: SimulatedEngine, from: Int) async throws {
        await alice.send(#"{"id":"n","cmd":"sync"}"#)
        try await alice.line(with: #""id":"n""#)
        if let event = durable.event {
            #expect(alice.lines[from...].filter { $0.contains(#""type":"\#(event)""#) }.count == 1)
        }
        guard durable.command.contains("message.send") || durable.command.contains("invite") else { return }
        let chat = durable.command.contains("message.send") && !durable.before.isEmpty ? "#team" : bob
        await alice.send(#"{"id":"c","cmd":"message.list","chat":"\#(chat)"}"#)
        #expect(try value("count", of: try await alice.line(with: #""type":"ok","id":"c""#)) == "1")
    }
}
