import Crypto
import Identity
import Multiformats
import Reactor
import TestSupport
import Testing

@testable import Noise
@testable import Swarm

/// What a peer might put in a handshake to pass for another, to wear the victim out, or to use what it has overheard.
@Suite("Attacks on the handshake")
struct HandshakeAttackTests {
    // MARK: Identity

    /// Signatures that do not prove that key 1 vouches for the liar's static key.
    private static let forgedSignatures: [(name: String, bytes: [UInt8])] = {
        let honest = KeyPair.test(1)
        let staticKey = ForgedHandshake.staticKey.publicKey
        let domain = Array("noise-libp2p-static-key:".utf8)
        var random = SplitMix64(seed: 15_545)
        var forged = [
            ("none", []), ("zeros", [UInt8](repeating: 0, count: 64)), ("random", random.bytes(64)),
            ("63 bytes", [UInt8](repeating: 1, count: 63)), ("65 bytes", [UInt8](repeating: 1, count: 65)),
            ("by the liar", KeyPair.test(66).sign(domain + staticKey)),
            ("over another static key", honest.sign(domain + ForgedHandshake.key(5).publicKey)),
        ]
        for other in ["", "libp2p-pubsub:", "linnet-message:", "libp2p-tls-handshake:", "libp2p-peer-record"] {
            forged.append(("under the domain '\(other)'", honest.sign(Array(other.utf8) + staticKey)))
        }
        let sound = honest.sign(domain + staticKey)
        for index in [0, 31, 32, 63] {
            var flipped = sound
            flipped[index] ^= 0x20
            forged.append(("flipped at byte \(index)", flipped))
        }
        return forged
    }()

    @Test(
        "CVE-2019-15545 · RUSTSEC-2019-0004 · GHSA-4q4x-67hx-5mpg: any signature of the right length",
        arguments: forgedSignatures.indices)
    func forgedSignature(_ index: Int) async throws {
        let (name, signature) = Self.forgedSignatures[index]
        try await HostileScene.run { scene in
            let failures = InboundFailures(of: scene.victim)
            var payload = ForgedHandshake.honest(.test(1))
            payload.identitySignature = signature
            let adversary = try await scene.attack()
            try await ForgedHandshake.dial(adversary, payload: payload)
            await #expect(throws: AdversaryError.ended, "\(name)") { try await adversary.receive(1) }
            #expect(scene.victim.connections.count == 1, "\(name)")
            #expect(failures.errors.map(\.code) == [.upgradeFailed], "\(name)")
            #expect(failures.errors.first?.message.contains("did not sign") == true, "\(name)")

            // The same from the side that is dialed.
            let error = await scene.dial { try await ForgedHandshake.answer($0, payload: payload) }
            #expect(error?.attempts.map(\.reason) == [.upgradeFailed], "\(name)")
        }
    }

    /// An RSA key of so many bits as SubjectPublicKeyInfo, in the protobuf message PublicKey.
    private static func rsaKey(bits: Int, lastByte: UInt8 = 0x55) -> [UInt8] {
        func element(_ tag: UInt8, _ body: [UInt8]) -> [UInt8] {
            let count = body.count
            if count < 128 { return [tag, UInt8(count)] + body }
            if count < 256 { return [tag, 0x81, UInt8(count)] + body }
            return [tag, 0x82, UInt8(count >> 8), UInt8(count & 0xff)] + body
        }
        let modulus = [0, 0x80] + [UInt8](repeating: 0x55, count: bits / 8 - 2) + [lastByte]
        let key = element(0x30, element(0x02, modulus) + element(0x02, [1, 0, 1]))
        let algorithm = hex("300d06092a864886f70d0101010500")
        let info = element(0x30, algorithm + element(0x03, [0] + key))
        return [0x08, 0, 0x12, UInt8(info.count & 0x7f) | 0x80, UInt8(info.count >> 7)] + info
    }

