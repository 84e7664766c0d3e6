import Foundation
import Reactor
import Testing
import Wire

/// An engine that is killed at random points of commands with idempotency keys, which are then given again.
@Suite struct KeyKillTests {
    /// A command that is given until it is answered makes one message, and only one.
    @Test(arguments: [UInt64(1), 2])
    func aKeyMakesOneMessage(_ seed: UInt64) async throws {
        try await spawn { try await KeyKillRun(seed: seed).run() }.value
    }
}

@NetworkActor private final class KeyKillRun {
    private static let rounds = 10
    private static let peer = "12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo"

    private let random: SeededRandomSource
    private let folder: String
    private var engine: EngineProcess?
    /// Commands given so far: the number is the key and the text.
    private var given = 0
    /// The message that each was answered with.
    private var answers: [Int: String] = [:]
    private var listed: [String] = []
    private var next: String?
    private var isListed = false

    init(seed: UInt64) {
        random = SeededRandomSource(seed: seed)
        folder = NSTemporaryDirectory() + "linnet-key-\(UInt64.random(in: 0...UInt64.max))"
    }

    func run() async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer {
            engine?.send(.kill)
            try? FileManager.default.removeItem(atPath: folder)
        }
        for _ in 1...Self.rounds {
            let engine = try start()
            for _ in 0..<random.next(below: 60) { send(engine) }
            let end = ContinuousClock.now + .milliseconds(Int64(random.next(below: 150)))
            while ContinuousClock.now < end {
                await World.real().clock.sleep(for: .milliseconds(1))
                take(engine)
                if random.next(below: 4) == 0 { send(engine) }
            }
            engine.send(.kill)
            _ = await engine.end(within: .seconds(30))
            while !engine.isAtEnd { await World.real().clock.sleep(for: .milliseconds(1)) }
            take(engine)
        }
        let engine = try start()
        for number in 1...given { send(engine, number) }
        let deadline = ContinuousClock.now + .seconds(30)
        while answers.count < given, ContinuousClock.now < deadline {
            await World.real().clock.sleep(for: .milliseconds(2))
            take(engine)
        }
        #expect(answers.count == given && given > Self.rounds)
        try await list(engine)
        #expect(listed.count == given, "\(listed.count) messages of \(given) commands")
        #expect(Set(listed) == Set(answers.values))
    }

    private func start() throws -> EngineProcess {
        // The drain is short: whom the messages are for is never there.
        let engine = try EngineProcess(["--home", folder + "/a", "--drain", "0.1"], home: folder)
        self.engine = engine
        // What was not answered, and some of what was.
        for number in 1...max(given, 1) where number <= given {
            if answers[number] == nil || random.next(below: 10) == 0 { send(engine, number) }
        }
        return engine
    }

    private func send(_ engine: EngineProcess) {
        given += 1
        send(engine, given)
    }

    private func send(_ engine: EngineProcess, _ number: Int) {
        let line =
            #"{"cmd":"message.send","id":\#(number),"key":"k\#(number)","to":"\#(Self.peer)","text":"\#(number)"}"#
        engine.write(Array(line.utf8) + [10])
    }

    private func list(_ engine: EngineProcess) async throws {
        var anchor = ""
        let deadline = ContinuousClock.now + .seconds(30)
        while !isListed, ContinuousClock.now < deadline {
            next = nil
            engine.write(Array(#"{"cmd":"message.list","chat":"\#(Self.peer)","limit":500\#(anchor)}"#.utf8) + [10])
            while next == nil, !isListed, ContinuousClock.now < deadline {
                await World.real().clock.sleep(for: .milliseconds(2))
                take(engine)
            }
            anchor = #","before":"\#(next ?? "")""#
        }
    }

    private func take(_ engine: EngineProcess) {
        while let line = engine.takeFirst() {
            guard let value = line.json else { continue }
            switch (value["type"]?.stringValue, value["cmd"]?.stringValue) {
            case ("ok", "message.send"):
                guard let number = value["id"]?.integerValue, let id = value["message"]?.stringValue else { continue }
                let first = answers[Int(number)] ?? id
                #expect(first == id, "command \(number) made \(first) and \(id)")
                answers[Int(number)] = first
            case ("item", "message.list"): listed.append(value["message"]?.stringValue ?? "")
            case ("ok", "message.list"):
                next = value["next"]?.stringValue
                isListed = next == nil
            case ("error", _): Issue.record("\(line.text)")
            default: break
            }
        }
    }
}
