import Crypto
import Identity
import TestSupport
import Testing

@testable import Noise

@Suite struct NoiseHandshakeTests {
    @Test func staticKeysAndSignatures() {
        let alice = NoiseStaticKey(privateKey: NoiseVectors.initiatorStatic, identity: NoiseVectors.alice)
        #expect(alice.publicKey == Vectors.bytes("noise.init_static_pub"))
        #expect(alice.signature == Vectors.bytes("noise.sig_A_over_init_static"))
        let bob = NoiseStaticKey(privateKey: NoiseVectors.responderStatic, identity: NoiseVectors.bob)
        #expect(bob.publicKey == Vectors.bytes("noise.resp_static_pub"))
        #expect(bob.signature == Vectors.bytes("noise.sig_B_over_resp_static"))
    }

    @Test func payloads() throws {
        let alice = NoisePayload(
            identityKey: NoiseVectors.alice.publicKey.protobuf,
            identitySignature: Vectors.bytes("noise.sig_A_over_init_static"), muxers: ["/yamux/1.0.0"])
        #expect(alice.encoded == Vectors.bytes("noise.payload_A(msg3)"))
        #expect(try NoisePayload(decoding: Vectors.bytes("noise.payload_A(msg3)")) == alice)
        let bob = NoisePayload(
            identityKey: NoiseVectors.bob.publicKey.protobuf,
            identitySignature: Vectors.bytes("noise.sig_B_over_resp_static"), muxers: ["/yamux/1.0.0"])
        #expect(bob.encoded == Vectors.bytes("noise.payload_B(msg2)"))
        #expect(try NoisePayload(decoding: Vectors.bytes("noise.payload_B(msg2)")) == bob)
    }

    /// noise message-1 MixHash: the empty payload of message 1 is hashed too, or these bytes come out otherwise.
    @Test func theWholeHandshakeByteForByte() throws {
        var alice = NoiseVectors.initiator()
        var bob = NoiseVectors.responder()
        let first = try alice.start()
        #expect(first == Vectors.bytes("noise.wire1"))
        let second = try bob.receive(first)
        #expect(second.send == Vectors.bytes("noise.wire2"))
        let third = try alice.receive(second.send)
        #expect(third.send == Vectors.bytes("noise.wire3"))
        let last = try bob.receive(third.send)
        #expect(last.send == [])
        let (a, b) = (try #require(third.result), try #require(last.result))
        let hash = Vectors.bytes("noise.handshake_hash")
        #expect(a.handshakeHash == hash && b.handshakeHash == hash)
        #expect(a.remotePeer == NoiseVectors.bob.peerID && b.remotePeer == NoiseVectors.alice.peerID)
        #expect(a.remoteKey == NoiseVectors.bob.publicKey && b.remoteKey == NoiseVectors.alice.publicKey)
        #expect(a.muxer == "/yamux/1.0.0" && b.muxer == "/yamux/1.0.0")
        let hello = try a.sealer.seal(Array("hello".utf8))
        #expect(hello == Vectors.bytes("noise.frame i->r #0 \"hello\""))
        let empty = try a.sealer.seal([])
        #expect(empty == Vectors.bytes("noise.frame i->r #1 \"\""))
        let world = try b.sealer.seal(Array("world".utf8))
        #expect(world == Vectors.bytes("noise.frame r->i #0 \"world\""))
        #expect(try b.opener.open(hello) == Array("hello".utf8))
        #expect(try b.opener.open(empty) == [])
        #expect(try a.opener.open(world) == Array("world".utf8))
    }

    @Test func transportKeys() throws {
        let sealer = NoiseSealer(key: SecretBytes(copying: Vectors.bytes("noise.k_i2r")))
        #expect(try sealer.seal(Array("hello".utf8)) == Vectors.bytes("noise.frame i->r #0 \"hello\""))
        let other = NoiseSealer(key: SecretBytes(copying: Vectors.bytes("noise.k_r2i")))
        #expect(try other.seal(Array("world".utf8)) == Vectors.bytes("noise.frame r->i #0 \"world\""))
    }

    @Test(
        arguments: [
            (["/a"], ["/a"], "/a"),
            (["/a", "/b"], ["/b", "/a"], "/a"),
            (["/c", "/b", "/a"], ["/a", "/b"], "/b"),
            ([], ["/a"], nil),
            (["/a"], [], nil),
            ([], [], nil),
        ] as [([String], [String], String?)])
    func muxerIsTheFirstOfTheInitiatorThatBothHave(ours: [String], theirs: [String], agreed: String?) throws {
        let results = try complete(
            NoiseVectors.initiator(muxers: ours), NoiseVectors.responder(muxers: theirs))
        #expect(results.initiator != nil && results.responder != nil)
        #expect(results.initiator?.muxer == agreed)
        #expect(results.responder?.muxer == agreed)
    }

    @Test func noCommonMuxerFails() {
        #expect(throws: NoiseError.muxerMismatch([])) {
            try complete(NoiseVectors.initiator(muxers: ["/a"]), NoiseVectors.responder(muxers: ["/b"]))
        }
    }

    @Test func moreThanOneHundredMuxersCountAsNone() throws {
        let many = (0...100).map { "/\($0)" }
        let results = try complete(
            NoiseVectors.initiator(muxers: many), NoiseVectors.responder(muxers: ["/0"]))
        #expect(results.responder?.muxer == nil)
    }

    /// The stream of the initiator, then that of the responder, with records right behind the handshake, cut anyhow.
    @Test(arguments: 0..<60)
    func anySplitGivesTheSame(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        var alice = NoiseVectors.initiator()
        var bob = NoiseVectors.responder()
        let second = try feed(&bob, alice.start(), cut: &random).send
        let third = try feed(&alice, second, cut: &random)
        let a = try #require(third.result)
        let records = try a.sealer.seal([1, 2, 3]) + a.sealer.seal([]) + a.sealer.seal([4])
        let last = try feed(&bob, third.send + records, cut: &random)
        let b = try #require(last.result)
        #expect(a.handshakeHash == b.handshakeHash)
        #expect(last.leftover == records)
    }

    /// Hands over `bytes` in pieces; what arrives after the end is added to the leftover.
    private func feed(
        _ side: inout NoiseHandshake, _ bytes: [UInt8], cut random: inout SplitMix64
    ) throws -> NoiseStep {
        var send: [UInt8] = []
        var result: NoiseResult?
        var leftover: [UInt8] = []
        var rest = bytes[...]
        let largest = Int.random(in: 1...200, using: &random)
        while !rest.isEmpty {
            let piece = Array(rest.prefix(Int.random(in: 0...largest, using: &random)))
            rest = rest.dropFirst(piece.count)
            if result != nil {
                leftover += piece
                continue
            }
            let step = try side.receive(piece)
            send += step.send
            result = step.result
            leftover += step.leftover
        }
        return result.map { .finished(send: send, $0, leftover: leftover) } ?? .needMore(send: send)
    }
}
