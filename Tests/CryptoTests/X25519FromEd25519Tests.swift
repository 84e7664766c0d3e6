import Crypto
import TestSupport
import Testing

@Suite struct X25519FromEd25519Tests {
    /// libsodium's own test vectors for the conversion (test/default/ed25519_convert).
    @Test func publishedConversion() throws {
        let seed = hex("421151a459faeade3d247115f94aedae42318124095afabe4d1451a559faedee")
        let key = Ed25519.PrivateKey(seed: SecretBytes(copying: seed))
        #expect(key.x25519.publicKey == hex("f1814f0e8ff1043d8a44d25babff3cedcae6c22c3edaa48f857ae70de2baae50"))
        #expect(try key.publicKey.x25519() == key.x25519.publicKey)
    }

    @Test func bothEndsAgree() throws {
        var random = SeededRandom(seed: 1)
        for _ in 0..<20 {
            let alice = Ed25519.PrivateKey(seed: SecretBytes(copying: random.bytes(32)))
            let bob = Ed25519.PrivateKey(seed: SecretBytes(copying: random.bytes(32)))
            let here = try alice.x25519.sharedSecret(with: bob.publicKey.x25519())
            let there = try bob.x25519.sharedSecret(with: alice.publicKey.x25519())
            #expect(here == there)
        }
    }

    @Test func whatIsNoPointIsRefused() throws {
        let bad = [
            [UInt8](repeating: 0, count: 32), [1] + [UInt8](repeating: 0, count: 31),
            [UInt8](repeating: 0xff, count: 32),
        ]
        for bytes in bad {
            #expect(throws: CryptoError.self) { try Ed25519.PublicKey(bytes).x25519() }
        }
    }

    @Test func messagesAreSealedAndOpened() throws {
        var random = SeededRandom(seed: 2)
        let key = SecretBytes(copying: random.bytes(32))
        for count in [0, 1, 63, 64, 1000, 70_000] {
            let (message, nonce, header) = (random.bytes(count), random.bytes(24), random.bytes(random.next(below: 40)))
            let sealed = XChaCha20Poly1305.seal(message: message, key: key, nonce: nonce, authenticating: header)
            #expect(sealed.count == count + 16)
            #expect(
                try XChaCha20Poly1305.open(message: sealed, key: key, nonce: nonce, authenticating: header) == message)
            var injured = sealed
            injured[random.next(below: sealed.count)] ^= 1
            #expect(throws: CryptoError.authenticationFailed) {
                try XChaCha20Poly1305.open(message: injured, key: key, nonce: nonce, authenticating: header)
            }
            #expect(throws: CryptoError.authenticationFailed) {
                try XChaCha20Poly1305.open(message: sealed, key: key, nonce: nonce, authenticating: header + [0])
            }
        }
        #expect(throws: CryptoError.wrongCiphertextLength(15)) {
            try XChaCha20Poly1305.open(
                message: random.bytes(15), key: key, nonce: random.bytes(24), authenticating: [])
        }
    }
}
