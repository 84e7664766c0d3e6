import Identity
import Reactor
import TestSupport
import Testing

@testable import Swarm

/// Lengths that lie, at every place where the swarm itself reads one. Those of identify are in IdentifyTests.
@Suite("Attacks on framing")
struct FramingAttackTests {
    private static let lengths: [(name: String, bytes: [UInt8])] = [
        ("2^63 - 1", hex("ffffffffffffffff7f")), ("2^64 - 1", hex("ffffffffffffffffff01")),
        ("ten bytes", hex("80808080808080808001")), ("not minimal", hex("948000")), ("4 GiB", hex("ffffffff0f")),
    ]

    @Test("prost-codec e156a22fa · GHSA-xqvc-92cf-94j4: lengths before the handshake", arguments: lengths.indices)
    func beforeTheHandshake(_ index: Int) async throws {
        let (name, bytes) = Self.lengths[index]
        try await HostileScene.run { scene in
            let failures = InboundFailures(of: scene.victim)
            for lead in [[], Adversary.negotiation("/multistream/1.0.0")] {
                let adversary = try await scene.attack()
                let start = scene.simulation.elapsed
                adversary.send(lead + bytes)
                await adversary.untilEnded()
                #expect(scene.simulation.elapsed - start < .seconds(1), "\(name)")
            }
            #expect(failures.errors.map(\.code) == [.upgradeFailed, .upgradeFailed], "\(name)")
            let error = await scene.dial { $0.send(bytes) }
            #expect(error?.attempts.map(\.reason) == [.upgradeFailed], "\(name)")
        }
    }

    @Test("prost-codec e156a22fa · GHSA-xqvc-92cf-94j4: lengths on a stream", arguments: lengths.indices)
    func onAStream(_ index: Int) async throws {
        let (name, bytes) = Self.lengths[index]
        try await HostileScene.run { scene in
            let adversary = try await scene.insider()
            try adversary.sendSealed(Adversary.data(bytes, stream: 1, flags: 1))
            let code = try await adversary.receiveReset(of: 1)
            #expect(code == StreamResetCode.negotiationFailed.rawValue, "\(name)")

            // The victim opens a stream and gets such an answer: an error on the stream, nothing more.
            let connection = try #require(scene.victim.connections(to: KeyPair.test(66).peerID).first)
            let stream = try await connection.openStream(["/any/1"])
            let opened = try await adversary.receiveFrame()
            try adversary.sendSealed(Adversary.data(bytes, stream: opened.stream, flags: 2))
            let error = await #expect(throws: StreamError.self, "\(name)") { try await stream.read() }
            #expect(error?.code == .malformed, "\(name)")
            await scene.attacker.clock.sleep(for: .milliseconds(100))
            #expect(connection.isOpen)
            #expect(connection.streamCount == 0)
            adversary.reset()
        }
    }

    @Test("GHSA-xqvc-92cf-94j4: a length, and then nothing, is forgotten after a while")
    func announcedOnly() async throws {
        try await HostileScene.run { scene in
            let stranger = try await scene.attack()
            stranger.send([0xff, 0x07])
            let adversary = try await scene.insider()
            try adversary.sendSealed(Adversary.data([0xff, 0x07], stream: 1, flags: 1))
            await scene.attacker.clock.sleep(for: .seconds(11))
            let connection = try #require(scene.victim.connections(to: KeyPair.test(66).peerID).first)
            #expect(connection.streamCount == 0)
            await scene.attacker.clock.sleep(for: .seconds(5))
            await stranger.untilEnded()
            #expect(scene.victim.pending.isEmpty)
            adversary.reset()
        }
    }
}
