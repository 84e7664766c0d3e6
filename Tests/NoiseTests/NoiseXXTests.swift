import TestSupport
import Testing

@testable import Noise

/// The public vectors of flynn/noise for XX, 25519, ChaChaPoly, SHA256.
@Suite struct NoiseXXTests {
    private func pair(prologue: [UInt8] = []) -> (NoiseXX, NoiseXX) {
        (
            NoiseXX(
                role: .initiator, staticKey: NoiseVectors.initiatorStatic, ephemeral: NoiseVectors.initiatorEphemeral,
                prologue: prologue),
            NoiseXX(
                role: .responder, staticKey: NoiseVectors.responderStatic, ephemeral: NoiseVectors.responderEphemeral,
                prologue: prologue)
        )
    }

    @Test(arguments: [
        (
            ["", "", ""],
            [
                "358072d6365880d1aeea329adf9121383851ed21a28e3b75e965d0d2cd166254",
                """
                64b101b1d0be5a8704bd078f9895001fc03e8e9f9522f188dd128d9846d484663414af878d3e46a2f58911a816d6e8346d4ea17a6f2
                a0bb4ef4ed56c133cff4560a34e36ea82109f26cf2e5a5caf992b608d55c747f615e5a3425a7a19eefb8f
                """,
                """
                87f864c11ba449f46a0a4f4e2eacbb7b0457784f4fca1937f572c93603e9c4d97e5ea11b16f3968710b23a3be3202dc1b5e1ce3c963
                347491e74f5c0768a9b42
                """,
            ]
        ),
        (
            ["test_msg_0", "test_msg_1", "test_msg_2"],
            [
                "358072d6365880d1aeea329adf9121383851ed21a28e3b75e965d0d2cd166254746573745f6d73675f30",
                """
                64b101b1d0be5a8704bd078f9895001fc03e8e9f9522f188dd128d9846d484663414af878d3e46a2f58911a816d6e8346d4ea17a6f2
                a0bb4ef4ed56c133cff4572e7a2ba5123ac30618b3d205f5c2d17f50cbca216483ac56bcc78e33bf520303278db641e5e731b2e3a
                """,
                """
                87f864c11ba449f46a0a4f4e2eacbb7b0457784f4fca1937f572c93603e9c4d9f27e318e43ba630594c4d08eeb3b36d97c7377a2f4f
                9144b2f0c8095ad92140505b2ab53eff244b14138
                """,
            ]
        ),
    ])
    func vectors(payloads: [String], messages: [String]) throws {
        var (initiator, responder) = pair()
        for (index, (payload, expected)) in zip(payloads, messages).enumerated() {
            let payload = Array(payload.utf8)
            let message: [UInt8]
            if index.isMultiple(of: 2) {
                message = try initiator.write(payload: payload)
                #expect(try responder.read(message) == payload)
            } else {
                message = try responder.write(payload: payload)
                #expect(try initiator.read(message) == payload)
            }
            #expect(message == hex(expected))
        }
        #expect(initiator.isComplete && responder.isComplete)
        #expect(initiator.handshakeHash == responder.handshakeHash)
        #expect(initiator.remoteStatic == NoiseVectors.responderStatic.publicKey)
        #expect(responder.remoteStatic == NoiseVectors.initiatorStatic.publicKey)
    }

    @Test func transportVectors() throws {
        var (initiator, responder) = pair()
        _ = try responder.read(initiator.write(payload: []))
        _ = try initiator.read(responder.write(payload: []))
        _ = try responder.read(initiator.write(payload: []))
        let keys = initiator.split()
        #expect(keys == responder.split())
        let toResponder = try NoiseSealer(key: keys.initiator).seal(hex("79656c6c6f777375626d6172696e65"))
        #expect(toResponder == hex("001f a52ef02ba60e12696d1d6b9ef4245c88fca757b6134ad6e76b56e310a6adf6"))
        let toInitiator = try NoiseSealer(key: keys.responder).seal(hex("7375626d6172696e6579656c6c6f77"))
        #expect(toInitiator == hex("001f 2445aa438ebd649281c636cc7269ca82f1d9023d72520943aeabf909cdf521"))
    }

    @Test func turnsAreKept() throws {
        var (initiator, responder) = pair()
        #expect(throws: NoiseError.finished) { try responder.write(payload: []) }
        #expect(throws: NoiseError.finished) { try initiator.read([UInt8](repeating: 1, count: 32)) }
        _ = try initiator.write(payload: [])
        #expect(throws: NoiseError.finished) { try initiator.write(payload: []) }
    }

    @Test func aDifferentPrologueIsADifferentHandshake() throws {
        var (initiator, _) = pair(prologue: [1])
        var (_, responder) = pair(prologue: [2])
        _ = try responder.read(initiator.write(payload: []))
        let answer = try responder.write(payload: [])
        #expect(throws: NoiseError.decryptFailed) { try initiator.read(answer) }
    }
}
