import Crypto
import TestSupport
import Testing

@Suite struct X25519Tests {
    /// RFC 7748, section 6.1: Bob's side.
    @Test func publishedKeys() throws {
        let bob = X25519.PrivateKey(
            bytes: SecretBytes(copying: hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")))
        #expect(bob.publicKey.hex == "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")
        let secret = try bob.sharedSecret(
            with: hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"))
        #expect(
            secret.withUnsafeBytes { $0.hex } == "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742")
    }

    @Test func bothSidesAgree() throws {
        let initiator = X25519.PrivateKey(
            bytes: SecretBytes(copying: Vectors.bytes("noise.init_static_priv")))
        let responder = X25519.PrivateKey(
            bytes: SecretBytes(copying: Vectors.bytes("noise.resp_static_priv")))
        #expect(initiator.publicKey == Vectors.bytes("noise.init_static_pub"))
        #expect(responder.publicKey == Vectors.bytes("noise.resp_static_pub"))
        #expect(
            try initiator.sharedSecret(with: responder.publicKey) == responder.sharedSecret(with: initiator.publicKey))
    }

    /// All points whose order divides the cofactor, with and without the bit that the function masks.
    @Test(arguments: [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ]) func lowOrderPoints(point: String) {
        let key = X25519.PrivateKey(bytes: SecretBytes(copying: [UInt8](0..<32)))
        var bytes = hex(point)
        #expect(throws: CryptoError.lowOrderPoint) { try key.sharedSecret(with: bytes) }
        bytes[31] |= 0x80
        #expect(throws: CryptoError.lowOrderPoint) { try key.sharedSecret(with: bytes) }
    }

    @Test func onlyThirtyTwoBytes() {
        let key = X25519.PrivateKey(bytes: SecretBytes(copying: [UInt8](0..<32)))
        for count in [0, 1, 31, 33, 64] {
            #expect(throws: CryptoError.wrongKeyLength(expected: 32, actual: count)) {
                try key.sharedSecret(with: [UInt8](repeating: 9, count: count))
            }
        }
    }
}
