import Crypto
import TestSupport
import Testing

@Suite struct Secp256k1Tests {
    private let message = Array("Libp2p is the _best_!".utf8)
    private let signature = Vectors.bytes("go_fixture_2/sig")
    private let publicKey = Array(Vectors.bytes("go_fixture_2/pub").dropFirst(4))

    @Test func signaturesOfOtherImplementations() throws {
        let go = try Secp256k1.PublicKey(compressed: publicKey)
        #expect(go.isValid(signature: signature, for: message))
        #expect(!go.isValid(signature: signature, for: message + [0]))
        let js = try Secp256k1.PublicKey(compressed: Array(Vectors.bytes("js secp256k1/pub").dropFirst(4)))
        let jsMessage = Array(Vectors.text("js secp256k1/message").utf8)
        #expect(js.isValid(signature: Vectors.bytes("js secp256k1/sig"), for: jsMessage))
        #expect(!js.isValid(signature: signature, for: message))
    }

    /// n - s is as good as s; libsecp256k1 alone would refuse the larger of the two.
    @Test func theHigherValueOfSIsAccepted() throws {
        let order = hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")
        let (r, s) = (Array(signature[4..<36]), Array(signature[38..<70]))
        var high = [UInt8](repeating: 0, count: 32)
        var borrow = 0
        for index in (0..<32).reversed() {
            let difference = Int(order[index]) - Int(s[index]) - borrow
            high[index] = UInt8(difference & 0xff)
            borrow = difference < 0 ? 1 : 0
        }
        #expect(high[0] >= 0x80)
        let key = try Secp256k1.PublicKey(compressed: publicKey)
        #expect(key.isValid(signature: [0x30, 69, 0x02, 32] + r + [0x02, 33, 0] + high, for: message))
        // Without the leading zero the integer is negative.
        #expect(!key.isValid(signature: [0x30, 68, 0x02, 32] + r + [0x02, 32] + high, for: message))
    }

    /// secp256k1 high-S, DER laxness.
    @Test func laxDERIsRefused() throws {
        let key = try Secp256k1.PublicKey(compressed: publicKey)
        let (r, s) = (Array(signature[4..<36]), Array(signature[38..<70]))
        let lax: [[UInt8]] = [
            [0x30, 69, 0x02, 33, 0] + r + [0x02, 32] + s,  // superfluous zero before r
            [0x30, 69, 0x02, 32] + r + [0x02, 33, 0] + s,  // superfluous zero before s
            [0x30, 0x81, 68, 0x02, 32] + r + [0x02, 32] + s,  // long form of a short length
            [0x30, 0x80, 0x02, 32] + r + [0x02, 32] + s + [0, 0],  // indefinite length
            [0x30, 68, 0x02, 32] + r + [0x02, 32] + s + [0],  // trailing byte outside
            [0x30, 69, 0x02, 32] + r + [0x02, 32] + s + [0],  // trailing byte inside
            [0x31, 68, 0x02, 32] + r + [0x02, 32] + s,  // a set
            [0x30, 36, 0x02, 32] + r + [0x02, 0],  // empty s
            [0x30, 0x84, 0, 0, 0, 68, 0x02, 32] + r + [0x02, 32] + s,
        ]
        #expect(key.isValid(signature: [0x30, 68, 0x02, 32] + r + [0x02, 32] + s, for: message))
        for signature in lax { #expect(!key.isValid(signature: signature, for: message), "\(signature.hex)") }
    }

    @Test func everyFlippedBitIsRefused() throws {
        let key = try Secp256k1.PublicKey(compressed: publicKey)
        for bit in 0..<signature.count * 8 {
            var injured = signature
            injured[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!key.isValid(signature: injured, for: message))
        }
        for bit in 0..<publicKey.count * 8 {
            var injured = publicKey
            injured[bit / 8] ^= 1 << UInt8(bit % 8)
            let other = try? Secp256k1.PublicKey(compressed: injured)
            #expect(other?.isValid(signature: signature, for: message) != true)
        }
    }

    @Test func garbageOfEveryLengthIsRefused() throws {
        let key = try Secp256k1.PublicKey(compressed: publicKey)
        var random = SeededRandom(seed: 5)
        for count in 0...80 {
            for _ in 0..<20 {
                #expect(!key.isValid(signature: random.bytes(count), for: message))
                let shaped = [0x30, UInt8(truncatingIfNeeded: count - 2), 0x02] + random.bytes(max(0, count - 3))
                #expect(!key.isValid(signature: shaped, for: message))
            }
            #expect(!key.isValid(signature: [UInt8](repeating: 0, count: count), for: message))
            #expect(!key.isValid(signature: [UInt8](repeating: 0xff, count: count), for: message))
        }
    }

    @Test func onlyCompressedKeys() {
        for count in [0, 1, 32, 34, 65] {
            #expect(throws: CryptoError.wrongKeyLength(expected: 33, actual: count)) {
                try Secp256k1.PublicKey(compressed: [UInt8](repeating: 2, count: count))
            }
        }
        for first in [0, 1, 4, 5, 6, 7, 0xff] as [UInt8] {
            #expect(throws: CryptoError.self) {
                try Secp256k1.PublicKey(compressed: [first] + publicKey.dropFirst())
            }
        }
    }

    @Test func aKeyOffTheCurveVerifiesNothing() throws {
        let key = try Secp256k1.PublicKey(compressed: [2] + [UInt8](repeating: 0xff, count: 32))
        #expect(!key.isValid(signature: signature, for: message))
    }
}
