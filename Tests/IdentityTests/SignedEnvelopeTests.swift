import Crypto
import Identity
import TestSupport
import Testing

@Suite struct SignedEnvelopeTests {
    private let key = KeyPair(seed: SecretBytes(copying: Vectors.bytes("A.seed")))
    private let domain = "libp2p-peer-record"
    private let type: [UInt8] = [0x03, 0x01]

    @Test func publishedEnvelopes() throws {
        let sealed = SignedEnvelope.seal(
            domain: domain, payloadType: type, payload: Vectors.bytes("peer_record payload"), key: key)
        #expect(sealed.signature == Vectors.bytes("peer_record sig"))
        #expect(sealed.encoded == Vectors.bytes("peer_record envelope"))
        #expect(
            key.publicKey.isValid(signature: sealed.signature, for: Vectors.bytes("peer_record signed bytes")))
        let opened = try SignedEnvelope(opening: sealed.encoded, domain: domain, payloadType: type)
        #expect(opened == sealed)
        #expect(opened.publicKey == key.publicKey)
        #expect(opened.payload == Vectors.bytes("peer_record payload"))

        let voucher = try SignedEnvelope(
            opening: Vectors.bytes("voucher envelope"), domain: "libp2p-relay-rsvp", payloadType: [0x03, 0x02])
        #expect(voucher.payload == Vectors.bytes("voucher payload"))
    }

    /// What is signed for one purpose proves nothing for another, even where key, type and payload are the same.
    @Test func everyOtherDomainIsRefused() throws {
        let domains = [
            "libp2p-peer-record", "libp2p-routing-state", "libp2p-relay-rsvp", "libp2p-pubsub:",
            "noise-libp2p-static-key:", "libp2p-tls-handshake:", "linnet-message:", "",
        ]
        for signed in domains {
            let envelope = SignedEnvelope.seal(domain: signed, payloadType: type, payload: [1, 2, 3], key: key)
            for read in domains where read != signed {
                #expect(throws: IdentityError.invalidSignature) {
                    try SignedEnvelope(opening: envelope.encoded, domain: read, payloadType: type)
                }
            }
            #expect(try SignedEnvelope(opening: envelope.encoded, domain: signed, payloadType: type) == envelope)
        }
    }

    /// A signature over the bare prefix and message, as pubsub, Noise and TLS make it, is none of an envelope.
    /// relay voucher / pubsub domain mix-up.
    @Test func signaturesWithoutLengthsAreRefused() throws {
        let payload: [UInt8] = [1, 2, 3]
        for prefix in ["libp2p-pubsub:", "noise-libp2p-static-key:", "libp2p-tls-handshake:", domain] {
            let signature = key.sign(Array(prefix.utf8) + payload)
            var bytes = hex("0a24") + key.publicKey.protobuf + hex("120203011a03010203")
            bytes += hex("2a40") + signature
            for read in [prefix, domain] {
                #expect(throws: IdentityError.invalidSignature) {
                    try SignedEnvelope(opening: bytes, domain: read, payloadType: type)
                }
            }
        }
    }

    @Test func anotherTypeIsRefused() {
        let envelope = SignedEnvelope.seal(domain: domain, payloadType: [0x81, 0x06], payload: [], key: key)
        #expect(throws: IdentityError.unexpectedPayloadType([0x81, 0x06])) {
            try SignedEnvelope(opening: envelope.encoded, domain: domain, payloadType: type)
        }
    }

    @Test func everyFlippedBitIsRefused() {
        let bytes = Vectors.bytes("peer_record envelope")
        for bit in 0..<bytes.count * 8 {
            var injured = bytes
            injured[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: IdentityError.self, "bit \(bit)") {
                try SignedEnvelope(opening: injured, domain: domain, payloadType: type)
            }
        }
        for count in 0..<bytes.count {
            #expect(throws: IdentityError.self) {
                try SignedEnvelope(opening: Array(bytes.prefix(count)), domain: domain, payloadType: type)
            }
        }
    }

    @Test func missingFieldsAndOtherKeys() throws {
        let bytes = Vectors.bytes("peer_record envelope")
        let withoutKey = Array(bytes.dropFirst(2 + 36))
        #expect(throws: IdentityError.missingPublicKey) {
            try SignedEnvelope(opening: withoutKey, domain: domain, payloadType: type)
        }
        let withoutSignature = Array(bytes.dropLast(2 + 64))
        #expect(throws: IdentityError.invalidSignature) {
            try SignedEnvelope(opening: withoutSignature, domain: domain, payloadType: type)
        }
        // The field that an old text of the RFC gave the signature.
        var fieldFour = bytes
        fieldFour[bytes.count - 66] = 0x22
        #expect(throws: IdentityError.invalidSignature) {
            try SignedEnvelope(opening: fieldFour, domain: domain, payloadType: type)
        }
        // B's key in front of what A signed.
        let other = hex("0a24") + Vectors.bytes("B.pubkey_pb") + withoutKey
        #expect(throws: IdentityError.invalidSignature) {
            try SignedEnvelope(opening: other, domain: domain, payloadType: type)
        }
        // A key that is not in its canonical form would have two peer ids.
        let lax = hex("0a270801 12a000") + Vectors.bytes("A.pub") + hex("1800") + withoutKey
        #expect(throws: IdentityError.self) { try SignedEnvelope(opening: lax, domain: domain, payloadType: type) }
        #expect(throws: IdentityError.missingPublicKey) {
            try SignedEnvelope(opening: [], domain: domain, payloadType: type)
        }
    }

    @Test func unknownFieldsAreKeptInTheEncodedBytes() throws {
        let bytes = Vectors.bytes("peer_record envelope") + hex("3203aabbcc")
        #expect(try SignedEnvelope(opening: bytes, domain: domain, payloadType: type).encoded == bytes)
    }

    @Test func theLengthIsBounded() throws {
        let overhead = SignedEnvelope.seal(domain: domain, payloadType: type, payload: [], key: key).encoded.count + 2
        let largest = [UInt8](repeating: 1, count: SignedEnvelope.maximumByteCount - overhead)
        let envelope = SignedEnvelope.seal(domain: domain, payloadType: type, payload: largest, key: key)
        #expect(envelope.encoded.count == SignedEnvelope.maximumByteCount)
        #expect(throws: Never.self) {
            try SignedEnvelope(opening: envelope.encoded, domain: domain, payloadType: type)
        }
        let longer = SignedEnvelope.seal(domain: domain, payloadType: type, payload: largest + [1], key: key)
        #expect(throws: IdentityError.envelopeTooLong(SignedEnvelope.maximumByteCount + 1)) {
            try SignedEnvelope(opening: longer.encoded, domain: domain, payloadType: type)
        }
    }
}
