import Crypto
import Identity
import TestSupport
import Testing

@testable import Noise

/// The X25519 points of small order, as published by their finders, and the same with the bit that is ignored set.
private let smallOrderPoints: [[UInt8]] = {
    let points = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ].map(hex)
    return points + points.map { Array($0.dropLast()) + [($0.last ?? 0) | 0x80] }
}()

private func framed(_ message: [UInt8]) -> [UInt8] {
    [UInt8(message.count >> 8), UInt8(message.count & 0xff)] + message
}

@Suite struct NoiseHostilePeerTests {
    /// Which of the three messages is damaged.
    enum Message: CaseIterable {
        case first
        case second
        case third

        /// Bytes of the message in the published handshake, its length prefix included.
        var count: Int {
            switch self {
            case .first: 34
            case .second: 218
            case .third: 186
            }
        }
    }

    /// A damaged byte anywhere ends in an error, or in waiting for bytes that a larger length announced; never in a
    /// handshake that both sides hold for done.
    @Test(arguments: Message.allCases, [UInt8(0x01), 0x10, 0x80])
    func aFlippedBitAnywhere(message: Message, bit: UInt8) throws {
        for position in 0..<message.count {
            func damaged(_ bytes: [UInt8], if here: Message) -> [UInt8] {
                var bytes = bytes
                if here == message { bytes[position] ^= bit }
                return bytes
            }
            var alice = NoiseVectors.initiator()
            var bob = NoiseVectors.responder()
            do {
                let first = try damaged(alice.start(), if: .first)
                let second = try damaged(bob.receive(first).send, if: .second)
                let step = try alice.receive(second)
                let third = damaged(step.send, if: .third)
                #expect(message == .third || step.result == nil, "byte \(position)")
                #expect(try bob.receive(third).result == nil, "byte \(position)")
            } catch {
                // Refused: what a damaged message should come to. The error's type is fixed by the compiler.
            }
        }
    }

    /// Noise low-order points.
    @Test(arguments: smallOrderPoints)
    func smallOrderEphemeral(point: [UInt8]) throws {
        var bob = NoiseVectors.responder()
        #expect(throws: NoiseError.lowOrderPoint) { try bob.receive(framed(point)) }
        var alice = NoiseVectors.initiator()
        _ = try alice.start()
        let answer = framed(point + [UInt8](repeating: 0, count: 64))
        #expect(throws: NoiseError.lowOrderPoint) { try alice.receive(answer) }
    }

    @Test(arguments: smallOrderPoints)
    func smallOrderStaticOfTheInitiator(point: [UInt8]) throws {
        var bob = NoiseVectors.responder()
        let ephemeral = NoiseVectors.initiatorEphemeral
        let second = try bob.receive(framed(ephemeral.publicKey)).send.dropFirst(2)
        var symmetric = NoiseSymmetricState(prologue: [])
        symmetric.mixHash(ephemeral.publicKey)
        symmetric.mixHash([])
        let remote = Array(second.prefix(32))
        symmetric.mixHash(remote)
        symmetric.mixKey(try ephemeral.sharedSecret(with: remote))
        let remoteStatic = try symmetric.decryptAndHash(Array(second.dropFirst(32).prefix(48)))
        symmetric.mixKey(try ephemeral.sharedSecret(with: remoteStatic))
        _ = try symmetric.decryptAndHash(Array(second.dropFirst(80)))
        let third = framed(symmetric.encryptAndHash(point) + [UInt8](repeating: 0, count: 16))
        #expect(throws: NoiseError.lowOrderPoint) { try bob.receive(third) }
    }

    @Test(arguments: smallOrderPoints)
    func smallOrderStaticOfTheResponder(point: [UInt8]) throws {
        var alice = NoiseVectors.initiator()
        let remote = Array(try alice.start().dropFirst(2))
        let ephemeral = NoiseVectors.responderEphemeral
        var symmetric = NoiseSymmetricState(prologue: [])
        symmetric.mixHash(remote)
        symmetric.mixHash([])
        symmetric.mixHash(ephemeral.publicKey)
        symmetric.mixKey(try ephemeral.sharedSecret(with: remote))
        let second = ephemeral.publicKey + symmetric.encryptAndHash(point) + [UInt8](repeating: 0, count: 16)
        #expect(throws: NoiseError.lowOrderPoint) { try alice.receive(framed(second)) }
    }

    /// Noise reflection.
    @Test func anEchoServerIsNoPeer() throws {
        var alice = NoiseVectors.initiator(expecting: nil)
        let first = try alice.start()
        #expect(throws: NoiseError.malformedMessage("")) { try alice.receive(first) }
        var bob = NoiseVectors.responder()
        let own = try bob.receive(NoiseVectors.initiatorEphemeralFrame).send
        #expect(throws: NoiseError.self) { try bob.receive(own) }
    }

