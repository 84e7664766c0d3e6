import Crypto
import Testing

@Suite struct SecretBytesTests {
    @Test func holdsWhatItWasGiven() {
        let secret = SecretBytes(copying: [1, 2, 3])
        #expect(secret.count == 3)
        #expect(secret.withUnsafeBytes { Array($0) } == [1, 2, 3])
    }

    @Test func startsAsZeroAndIsFilledOnce() {
        let secret = SecretBytes(count: 4) { buffer in
            #expect(Array(buffer) == [0, 0, 0, 0])
            buffer[2] = 7
        }
        #expect(secret.withUnsafeBytes { Array($0) } == [0, 0, 7, 0])
        #expect(SecretBytes(count: 0) { _ in }.withUnsafeBytes { $0.count } == 0)
    }

    @Test func comparesByContents() {
        #expect(SecretBytes(copying: [1, 2]) == SecretBytes(copying: [1, 2]))
        #expect(SecretBytes(copying: [1, 2]) != SecretBytes(copying: [1, 3]))
        #expect(SecretBytes(copying: [1, 2]) != SecretBytes(copying: [1, 2, 0]))
        #expect(SecretBytes(copying: []) == SecretBytes(copying: []))
    }

    @Test func neverShowsItsContents() {
        struct Holder { let key: SecretBytes }
        let holder = Holder(key: SecretBytes(copying: Array("swordfish".utf8)))
        var dumped = ""
        dump(holder, to: &dumped)
        for text in [String(describing: holder), String(reflecting: holder), "\(holder.key)", dumped] {
            #expect(!text.contains("swordfish"))
            #expect(!text.contains("115"))
        }
        #expect("\(holder.key)" == "SecretBytes(9 bytes)")
    }

    @Test func anErrorWhileFillingIsPassedOn() {
        #expect(throws: CryptoError.lowOrderPoint) {
            try SecretBytes(count: 8) { (_) throws(CryptoError) in throw .lowOrderPoint }
        }
    }
}

@Suite struct ConstantTimeTests {
    @Test func equalOnlyIfEveryByteIs() {
        let bytes: [UInt8] = Array(0..<32)
        #expect(ConstantTime.isEqual(bytes, bytes))
        #expect(ConstantTime.isEqual([], []))
        #expect(!ConstantTime.isEqual(bytes, Array(bytes.dropLast())))
        for position in bytes.indices {
            var other = bytes
            other[position] ^= 0x80
            #expect(!ConstantTime.isEqual(bytes, other))
        }
    }
}

@Suite struct SystemRandomTests {
    @Test func fillsEveryByte() {
        var seen = [UInt8](repeating: 0, count: 64)
        for _ in 0..<16 {
            var bytes = [UInt8](repeating: 0, count: 64)
            bytes.withUnsafeMutableBytes { SystemRandom.fill($0) }
            for index in seen.indices { seen[index] |= bytes[index] }
        }
        #expect(seen.allSatisfy { $0 != 0 })
    }
}
