import Identity
import TestSupport
import Testing

@testable import GossipSub

/// security.md section 5, "unsigned / partially signed": every combination of fields against both policies.
@Suite struct SignaturePolicyTests {
    @Test func everyCombination() {
        let whole = PubsubMessage.signed([1], to: "t", sequence: 1, by: .test(1))
        for bits in 0..<16 {
            var message = whole
            if bits & 1 == 0 { message.from = nil }
            if bits & 2 == 0 { message.sequence = nil }
            if bits & 4 == 0 { message.signature = nil }
            if bits & 8 != 0 { message.key = KeyPair.test(1).publicKey.protobuf }
            let isWhole = bits & 7 == 7
            #expect((SignaturePolicy.strictSign.objection(to: message) == nil) == isWhole, "\(bits)")
            #expect((SignaturePolicy.strictNoSign.objection(to: message) == nil) == (bits == 0), "\(bits)")
        }
    }

    @Test func keysAndNumbers() {
        var message = PubsubMessage.signed([1], to: "t", sequence: 1, by: .test(1))
        #expect(message.hasValidSignature)
        // A key that is given although the id holds it must be the same.
        message.key = KeyPair.test(1).publicKey.protobuf
        #expect(message.hasValidSignature)
        message.key = KeyPair.test(2).publicKey.protobuf
        #expect(!message.hasValidSignature)
        message.key = [1, 2, 3]
        #expect(!message.hasValidSignature)
        message.key = nil
        message.sequence = [1]
        #expect(SignaturePolicy.strictSign.objection(to: message) == .malformedSequence)
        message.from = [0, 1]
        #expect(SignaturePolicy.strictSign.objection(to: message) == .malformedAuthor)
    }
}
