import Crypto
import TestSupport
import Testing

@Suite struct Secp256k1SigningTests {
    private let order = hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")

    private func key(_ scalar: [UInt8]) throws(CryptoError) -> Secp256k1.PrivateKey {
        try Secp256k1.PrivateKey(SecretBytes(copying: scalar))
    }

    private func scalar(_ value: UInt8) -> [UInt8] { [UInt8](repeating: 0, count: 31) + [value] }

    private func adding(_ tweak: [UInt8], to key: Secp256k1.PrivateKey) throws(CryptoError) -> Secp256k1.PrivateKey {
        try SecretBytes(copying: tweak).withUnsafeBytes { (tweak) throws(CryptoError) in try key.adding(tweak) }
    }

    @Test func theGenerator() throws {
        let one = try key(scalar(1))
        #expect(one.publicKey.bytes.hex == "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")
        #expect(
            one.publicKey.uncompressed()?.hex
                == "0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
                + "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8")
        #expect(one.publicKey.isOnCurve)
    }

    @Test func onlyNumbersBelowTheOrder() throws {
        #expect(throws: CryptoError.scalarOutOfRange) { try key(scalar(0)) }
        #expect(throws: CryptoError.scalarOutOfRange) { try key(order) }
        #expect(throws: CryptoError.scalarOutOfRange) { try key([UInt8](repeating: 0xff, count: 32)) }
        #expect(throws: Never.self) { try key(order.dropLast() + [0x40]) }
        for count in [0, 31, 33, 64] {
            #expect(throws: CryptoError.wrongKeyLength(expected: 32, actual: count)) {
                try key([UInt8](repeating: 1, count: count))
            }
        }
    }

    @Test func privateAndPublicHalvesStepTogether() throws {
        var random = SeededRandom(seed: 41)
        for _ in 0..<50 {
            let (start, tweak) = (try key([0x7f] + random.bytes(31)), [0x3f] + random.bytes(31))
            let step = try adding(tweak, to: start)
            let point = try SecretBytes(copying: tweak).withUnsafeBytes { try start.publicKey.adding($0) }
            #expect(step.publicKey == point)
        }
        #expect(try adding(scalar(2), to: key(scalar(3))).publicKey == key(scalar(5)).publicKey)
        // n - 1 and 1 make zero, which is no key.
        let last = try key(order.dropLast() + [0x40])
        #expect(throws: CryptoError.scalarOutOfRange) { try adding(scalar(1), to: last) }
        #expect(throws: CryptoError.scalarOutOfRange) { try adding(order, to: last) }
        #expect(throws: CryptoError.scalarOutOfRange) {
            try SecretBytes(copying: scalar(1)).withUnsafeBytes { try last.publicKey.adding($0) }
        }
        let off = try Secp256k1.PublicKey(compressed: [2] + [UInt8](repeating: 0xff, count: 32))
        #expect(!off.isOnCurve)
        #expect(off.uncompressed() == nil)
        #expect(throws: CryptoError.malformedKey("not a point on secp256k1")) {
            try SecretBytes(copying: scalar(1)).withUnsafeBytes { try off.adding($0) }
        }
    }

    @Test func theSignerIsRecovered() throws {
        var random = SeededRandom(seed: 42)
        for _ in 0..<50 {
            let signer = try key([0x7f] + random.bytes(31))
            let digest = random.bytes(32)
            let signature = signer.signRecoverably(digest: digest)
            #expect(signature.recoverKey(digest: digest) == signer.publicKey)
            #expect(signature == signer.signRecoverably(digest: digest))
            #expect(signature.recoverKey(digest: random.bytes(32)) != signer.publicKey)
            let read = try RecoverableSignature(compact: signature.compact, recoveryID: signature.recoveryID)
            #expect(read == signature)
        }
    }

    @Test func otherSignaturesAreRefused() throws {
        let signature = try key(scalar(7)).signRecoverably(digest: [UInt8](repeating: 9, count: 32))
        func refused(_ compact: [UInt8], _ recoveryID: UInt8 = 0) {
            #expect(throws: CryptoError.self) { try RecoverableSignature(compact: compact, recoveryID: recoveryID) }
        }
        refused(signature.compact, 4)
        refused(signature.compact, 255)
        refused(Array(signature.compact.dropLast()))
        refused(signature.compact + [0])
        refused([])
        refused(order + signature.compact.dropFirst(32))
        refused(signature.compact.prefix(32) + order)
        // The higher s: the order less 1.
        refused(signature.compact.prefix(32) + order.dropLast() + [0x40])
        var random = SeededRandom(seed: 43)
        for _ in 0..<2000 {
            let bytes = random.mutated(signature.compact)
            let id = UInt8.random(in: 0..<6, using: &random)
            guard let odd = try? RecoverableSignature(compact: bytes, recoveryID: id) else { continue }
            #expect(odd.compact == bytes && odd.recoveryID == id)
            _ = odd.recoverKey(digest: random.bytes(32))
        }
        let zeros = try? RecoverableSignature(compact: [UInt8](repeating: 0, count: 64), recoveryID: 0)
        #expect(zeros?.recoverKey(digest: [UInt8](repeating: 1, count: 32)) == nil)
    }

    @Test func theSecretIsNeverShown() throws {
        let key = try key(Array("correct horse battery staple 123".utf8))
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped] {
            #expect(!text.split { !$0.isNumber }.joined(separator: " ").contains("111 114 114"))
        }
    }
}
