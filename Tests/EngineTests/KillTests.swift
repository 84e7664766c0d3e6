import Foundation
import Reactor
import Testing
import Wire

/// Engines that are killed at random points of a stream of messages.
@Suite struct KillTests {
    /// Nothing that was acknowledged is missing, nothing is told twice without `again`, and the order holds.
    @Test(arguments: [UInt64(1), 2])
    func nothingIsLost(_ seed: UInt64) async throws {
        try await spawn { try await KillRun(seed: seed).run() }.value
    }
}

@NetworkActor private final class KillRun {
    private static let messages = 2000
    private static let kills = 6

    private let random: SeededRandomSource
    private let folder: String
    private var address = ""
    private var peers: (alice: String, bob: String) = ("", "")
    /// Ids by the number of the message, as far as the sender's engine has taken it on.
    private var accepted: [Int: String] = [:]
    /// The numbers of the `message` events that the receiver told, with `again`.
    private var received: [(text: Int, id: String, seq: Int64, again: Bool)] = []
    private var next = 1
    private var alice: EngineProcess?
    private var bob: EngineProcess?

    init(seed: UInt64) {
        random = SeededRandomSource(seed: seed)
        folder = NSTemporaryDirectory() + "linnet-kill-\(UInt64.random(in: 0...UInt64.max))"
    }

    func run() async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer {
            alice?.send(.kill)
            bob?.send(.kill)
            try? FileManager.default.removeItem(atPath: folder)
        }
        try await startAlice()
        try await startBob()
        for _ in 1...Self.kills {
            let until = min(next + 50 + random.next(below: Self.messages / Self.kills), Self.messages)
            try await sendMessages(through: until)
            if random.next(below: 2) == 0 {
                await kill(alice)
                try await startAlice()
            } else {
                await kill(bob)
                try await startBob()
            }
        }
        try await sendMessages(through: Self.messages)
        try await hearAll()
        check()
    }

    private func startAlice() async throws {
        let alice = try EngineProcess(
            ["--home", folder + "/a", "--listen", bareAddress ?? "/ip4/127.0.0.1/tcp/0"], home: folder)
        self.alice = alice
        let started = try await line(of: alice) { $0["type"] == .string("started") }
        peers.alice = started["peer"]?.stringValue ?? ""
        address = started["addresses"]?.arrayValue?.first?.stringValue ?? ""
    }

    /// The address without the peer id, once there is one.
    private var bareAddress: String? {
        address.isEmpty ? nil : address.components(separatedBy: "/p2p/").first
    }

    private func startBob() async throws {
        let bob = try EngineProcess(["--home", folder + "/b"], home: folder)
        self.bob = bob
        let started = try await line(of: bob) { $0["type"] == .string("started") }
        peers.bob = started["peer"]?.stringValue ?? ""
        bob.write(Array(#"{"cmd":"net.connect","address":"\#(address)","timeout":5}"#.utf8) + [10])
    }

    private func kill(_ engine: EngineProcess?) async {
        // At any point of what is under way.
        await World.real().clock.sleep(for: .milliseconds(Int64(random.next(below: 60))))
        engine?.send(.kill)
        _ = await engine?.end(within: .seconds(30))
        if let engine {
            while !engine.isAtEnd { await World.real().clock.sleep(for: .milliseconds(1)) }
        }
        take()
    }

    private func sendMessages(through last: Int) async throws {
        guard next <= last, let bob else { return }
        for number in next...last {
            bob.write(
                Array(#"{"cmd":"message.send","id":\#(number),"to":"\#(peers.alice)","text":"\#(number)"}"#.utf8) + [10]
            )
        }
        let wanted = next + random.next(below: last - next + 1)
        next = last + 1
        // Goes on when some have been answered; the rest is under way, and may be lost with the engine.
        let deadline = ContinuousClock.now + .seconds(60)
        while accepted.keys.max() ?? 0 < wanted, ContinuousClock.now < deadline {
            await World.real().clock.sleep(for: .milliseconds(2))
            take()
        }
    }

    /// Waits until the receiver has told of every message that the sender's engine took on.
    private func hearAll() async throws {
        let deadline = ContinuousClock.now + .seconds(120)
        while ContinuousClock.now < deadline {
            take()
            let heard = Set(received.map(\.id))
            if accepted[Self.messages] != nil, accepted.values.allSatisfy({ heard.contains($0) }) { return }
            await World.real().clock.sleep(for: .milliseconds(20))
        }
    }

    private func check() {
        let heard = Set(received.map(\.id))
        let missing = accepted.filter { !heard.contains($0.value) }.keys.sorted()
        #expect(missing.isEmpty, "acknowledged and never told: \(missing.prefix(20))")
        #expect(accepted[Self.messages] != nil)

        var told: Set<String> = []
        var seqs: [Int64: String] = [:]
        var lastNumber = 0
        for event in received {
            if let known = seqs[event.seq] { #expect(known == event.id, "seq \(event.seq) has two events") }
            seqs[event.seq] = event.id
            let isNew = told.insert(event.id).inserted
            #expect(isNew || event.again, "message \(event.text) was told twice without 'again'")
            guard isNew else { continue }
            #expect(event.text > lastNumber, "message \(event.text) came after \(lastNumber)")
            lastNumber = event.text
        }
        #expect(seqs.keys.sorted() == Array(1...Int64(max(seqs.count, 1))), "there are holes in the numbering")
    }

    /// Takes in what both engines have said.
    private func take() {
        while let line = bob?.takeFirst() {
            guard let value = line.json, value["type"] == .string("ok"),
                let number = value["id"]?.integerValue, let id = value["message"]?.stringValue
            else { continue }
            accepted[Int(number)] = id
        }
        while let line = alice?.takeFirst() {
            guard let value = line.json, value["type"] == .string("message"),
                let text = value["text"]?.stringValue.flatMap(Int.init), let id = value["message"]?.stringValue,
                let seq = value["seq"]?.integerValue
            else { continue }
            received.append((text, id, seq, value["again"] == .bool(true)))
        }
    }

    private func line(of engine: EngineProcess, _ fits: (JSON) -> Bool) async throws -> JSON {
        let deadline = ContinuousClock.now + .seconds(30)
        while true {
            for (index, line) in engine.lines.enumerated() {
                guard let value = line.json, fits(value) else { continue }
                engine.take(at: index)
                return value
            }
            guard await engine.news(before: deadline) else {
                throw ScriptFailure(description: "no such line; \(String(decoding: engine.errors, as: UTF8.self))")
            }
        }
    }
}
