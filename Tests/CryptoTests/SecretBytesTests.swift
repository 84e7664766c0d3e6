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

    /// Small ones share pages, so many at once must not run into each other, and a used slot must come back as zeros.
    @Test func manyAtOnceStayApart() {
        for round in 0..<3 {
            var secrets: [(SecretBytes, UInt8)] = []
            for index in 0..<1000 {
                let value = UInt8(truncatingIfNeeded: index + round)
                let count = index % 5 == 0 ? 65 + index : index % 65
                let secret = SecretBytes(count: count) { buffer in
                    #expect(buffer.allSatisfy { $0 == 0 })
                    buffer.initializeMemory(as: UInt8.self, repeating: value)
                }
                secrets.append((secret, value))
            }
            for (secret, value) in secrets {
                #expect(secret.withUnsafeBytes { $0.allSatisfy { $0 == value } })
            }
        }
    }

    @Test func threadsShareThePages() async {
        await withTaskGroup(of: Bool.self) { group in
            for task in 0..<8 as Range<UInt8> {
                group.addTask {
                    (0..<2000).allSatisfy { index in
                        let secret = SecretBytes(copying: [UInt8](repeating: task, count: index % 65))
                        return secret.withUnsafeBytes { $0.allSatisfy { $0 == task } }
                    }
                }
            }
            for await isSound in group { #expect(isSound) }
        }
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
    /// CVE-2024-58262: secrets are compared in constant time only; see also SourceRulesTests.
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
