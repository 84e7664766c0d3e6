import Foundation
import Reactor
import Testing
import Wire

/// An engine that is killed at random points, with a reader that says what it is done with.
@Suite struct ConsumerKillTests {
    /// Every event reaches the consumer, and none twice without `again`, or after it was acknowledged.
    @Test(arguments: [UInt64(1), 2])
    func nothingIsLostAndNothingRepeatedUnsaid(_ seed: UInt64) async throws {
        try await spawn { try await ConsumerKillRun(seed: seed).run() }.value
    }
}

@NetworkActor private final class ConsumerKillRun {
    /// How often it is killed; `make torture` says a thousand times.
    private static let rounds = ProcessInfo.processInfo.environment["LINNET_TORTURE"].flatMap { Int($0) } ?? 10
    private static let peer = "12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo"

    private let random: SeededRandomSource
    private let folder: String
    private var engine: EngineProcess?
    /// Commands given so far, so that each changes something.
    private var commands = 0
    private var hasContact = false
    /// Changes that were answered with ok.
    private var changes = 0
    /// The numbers that any reader was told, and those that the consumer was.
    private var told: Set<Int64> = []
    private var consumed: Set<Int64> = []
    /// What an `ok` said is acknowledged.
    private var acknowledged: Int64 = 0
    /// The number that the consumer is to be told next; nil before its subscription is answered.
    private var expected: Int64?
    private var last: Int64 = 0

    init(seed: UInt64) {
        random = SeededRandomSource(seed: seed)
        folder = NSTemporaryDirectory() + "linnet-consumer-\(UInt64.random(in: 0...UInt64.max))"
    }

    func run() async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer {
            engine?.send(.kill)
            try? FileManager.default.removeItem(atPath: folder)
        }
        for _ in 1...Self.rounds {
            let engine = try await start()
            for _ in 0..<random.next(below: 200) { change(engine) }
            let end = ContinuousClock.now + .milliseconds(Int64(random.next(below: 120)))
            while ContinuousClock.now < end {
                await World.real().clock.sleep(for: .milliseconds(1))
                take(engine)
                if random.next(below: 4) == 0 { change(engine) }
            }
            engine.send(.kill)
            _ = await engine.end(within: .seconds(30))
            while !engine.isAtEnd { await World.real().clock.sleep(for: .milliseconds(1)) }
            take(engine)
            #expect(engine.faults == [])
        }
        let engine = try await start()
        write(engine, #"{"cmd":"sync","id":"end"}"#)
        engine.closeInput()
        _ = await engine.end(within: .seconds(30))
        while !engine.isAtEnd { await World.real().clock.sleep(for: .milliseconds(1)) }
        take(engine)
        #expect(last >= changes && changes > 0)
        let missing = last > 0 ? (1...last).filter { !consumed.contains($0) } : []
        #expect(missing.isEmpty, "never told: \(missing.prefix(20)) of \(last)")
        if Self.rounds > 10 { print("torture: \(Self.rounds) kills, \(last) events, \(missing.count) lost") }
    }

    private func start() async throws -> EngineProcess {
        expected = nil
        let engine = try EngineProcess(["--home", folder + "/a"], home: folder)
        self.engine = engine
        write(engine, #"{"cmd":"events.subscribe","id":"s","consumer":"bot"}"#)
        let deadline = ContinuousClock.now + .seconds(30)
        while expected == nil, ContinuousClock.now < deadline {
            await World.real().clock.sleep(for: .milliseconds(1))
            take(engine)
        }
        return engine
    }

    /// A command that logs an event.
    private func change(_ engine: EngineProcess) {
        commands += 1
        if !hasContact {
            hasContact = true
            write(engine, #"{"cmd":"contact.add","peer":"\#(Self.peer)","alias":"n\#(commands)"}"#)
        } else {
            write(engine, #"{"cmd":"contact.update","peer":"\#(Self.peer)","alias":"n\#(commands)"}"#)
        }
    }

    private func write(_ engine: EngineProcess, _ line: String) {
        engine.write(Array(line.utf8) + [10])
    }

    private func take(_ engine: EngineProcess) {
        while let line = engine.takeFirst() {
            guard let value = line.json else { continue }
            switch value["type"]?.stringValue {
            case "ok": answered(value)
            case "error" where value["cmd"]?.stringValue == "contact.update":
                // The very first change was lost with its engine, and is asked for anew.
                hasContact = false
            case "error" where value["cmd"]?.stringValue == "contact.add": break
            case "error": Issue.record("\(line.text)")
            case "contact.changed": heard(engine, value, line.text)
            case "gap", "dropped": Issue.record("\(line.text)")
            default: break
            }
        }
    }

    private func answered(_ value: JSON) {
        switch value["cmd"]?.stringValue {
        case "events.subscribe":
            let after = value["after"]?.integerValue ?? -1
            #expect(after >= acknowledged, "acknowledged \(acknowledged), told behind \(after)")
            expected = after + 1
        case "events.ack": acknowledged = max(acknowledged, value["seq"]?.integerValue ?? 0)
        case "contact.add", "contact.update": changes += 1
        default: break
        }
    }

    private func heard(_ engine: EngineProcess, _ value: JSON, _ text: String) {
        guard let seq = value["seq"]?.integerValue else { return }
        last = max(last, seq)
        let isNew = told.insert(seq).inserted
        #expect(isNew || value["again"]?.boolValue == true, "told twice: \(text)")
        guard let wanted = expected else { return }
        #expect(seq == wanted, "\(wanted) was to come: \(text)")
        expected = seq + 1
        consumed.insert(seq)
        if random.next(below: 5) == 0 { write(engine, #"{"cmd":"events.ack","consumer":"bot","seq":\#(seq)}"#) }
    }
}
