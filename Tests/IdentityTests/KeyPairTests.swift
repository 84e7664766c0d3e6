import Crypto
import Identity
import TestSupport
import Testing

@Suite struct KeyPairTests {
    private func pair(_ bytes: [UInt8]) throws(IdentityError) -> KeyPair {
        try KeyPair(protobuf: SecretBytes(copying: bytes))
    }

    @Test(arguments: ["A", "B"]) func fromASeed(name: String) throws {
        let key = KeyPair(seed: SecretBytes(copying: Vectors.bytes("\(name).seed")))
        #expect(key.publicKey.protobuf == Vectors.bytes("\(name).pubkey_pb"))
        #expect(key.peerID.description == Vectors.text("\(name).peerid_b58"))
        #expect(key.protobufSecret().withUnsafeBytes { Array($0) } == Vectors.bytes("\(name).privkey_pb"))
        #expect(try pair(Vectors.bytes("\(name).privkey_pb")).peerID == key.peerID)
    }

    @Test(arguments: [0, 1]) func keysOfJavaScript(index: Int) throws {
        // The first is in the old form of 96 bytes.
        let key = try pair(Vectors.bytes("js ed25519 \(index) privateKey"))
        #expect(key.publicKey.protobuf == Vectors.bytes("js ed25519 \(index) publicKey"))
        #expect(
            key.sign(Vectors.bytes("js ed25519 \(index) data")) == Vectors.bytes("js ed25519 \(index) signature"))
    }

    @Test func signaturesOfTheHandshake() {
        let key = KeyPair(seed: SecretBytes(copying: Vectors.bytes("A.seed")))
        let message = Array("noise-libp2p-static-key:".utf8) + Vectors.bytes("noise.init_static_pub")
        #expect(key.sign(message) == Vectors.bytes("noise.sig_A_over_init_static"))
    }

    /// CVE-2022-50237: signing with a public key that somebody supplied gives the secret away.
    @Test func aPublicHalfThatDoesNotBelongIsRefused() throws {
        for name in ["js ed25519 0 privateKey", "js ed25519 1 privateKey"] {
            let bytes = Vectors.bytes(name)
            for position in 4..<bytes.count {
                var injured = bytes
                injured[position] ^= 1 << UInt8(position % 8)
                #expect(throws: IdentityError.mismatchedKeyHalves) { try pair(injured) }
            }
        }
        let (a, b) = (Vectors.bytes("A.privkey_pb"), Vectors.bytes("B.privkey_pb"))
        #expect(throws: IdentityError.mismatchedKeyHalves) { try pair(a.prefix(36) + b.suffix(32)) }
        // The old form: right then wrong, wrong then right.
        let seed = Vectors.bytes("A.seed")
        let (own, other) = (Vectors.bytes("A.pub"), Vectors.bytes("B.pub"))
        #expect(throws: IdentityError.mismatchedKeyHalves) {
            try pair([0x08, 0x01, 0x12, 0x60] + seed + own + other)
        }
        #expect(throws: IdentityError.mismatchedKeyHalves) {
            try pair([0x08, 0x01, 0x12, 0x60] + seed + other + own)
        }
        #expect(throws: Never.self) { try pair([0x08, 0x01, 0x12, 0x60] + seed + own + own) }
    }

    @Test func otherEncodingsAreRefused() {
        let bytes = Vectors.bytes("A.privkey_pb")
        for count in 0..<bytes.count {
            #expect(throws: IdentityError.self) { try pair(Array(bytes.prefix(count))) }
        }
        #expect(throws: IdentityError.self) { try pair(bytes + [0]) }
        #expect(throws: IdentityError.self) { try pair([0x08, 0x01, 0x12, 0x20] + Vectors.bytes("A.seed")) }
        #expect(throws: IdentityError.self) { try pair([0x08, 0x01, 0x12, 0xc0, 0x00] + bytes.dropFirst(4)) }
        for (name, type) in [
            ("spec secp256k1 private key", 2), ("spec ECDSA private key", 3), ("spec rsa private key", 0),
        ] {
            #expect(throws: IdentityError.unsupportedKeyType(UInt64(type))) { try pair(Vectors.bytes(name)) }
        }
        var random = SeededRandom(seed: 12)
        for _ in 0..<3000 {
            let injured = random.mutated(bytes)
            guard let key = try? pair(injured) else { continue }
            #expect(key.protobufSecret().withUnsafeBytes { Array($0) } == injured)
        }
    }

    @Test func aNewIdentityComesFromTheGivenRandomness() {
        var random = SeededRandom(seed: 13)
        let seed = random.bytes(32)
        let key = KeyPair.generate { $0.copyBytes(from: seed) }
        #expect(key.peerID == KeyPair(seed: SecretBytes(copying: seed)).peerID)
        #expect(
            KeyPair.generate(seedFill: SystemRandom.fill).peerID != KeyPair.generate(seedFill: SystemRandom.fill).peerID
        )
    }

    @Test func theSecretIsNeverShown() {
        let key = KeyPair(seed: SecretBytes(copying: Array("correct horse battery staple 123".utf8)))
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped] {
            #expect(!text.contains("horse"))
            // The bytes of "orr", one to a line or in a list, as an array would be shown.
            let numbers = text.split { !$0.isNumber }.joined(separator: " ")
            #expect(!numbers.contains("111 114 114"))
        }
        #expect("\(key)" == "KeyPair(\(key.peerID))")
    }
}
