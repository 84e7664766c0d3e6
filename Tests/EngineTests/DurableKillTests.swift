import Crypto
import Foundation
import Identity
import Reactor
import Testing
import Wire

/// An engine that is killed at random points of commands of every kind that changes something. Each is then given again
/// by its key, until it is answered: it was done once, and the answer never changes.
@Suite struct DurableKillTests {
    @Test(arguments: [UInt64(1), 2])
    func eachIsDoneOnce(_ seed: UInt64) async throws {
        try await spawn { try await DurableKillRun(seed: seed).run() }.value
    }
}

@NetworkActor private final class DurableKillRun {
    private static let rounds = 12
    private static let stranger = "12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo"

    private let random: SeededRandomSource
    private let folder: String
    private var engine: EngineProcess?
    /// The commands so far, each with its number as id and key.
    private var commands: [String] = []
    private var answers: [Int: String] = [:]
    private var events: [Int64: String] = [:]

    init(seed: UInt64) {
        random = SeededRandomSource(seed: seed)
        folder = NSTemporaryDirectory() + "linnet-durable-\(UInt64.random(in: 0...UInt64.max))"
    }

    func run() async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer {
            engine?.send(.kill)
            try? FileManager.default.removeItem(atPath: folder)
        }
        for _ in 1...Self.rounds {
            let engine = try start()
            for _ in 0..<4 { add() }
            for number in commands.indices where answers[number] == nil { send(engine, number) }
            // From before the first commit until behind the last.
            let end = ContinuousClock.now + .milliseconds(Int64(random.next(below: 200)))
            while ContinuousClock.now < end {
                await World.real().clock.sleep(for: .milliseconds(1))
                take(engine)
            }
            engine.send(.kill)
            _ = await engine.end(within: .seconds(30))
            while !engine.isAtEnd { await World.real().clock.sleep(for: .milliseconds(1)) }
            take(engine)
        }
        let engine = try start()
        for number in commands.indices { send(engine, number) }
        engine.write(Array(#"{"cmd":"events.replay","id":"all","since":0,"limit":500}"#.utf8) + [10])
        let deadline = ContinuousClock.now + .seconds(60)
        var isReplayed = false
        while answers.count < commands.count || !isReplayed, ContinuousClock.now < deadline {
            await World.real().clock.sleep(for: .milliseconds(2))
            isReplayed = take(engine) || isReplayed
        }
        #expect(answers.count == commands.count && isReplayed)
        // Each contact and each group was made once, and told once.
        let told = Array(events.values)
        for (number, command) in commands.enumerated() {
            let mark = "n\(number)e"
            let count = told.filter { $0.contains(mark) }.count
            if command.contains("contact.add") || command.contains("group.create") {
                #expect(count == 1, "\(command) was told \(count) times")
            }
        }
    }

    /// The next command, of one kind or another.
    private func add() {
        let number = commands.count
        switch number % 4 {
        case 0:
            let peer = Self.peer(number)
            commands.append(#""cmd":"contact.add","peer":"\#(peer)","alias":"n\#(number)e""#)
        case 1: commands.append(#""cmd":"group.create","name":"n\#(number)e""#)
        case 2: commands.append(#""cmd":"message.send","to":"\#(Self.stranger)","text":"n\#(number)e""#)
        default: commands.append(##""cmd":"message.send","to":"#n\##(number - 2)e","text":"n\##(number)e""##)
        }
    }

    private static func peer(_ number: Int) -> String {
        let seed = [UInt8](repeating: UInt8(truncatingIfNeeded: number + 1), count: Ed25519.seedByteCount)
        return KeyPair(seed: SecretBytes(copying: seed)).peerID.description
    }

    private func start() throws -> EngineProcess {
        let engine = try EngineProcess(["--home", folder + "/a", "--drain", "0.1"], home: folder)
        self.engine = engine
        return engine
    }

    private func send(_ engine: EngineProcess, _ number: Int) {
        engine.write(Array((#"{"id":\#(number),"key":"k\#(number)",\#(commands[number])}"# + "\n").utf8))
    }

    @discardableResult
    private func take(_ engine: EngineProcess) -> Bool {
        var isReplayed = false
        while let line = engine.takeFirst() {
            guard let value = line.json else { continue }
            switch (value["type"]?.stringValue, value["id"]) {
            case ("ok", .string("all")): isReplayed = true
            case ("item", .string("all")):
                guard let event = value["event"], let seq = event["seq"]?.integerValue else { continue }
                events[seq] = String(decoding: event.bytes, as: UTF8.self)
            case ("ok", .integer(let number)):
                let first = answers[Int(number)] ?? line.text
                #expect(first == line.text, "\(commands[Int(number)])")
                answers[Int(number)] = first
            case ("error", _): Issue.record("\(line.text)")
            default: break
            }
        }
        return isReplayed
    }
}