    /// Key confusion: another peer than the one that was dialed.
    @Test func anotherPeerAnswers() throws {
        let error = #expect(throws: NoiseError.self) {
            try complete(NoiseVectors.initiator(), NoiseVectors.responder(identity: NoiseVectors.carol))
        }
        #expect(error?.code == .wrongPeer(expected: NoiseVectors.bob.peerID, actual: NoiseVectors.carol.peerID))
        #expect(
            error?.description == "dialed \(NoiseVectors.bob.peerID), but \(NoiseVectors.carol.peerID) answered")
    }

    /// Noise reflection: this peer itself.
    @Test func ourselves() {
        #expect(throws: NoiseError.ownIdentity) {
            try complete(
                NoiseVectors.initiator(expecting: nil), NoiseVectors.responder(identity: NoiseVectors.alice))
        }
    }

    @Test func aSignatureByAnotherKey() {
        let forged = NoiseStaticKey(privateKey: NoiseVectors.responderStatic, identity: NoiseVectors.carol)
        #expect(throws: NoiseError.signatureInvalid) {
            try complete(NoiseVectors.initiator(), NoiseVectors.responder(staticKey: forged))
        }
        let forgedToo = NoiseStaticKey(privateKey: NoiseVectors.initiatorStatic, identity: NoiseVectors.carol)
        #expect(throws: NoiseError.signatureInvalid) {
            try complete(NoiseVectors.initiator(staticKey: forgedToo), NoiseVectors.responder())
        }
    }

    /// Bob's true signature, seen in another handshake, over a static key that is not the one in use.
    @Test func aSignatureOverAnotherStaticKey() {
        let seen = NoiseStaticKey(privateKey: NoiseVectors.responderStatic, identity: NoiseVectors.bob).signature
        let stolen = NoiseStaticKey(privateKey: NoiseVectors.initiatorStatic, signature: seen)
        #expect(throws: NoiseError.signatureInvalid) {
            try complete(NoiseVectors.initiator(), NoiseVectors.responder(staticKey: stolen))
        }
    }

    /// CVE-2019-15545 · RUSTSEC-2019-0004 · GHSA-4q4x-67hx-5mpg.
    @Test(arguments: [0, 63, 64, 65])
    func signaturesOfAnyShape(count: Int) {
        let forged = NoiseStaticKey(
            privateKey: NoiseVectors.responderStatic, signature: [UInt8](repeating: 0, count: count))
        #expect(throws: NoiseError.signatureInvalid) {
            try complete(NoiseVectors.initiator(), NoiseVectors.responder(staticKey: forged))
        }
    }

    /// A peer that is honest up to its payload.
    @Test(arguments: [
        ("", NoiseError.identityInvalid("")),
        ("0a00", .identityInvalid("")),
        ("0a0408011200", .identityInvalid("")),
        ("0a", .malformedMessage("")),
        ("ff", .malformedMessage("")),
        ("0affffffffffffffffff01", .malformedMessage("")),
        ("2205", .malformedMessage("")),
    ])
    func payloadsThatProveNothing(payload: String, expected: NoiseError) throws {
        var alice = NoiseVectors.initiator()
        var mallory = NoiseXX(
            role: .responder, staticKey: NoiseVectors.responderStatic, ephemeral: NoiseVectors.responderEphemeral,
            prologue: [])
        _ = try mallory.read(Array(try alice.start().dropFirst(2)))
        let second = framed(try mallory.write(payload: hex(payload)))
        #expect(throws: expected) { try alice.receive(second) }
        #expect(throws: NoiseError.finished) { try alice.receive([0]) }
    }

    @Test func aPayloadInTheFirstMessage() {
        var bob = NoiseVectors.responder()
        #expect(throws: NoiseError.malformedMessage("")) {
            try bob.receive(framed(NoiseVectors.initiatorEphemeral.publicKey + [1]))
        }
    }

    @Test(arguments: [4097, 8192, 65_535])
    func anOversizedMessageIsRefusedByItsLength(length: Int) throws {
        var bob = NoiseVectors.responder()
        #expect(throws: NoiseError.handshakeTooLarge(length)) {
            try bob.receive([UInt8(length >> 8), UInt8(length & 0xff)])
        }
        var alice = NoiseVectors.initiator()
        _ = try alice.start()
        #expect(throws: NoiseError.handshakeTooLarge(length)) {
            try alice.receive([UInt8(length >> 8), UInt8(length & 0xff)])
        }
    }

    @Test func randomBytesNeverTrap() throws {
        var random = SplitMix64(seed: 8)
        for round in 0..<2_000 {
            var bytes = random.bytes(Int.random(in: 0...300, using: &random))
            if !round.isMultiple(of: 4), bytes.count > 2 {
                (bytes[0], bytes[1]) = (0, UInt8(clamping: bytes.count - 2))
            }
            var alice = NoiseVectors.initiator()
            _ = try alice.start()
            _ = try? alice.receive(bytes)
            var bob = NoiseVectors.responder()
            _ = try? bob.receive(bytes)
            _ = try? NoisePayload(decoding: bytes)
        }
    }
}

extension NoiseVectors {
    /// The initiator's first message.
    static let initiatorEphemeralFrame = [0, 32] + initiatorEphemeral.publicKey
}
