import Crypto
import Identity
import TestSupport
import Testing

@Suite struct PublicKeyTests {
    @Test(arguments: [
        ("spec ED25519 public key", KeyType.ed25519, 32), ("spec secp256k1 public key", .secp256k1, 33),
        ("spec ECDSA public key", .ecdsa, 91), ("spec rsa public key", .rsa, 550),
        ("go_fixture_0/pub", .rsa, 294), ("go_fixture_2/pub", .secp256k1, 33), ("go_fixture_3/pub", .ecdsa, 91),
        ("js ed25519 0 publicKey", .ed25519, 32), ("js secp256k1/pub", .secp256k1, 33),
    ]) func publishedKeys(name: String, type: KeyType, count: Int) throws {
        let bytes = Vectors.bytes(name)
        let key = try PublicKey(protobuf: bytes)
        #expect(key.type == type)
        #expect(key.data.count == count)
        #expect(key.protobuf == bytes)
        #expect(key == (try PublicKey(protobuf: bytes)))
    }

    @Test(arguments: [
        ("go_fixture_0/pub", "go_fixture_0/sig", "Libp2p is the _best_!"),
        ("go_fixture_2/pub", "go_fixture_2/sig", "Libp2p is the _best_!"),
        ("go_fixture_3/pub", "go_fixture_3/sig", "Libp2p is the _best_!"),
        ("js secp256k1/pub", "js secp256k1/sig", "hello! and welcome to some awesome crypto primitives"),
        ("js ed25519 0 publicKey", "js ed25519 0 signature", "hello! and welcome to some awesome crypto primitives"),
        ("js ed25519 1 publicKey", "js ed25519 1 signature", "hello! and welcome to some awesome crypto primitives"),
    ]) func signaturesOfOtherImplementations(key: String, signature: String, message: String) throws {
        let key = try PublicKey(protobuf: Vectors.bytes(key))
        let signature = Vectors.bytes(signature)
        let message = Array(message.utf8)
        #expect(key.isValid(signature: signature, for: message))
        for position in signature.indices {
            var injured = signature
            injured[position] ^= 1 << UInt8(position % 8)
            #expect(!key.isValid(signature: injured, for: message))
        }
        for count in [0, 63, 65] {
            #expect(!key.isValid(signature: [UInt8](repeating: 0, count: count), for: message))
        }
        let other = KeyPair(seed: SecretBytes(copying: [UInt8](0..<32)))
        #expect(!other.publicKey.isValid(signature: signature, for: message))
    }

    @Test func onlyTheCanonicalEncodingIsRead() {
        let data = Vectors.bytes("A.pub")
        let refused: [[UInt8]] = [
            [],
            [0x08, 0x01],
            [0x08, 0x01, 0x12],
            [0x12, 0x20] + data,  // no type
            [0x12, 0x20] + data + [0x08, 0x01],  // data first
            [0x08, 0x01, 0x12, 0x20] + data + [0x18, 0x00],  // unknown field
            [0x08, 0x01, 0x12, 0x20] + data + [0x00],
            [0x08, 0x01, 0x08, 0x01, 0x12, 0x20] + data,  // type twice
            [0x08, 0x81, 0x00, 0x12, 0x20] + data,  // type not minimal
            [0x88, 0x00, 0x01, 0x12, 0x20] + data,  // tag not minimal
            [0x08, 0x01, 0x12, 0xa0, 0x00] + data,  // length not minimal
            [0x08, 0x01, 0x12, 0x21] + data,
            [0x08, 0x01, 0x12, 0x1f] + data,
            [0x08, 0x01, 0x12] + [UInt8](repeating: 0xff, count: 9) + [0x01] + data,
            [0x0a, 0x24, 0x08, 0x01, 0x12, 0x20] + data,
        ]
        for bytes in refused {
            #expect(throws: IdentityError.self, "\(bytes.hex)") { try PublicKey(protobuf: bytes) }
        }
        for type in [4, 5, 0x7f] as [UInt8] {
            #expect(throws: IdentityError.unsupportedKeyType(UInt64(type))) {
                try PublicKey(protobuf: [0x08, type, 0x12, 0x20] + data)
            }
        }
    }

    @Test func wrongLengthsAreRefused() {
        for count in 0...80 where count != 32 {
            #expect(throws: IdentityError.invalidKey(.wrongKeyLength(expected: 32, actual: count))) {
                try PublicKey(protobuf: [0x08, 0x01, 0x12, UInt8(count)] + [UInt8](repeating: 2, count: count))
            }
        }
        for count in 0...80 where count != 33 {
            #expect(throws: IdentityError.invalidKey(.wrongKeyLength(expected: 33, actual: count))) {
                try PublicKey(protobuf: [0x08, 0x02, 0x12, UInt8(count)] + [UInt8](repeating: 2, count: count))
            }
        }
    }

    /// A 16,384-bit modulus in an otherwise sound key, as in CVE-2023-39533 · GHSA-876p-8259-xjgg.
    @Test func aHugeRSAKeyIsRefusedAtOnce() {
        let modulus = hex("0282080100") + [0x80] + [UInt8](repeating: 0x55, count: 2047)
        let key = hex("3082080a") + modulus + hex("0203010001")
        let bits = hex("0382080f00") + key
        let info = hex("30820822300d06092a864886f70d0101010500") + bits
        var message: [UInt8] = [0x08, 0x00, 0x12]
        message += [UInt8(info.count & 0x7f) | 0x80, UInt8(info.count >> 7)] + info
        // The best of a few, since the machine may be busy with something else.
        let durations = (0..<10).map { _ in
            ContinuousClock().measure {
                #expect(throws: IdentityError.invalidKey(.modulusSize(bits: 16_384))) {
                    try PublicKey(protobuf: message)
                }
            }
        }
        #expect(durations.contains { $0 < .milliseconds(5) })
    }

    @Test func whatIsReadIsWrittenTheSame() {
        var random = SeededRandom(seed: 11)
        let seeds = [
            "spec ED25519 public key", "spec secp256k1 public key", "spec ECDSA public key", "go_fixture_0/pub",
        ].map { Vectors.bytes($0) }
        for round in 0..<40_000 {
            let bytes = random.mutated(seeds[round % seeds.count])
            guard let key = try? PublicKey(protobuf: bytes) else { continue }
            #expect(key.protobuf == bytes)
            let id = key.peerID
            #expect((try? PeerID(bytes: id.bytes)) == id)
            #expect(id.publicKey == nil || id.publicKey == key)
            if round % 50 == 0 { #expect(!key.isValid(signature: random.bytes(64), for: bytes)) }
        }
    }
}
