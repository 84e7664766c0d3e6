import Reactor
import TestSupport
import Testing
import Wire

/// What peers can send to a whole engine, over real sockets. That it is refused in the right way is tested in the
/// modules; here it is seen that the process lives, answers, serves others, and has its memory back.
@Suite("An engine under attack", .serialized)
struct EngineUnderAttackTests {
    private typealias Attack = @NetworkActor (AttackedEngine) async throws -> Void

    private static let header = Adversary.negotiation("/multistream/1.0.0")

    private static func opening(_ protocolID: String) -> [UInt8] { header + Adversary.negotiation(protocolID) }

    private static func frame(_ type: UInt8, _ flags: UInt16, _ stream: UInt32, _ length: UInt32) -> [UInt8] {
        Adversary.frame(type: type, flags: flags, stream: stream, length: length)
    }

    /// What `frames` gives for each odd id in turn, `count` times.
    private static func flood(_ count: UInt32, _ frames: (UInt32) -> [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        for number in 0..<count { bytes += frames(number * 2 + 1) }
        return bytes
    }

    /// An insider who sends these frames and stays for a moment.
    private static func frames(_ frames: [UInt8], reads: Bool = true) -> Attack {
        { engine in
            let adversary = try await engine.insider()
            adversary.hasStoppedReading = !reads
            try adversary.sendSealed(frames)
            await engine.wait(.milliseconds(300))
            adversary.reset()
        }
    }

    /// Each body on a stream of its own, ended properly.
    private static func bodies(_ protocolID: String, _ bodies: [[UInt8]]) -> Attack {
        { engine in
            let adversary = try await engine.insider()
            for (number, body) in bodies.enumerated() {
                let whole = opening(protocolID) + body
                // Within the window of a new stream; what is longer ends in a reset anyway.
                let data = Adversary.data(
                    Array(whole.prefix(262_144)), stream: UInt32(number * 2 + 1), flags: 1 | 4)
                try adversary.sendSealed(data)
            }
            await engine.wait(.milliseconds(300))
            adversary.reset()
        }
    }

    private static let garbage: [[UInt8]] = {
        var random = SplitMix64(seed: 7)
        return (0..<40).map { _ in random.bytes(random.next(below: 2000)) } + [
            [], hex("ffffffffffffffff7f"), hex("ffffffffffffffffff01"), hex("80808080808080808001"), hex("ffffffff0f"),
            [UInt8](repeating: 0x9f, count: 200_000), [UInt8](repeating: 0x81, count: 200_000),
            [UInt8](repeating: 0x0b, count: 200_000), Array(String(repeating: "[", count: 200_000).utf8),
            Array(String(repeating: "{\"a\":", count: 40_000).utf8), [UInt8](repeating: 0xbf, count: 200_000),
        ]
    }()

    private static let attacks: [(name: String, run: Attack)] = [
        (
            "what is no negotiation",
            { engine in
                for bytes in garbage.prefix(60) {
                    let adversary = try await engine.stranger()
                    adversary.send(bytes)
                    await engine.wait(.milliseconds(2))
                    adversary.reset()
                }
            }
        ),
        (
            "what is no handshake",
            { engine in
                for bytes in garbage {
                    let adversary = try await engine.stranger()
                    adversary.send(
                        opening("/noise") + [UInt8(bytes.count >> 8 & 0x0f), UInt8(bytes.count & 0xff)] + bytes)
                    await engine.wait(.milliseconds(2))
                    adversary.reset()
                }
            }
        ),
        (
            "silent connections",
            { engine in
                var silent: [Adversary] = []
                for _ in 0..<256 {
                    // Most are refused, some of them before they know that they were connected.
                    if let adversary = try? await engine.stranger() { silent.append(adversary) }
                }
                await engine.wait(.milliseconds(200))
                for adversary in silent { adversary.reset() }
                await engine.wait(.milliseconds(100))
            }
        ),
        ("CVE-2026-31814: too much credit", frames(frame(1, 1, 1, 0) + frame(1, 0, 1, .max) + frame(1, 0, 1, .max))),
        ("CVE-2026-32314: too long a frame with SYN", frames(frame(0, 1, 1, 262_145))),
        ("GHSA-hmj8-5xmh-5573: an endless body", frames(frame(0, 1, 1, .max) + [UInt8](repeating: 0, count: 500_000))),
        ("SYN twice, and with ids that are ours", frames(frame(1, 1, 1, 0) + frame(1, 1, 1, 0) + frame(1, 1, 2, 0))),
        (
            "CVE-2024-32984: a million pings, no answer read",
            frames(flood(1_000_000) { _ in frame(2, 1, 0, 7) }, reads: false)
        ),
        (
            "CVE-2024-32984: 100,000 streams, no answer read",
            frames(flood(100_000) { frame(1, 1, $0, 0) }, reads: false)
        ),
        (
            "rapid reset",
            frames(flood(20_000) { frame(1, 1, $0, 0) + frame(1, 8, $0, 0) })
        ),
        ("identify", bodies("/ipfs/id/push/1.0.0", garbage)),
        ("ping", bodies("/ipfs/ping/1.0.0", garbage)),
        ("messages", bodies("/linnet/message/1.0.0", garbage)),
        ("messages of gigi", bodies("/direct/1.0.0", garbage)),
        (
            "streams that say nothing more",
            { engine in
                let adversary = try await engine.insider()
                for number in 0..<300 as Range<UInt32> {
                    let body = opening("/linnet/message/1.0.0") + [UInt8](repeating: 0xa1, count: 4096)
                    try adversary.sendSealed(Adversary.data(body, stream: number * 2 + 1, flags: 1))
                }
                await engine.wait(.milliseconds(500))
                adversary.reset()
            }
        ),
    ]

    @Test("whatever peers send, it lives, answers, serves its other peers, and has its memory back")
    func everything() async throws {
        try await spawn {
            let engine = try await AttackedEngine()
            _ = try await engine.honestRoundTrip()
            var before = try #require(engine.residentMemory)
            for round in 0..<2 {
                for (name, attack) in Self.attacks {
                    do { try await attack(engine) } catch is AdversaryError {
                        // Cut off earlier than the attack had planned: as good an end as any.
                    }
                    #expect(try await engine.status()["type"]?.stringValue == "ok", "\(name)")
                    #expect(try await engine.honestRoundTrip() < .seconds(5), "\(name)")
                }
                // The first round fills the caches that stay; the second must add nothing to speak of.
                if round == 0 { before = max(before, try #require(engine.residentMemory)) }
            }
            await engine.wait(.milliseconds(500))
            let status = try await engine.status()
            #expect(status["connections"]?.integerValue == 1)
            #expect(status["streams"]?.integerValue ?? 0 <= 4)
            let grown = try #require(engine.residentMemory) - before
            #expect(grown < 6 << 20, "\(grown / 1024) KiB more after the second round, \(before / 1024) KiB before")
            #expect(before < 80 << 20, "\(before / 1024) KiB after the first round")
            await engine.end()
        }.value
    }
}