    @Test(
        "CVE-2023-39533 · GHSA-876p-8259-xjgg: very large RSA keys in the handshake",
        arguments: [
            (16_384, UInt8(0x55), "16384"), (8_200, 0x55, "8200"), (1_024, 0x55, "1024"), (2_048, 0x54, "even"),
        ])
    func hugeRSAKey(_ bits: Int, _ lastByte: UInt8, _ reason: String) async throws {
        try await HostileScene.run { scene in
            let failures = InboundFailures(of: scene.victim)
            var payload = ForgedHandshake.honest(.test(66))
            payload.identityKey = Self.rsaKey(bits: bits, lastByte: lastByte)
            payload.identitySignature = [UInt8](repeating: 3, count: 256)
            let adversary = try await scene.attack()
            try await ForgedHandshake.dial(adversary, payload: payload)
            await #expect(throws: AdversaryError.ended) { try await adversary.receive(1) }
            // Refused for the key, before anything was verified with it.
            let message = failures.errors.first?.message ?? ""
            #expect(message.contains("not accepted") && message.contains(reason), "\(message)")
            let error = await scene.dial { try await ForgedHandshake.answer($0, payload: payload) }
            #expect(error?.message.contains(reason) == true, "\(error?.message ?? "none")")
        }
    }

    @Test("key confusion: B is dialed, C answers; the error names both, and nothing is sent above Noise")
    func keyConfusion() async throws {
        try await HostileScene.run { scene in
            let (expected, actual) = (KeyPair.test(50).peerID, KeyPair.test(66).peerID)
            var heard: Result<[UInt8], any Error>?
            let error = await scene.dial(expecting: expected) { adversary in
                try await ForgedHandshake.answer(adversary, payload: ForgedHandshake.honest(.test(66)))
                do { heard = .success(try await adversary.receive(1)) } catch { heard = .failure(error) }
            }
            #expect(error?.code == .wrongPeer)
            #expect(error?.expectedPeer == expected && error?.actualPeer == actual)
            #expect(error?.message.contains(expected.description) == true)
            #expect(error?.message.contains(actual.description) == true)
            await scene.attacker.clock.sleep(for: .seconds(1))
            // Not even the victim's own identity: the third message would have held it.
            #expect(throws: AdversaryError.ended) { try heard?.get() }
        }
    }

    // MARK: Keys

