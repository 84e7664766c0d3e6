import Crypto
import TestSupport
import Testing

@Suite struct Ed25519Tests {
    /// RFC 8032, section 7.1.
    @Test(arguments: [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ]) func publishedSignatures(seed: String, publicKey: String, message: String, signature: String) {
        let key = Ed25519.PrivateKey(seed: SecretBytes(copying: hex(seed)))
        #expect(key.publicKey.bytes.hex == publicKey)
        #expect(key.sign(hex(message)).hex == signature)
        #expect(key.publicKey.isValid(signature: hex(signature), for: hex(message)))
        #expect(key.withUnsafeExpandedBytes { $0.hex } == seed + publicKey)
    }

    private let key = Ed25519.PrivateKey(seed: SecretBytes(copying: [UInt8](0..<32)))
    private let message = Array("a message".utf8)

    /// CVE-2019-15545 · RUSTSEC-2019-0004 · GHSA-4q4x-67hx-5mpg: a library took any signature of the right length.
    @Test func everyFlippedBitIsRefused() {
        let signature = key.sign(message)
        #expect(key.publicKey.isValid(signature: signature, for: message))
        for bit in 0..<signature.count * 8 {
            var injured = signature
            injured[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!key.publicKey.isValid(signature: injured, for: message))
        }
        for bit in 0..<message.count * 8 {
            var injured = message
            injured[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!key.publicKey.isValid(signature: signature, for: injured))
        }
        #expect(!key.publicKey.isValid(signature: signature, for: []))
    }

    @Test func otherLengthsAreRefused() {
        let signature = key.sign(message)
        var random = SeededRandom(seed: 4)
        for count in [0, 1, 32, 63] {
            #expect(!key.publicKey.isValid(signature: Array(signature.prefix(count)), for: message))
        }
        for count in 65...70 {
            #expect(!key.publicKey.isValid(signature: signature + random.bytes(count - 64), for: message))
        }
        #expect(!key.publicKey.isValid(signature: [UInt8](repeating: 0, count: 64), for: message))
        for _ in 0..<100 { #expect(!key.publicKey.isValid(signature: random.bytes(64), for: message)) }
    }

    @Test func anotherKeyRefuses() {
        let other = Ed25519.PrivateKey(seed: SecretBytes(copying: [UInt8](1...32)))
        #expect(!other.publicKey.isValid(signature: key.sign(message), for: message))
    }

    /// Under a key of small order, the neutral element with S = 0 would be a signature of everything.
    @Test func keysOfSmallOrderVerifyNothing() throws {
        let neutral: [UInt8] = [1] + [UInt8](repeating: 0, count: 31)
        let weak = try Ed25519.PublicKey(neutral)
        #expect(!weak.isValid(signature: neutral + [UInt8](repeating: 0, count: 32), for: message))
        let zero = try Ed25519.PublicKey([UInt8](repeating: 0, count: 32))
        #expect(!zero.isValid(signature: [UInt8](repeating: 0, count: 64), for: message))
    }

    /// S and S + L are the same scalar; only the smaller is a signature (RFC 8032, section 5.1.7).
    @Test func theScalarMustBeReduced() {
        let order = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
        var signature = key.sign(message)
        var carry = 0
        for index in order.indices {
            let sum = Int(signature[32 + index]) + Int(order[index]) + carry
            signature[32 + index] = UInt8(sum & 0xff)
            carry = sum >> 8
        }
        #expect(!key.publicKey.isValid(signature: signature, for: message))
    }

    @Test func publicKeysHaveThirtyTwoBytes() {
        for count in [0, 31, 33, 64] {
            #expect(throws: CryptoError.wrongKeyLength(expected: 32, actual: count)) {
                try Ed25519.PublicKey([UInt8](repeating: 1, count: count))
            }
        }
    }
}