    private static let smallOrderPoints = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ]

    /// For the static key in messages 2 and 3, see NoiseHostilePeerTests.
    @Test("Noise low-order points: an ephemeral key of small order ends the handshake", arguments: smallOrderPoints)
    func lowOrderPoints(_ point: String) async throws {
        try await HostileScene.run { scene in
            let failures = InboundFailures(of: scene.victim)
            let adversary = try await scene.attack()
            adversary.send(ForgedHandshake.opening + ForgedHandshake.framed(hex(point)))
            await adversary.untilEnded()
            #expect(failures.errors.first?.message.contains("small order") == true)
            let error = await scene.dial { adversary in
                _ = try await adversary.receive(ForgedHandshake.opening.count + 34)
                let second = ForgedHandshake.framed(hex(point) + [UInt8](repeating: 0, count: 64))
                adversary.send(ForgedHandshake.opening + second)
            }
            #expect(error?.message.contains("small order") == true)
        }
    }

    // MARK: What was overheard

    @Test("Noise replay: a handshake that succeeded proves nothing the second time")
    func replay() async throws {
        try await HostileScene.run { scene in
            let first = try await scene.attack()
            let sent = try await ForgedHandshake.dial(first, payload: ForgedHandshake.honest(.test(66)))
            await scene.attacker.clock.sleep(for: .seconds(1))
            #expect(scene.isInsiderConnected)
            first.reset()
            await scene.attacker.clock.sleep(for: .seconds(1))
            #expect(!scene.isInsiderConnected)

            let failures = InboundFailures(of: scene.victim)
            let second = try await scene.attack()
            second.send(sent.first)
            _ = try await second.receive(ForgedHandshake.opening.count)
            _ = try await ForgedHandshake.message(from: second)
            second.send(sent.third)
            await #expect(throws: AdversaryError.ended) { try await second.receive(1) }
            #expect(!scene.isInsiderConnected)
            #expect(failures.errors.map(\.code) == [.upgradeFailed])
        }
    }

    @Test("Noise replay: what a listener said to one dial is nothing to the next")
    func replayedAnswer() async throws {
        try await HostileScene.run { scene in
            var recorded: [UInt8] = []
            _ = await scene.dial { recorded = try await ForgedHandshake.answer($0, payload: .init()) }
            let honest = await scene.dial { adversary in
                recorded = try await ForgedHandshake.answer(adversary, payload: ForgedHandshake.honest(.test(66)))
            }
            #expect(honest == nil)
            let error = await scene.dial { adversary in
                _ = try await adversary.receive(ForgedHandshake.opening.count + 34)
                adversary.send(recorded)
            }
            #expect(error?.attempts.map(\.reason) == [.upgradeFailed])
        }
    }

    @Test("Noise replay: a record sent twice ends the connection without an answer")
    func replayedRecord() async throws {
        try await HostileScene.run { scene in
            let adversary = try await scene.insider()
            let record = try adversary.seal(Adversary.frame(type: 2, flags: 1, stream: 0, length: 7))
            adversary.send(record)
            _ = try await adversary.receiveSealed(12)
            adversary.send(record)
            await #expect(throws: AdversaryError.ended) { try await adversary.receive(1) }
            #expect(!scene.isInsiderConnected)
        }
    }

    @Test("Noise reflection: the victim's own messages come back to it")
    func reflection() async throws {
        try await HostileScene.run { scene in
            let failures = InboundFailures(of: scene.victim)
            let adversary = try await scene.attack()
            let first = ForgedHandshake.framed(ForgedHandshake.key(78).publicKey)
            adversary.send(ForgedHandshake.opening + first)
            _ = try await adversary.receive(ForgedHandshake.opening.count)
            adversary.send(ForgedHandshake.framed(try await ForgedHandshake.message(from: adversary)))
            await #expect(throws: AdversaryError.ended) { try await adversary.receive(1) }
            #expect(failures.errors.map(\.code) == [.upgradeFailed])

            // A record of the victim's, sent back to it.
            let insider = try await scene.insider()
            try insider.sendSealed(Adversary.frame(type: 2, flags: 1, stream: 0, length: 7))
            let header = try await insider.receive(2)
            let body = try await insider.receive(Int(header[0]) << 8 | Int(header[1]))
            insider.send(header + body)
            await #expect(throws: AdversaryError.ended) { try await insider.receive(1) }
            #expect(!scene.isInsiderConnected)
        }
    }

    @Test(
        "CVE-2024-58265 · GHSA-7g9j-g5jg-3vv3: after a record that cannot be opened the connection ends, no reply",
        arguments: [0, 1, 2, 9, 29])
    func failedDecrypt(_ position: Int) async throws {
        try await HostileScene.run { scene in
            let adversary = try await scene.insider()
            let ping = Adversary.frame(type: 2, flags: 1, stream: 0, length: 7)
            var record = try adversary.seal(ping)
            record[position] ^= 1
            // A sound record behind it is not looked at any more.
            adversary.send(try record + adversary.seal(ping) + [UInt8](repeating: 0, count: 300))
            await #expect(throws: AdversaryError.ended) { try await adversary.receive(1) }
            #expect(!scene.isInsiderConnected)
        }
    }
}

extension HostileScene {
    /// The honest peer dials an address where `body` answers.
    ///
    /// - Returns: the error of the dial; nil when it succeeded, and the connection was closed.
    func dial(
        expecting peer: PeerID? = nil, _ body: @escaping @NetworkActor (Adversary) async throws -> Void
    ) async -> SwarmError? {
        let address = SocketAddress.ip(attacker.network.localAddresses()[0], port: 9)
        let listener = try? Adversary.listen(attacker, on: address) { adversary in
            try? await body(adversary)
            await adversary.untilEnded()
        }
        guard let listener, let bare = Multiaddr(address) else {
            return SwarmError(.listenFailed, "the scene could not be set")
        }
        defer { listener.close() }
        do throws(SwarmError) {
            let connection = try await network[0].dial(peer.map(bare.appending(peer:)) ?? bare)
            connection.close()
            return nil
        } catch {
            return error
        }
    }
}
