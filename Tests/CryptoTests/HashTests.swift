import Crypto
import TestSupport
import Testing

@Suite struct HashTests {
    @Test func publishedHashes() {
        let abc = Array("abc".utf8)
        #expect(SHA256.hash([]).hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(SHA256.hash(abc).hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            SHA512.hash(abc).hex == "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f")
        #expect(SHA1.hash(abc).hex == "a9993e364706816aba3e25717850c26c9cd0d89d")
    }

    @Test func piecesGiveTheSameAsTheWhole() {
        var random = SeededRandom(seed: 1)
        for count in [0, 1, 55, 56, 63, 64, 65, 127, 128, 1000] {
            let bytes = random.bytes(count)
            let cut = count / 3
            var short = SHA256()
            var long = SHA512()
            for piece in [Array(bytes[..<cut]), [], Array(bytes[cut...])] {
                short.update(piece)
                long.update(piece)
            }
            #expect(short.finalize() == SHA256.hash(bytes))
            #expect(long.finalize() == SHA512.hash(bytes))
        }
    }
}

/// RFC 4231.
@Suite struct HMACSHA256Tests {
    @Test(arguments: [
        (
            "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            "4a656665", "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            String(repeating: "aa", count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        ("", "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
    ]) func vectors(key: String, message: String, code: String) {
        let key = SecretBytes(copying: hex(key))
        #expect(HMACSHA256.authenticationCode(for: Array(message.utf8), key: key).hex == code)
        #expect(HMACSHA256.isValid(hex(code), for: Array(message.utf8), key: key))
        #expect(!HMACSHA256.isValid(Array(hex(code).dropLast()), for: Array(message.utf8), key: key))
        #expect(!HMACSHA256.isValid(hex(code), for: Array((message + ".").utf8), key: key))
    }
}

/// RFC 5869, appendix A.
@Suite struct HKDFSHA256Tests {
    @Test func shortInput() {
        let key = HKDFSHA256.extract(
            salt: hex("000102030405060708090a0b0c"),
            keyMaterial: SecretBytes(copying: [UInt8](repeating: 0x0b, count: 22)))
        #expect(
            key.withUnsafeBytes { $0.hex } == "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5")
        let output = HKDFSHA256.expand(key, info: hex("f0f1f2f3f4f5f6f7f8f9"), count: 42)
        #expect(
            output.withUnsafeBytes { $0.hex }
                == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")
    }

    @Test func noSaltNoInfo() {
        let key = HKDFSHA256.extract(
            salt: [], keyMaterial: SecretBytes(copying: [UInt8](repeating: 0x0b, count: 22)))
        let output = HKDFSHA256.expand(key, info: [], count: 42)
        #expect(
            output.withUnsafeBytes { $0.hex }
                == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8")
    }

    @Test func longestOutputBeginsLikeEveryShorterOne() {
        let key = SecretBytes(copying: SHA256.hash([1]))
        let longest = HKDFSHA256.expand(key, info: [2], count: HKDFSHA256.maximumOutput)
        for count in [0, 1, 31, 32, 33, 64, 8159] {
            let output = HKDFSHA256.expand(key, info: [2], count: count)
            #expect(output.withUnsafeBytes { Array($0) } == longest.withUnsafeBytes { Array($0.prefix(count)) })
        }
    }

    @Test func theChainOfNoiseIsExtractAndExpand() {
        let chainingKey = SHA256.hash(Array("chaining key".utf8))
        let material = SHA256.hash(Array("shared secret".utf8))
        let pair = HKDFSHA256.chain(
            SecretBytes(copying: chainingKey), keyMaterial: SecretBytes(copying: material))
        let expected = HKDFSHA256.expand(
            HKDFSHA256.extract(salt: chainingKey, keyMaterial: SecretBytes(copying: material)), info: [], count: 64)
        let joined = pair.first.withUnsafeBytes { Array($0) } + pair.second.withUnsafeBytes { Array($0) }
        #expect(expected.withUnsafeBytes { Array($0) } == joined)

        let split = HKDFSHA256.chain(SecretBytes(copying: chainingKey), keyMaterial: nil)
        let empty = HKDFSHA256.chain(SecretBytes(copying: chainingKey), keyMaterial: SecretBytes(copying: []))
        #expect(split.first == empty.first && split.second == empty.second && split.first != pair.first)
    }

    /// BLAKE2's own known answers (keyed, 64 bytes), and those of Python's hashlib for the short code.
    @Test func keyedBLAKE2b() {
        func code(_ message: [UInt8], key: [UInt8], count: Int) -> String {
            var code = [UInt8](repeating: 0, count: count)
            code.withUnsafeMutableBytes { code in
                message.withUnsafeBytes {
                    BLAKE2b.authenticate($0, key: SecretBytes(copying: key), into: code)
                }
            }
            return code.hex
        }
        #expect(
            code([], key: Array(0..<64), count: 64)
                == "10ebb67700b1868efb4417987acf4690ae9d972fb7a590c2f02871799aaa4786"
                + "b5e996e8f0f4eb981fc214b005f42d2ff4233499391653df7aefcbc13fc51568")
        #expect(code([], key: Array(0..<32), count: 16) == "3daf97bce7888fd59773c66bf647459c")
        #expect(code(Array(0..<96), key: Array(0..<32), count: 16) == "ba2a76034eef2f2282bc324d08929224")
        #expect(code(Array(0..<200), key: Array(0..<32), count: 16) == "8aa5152a0f33a31b72568b613ea3c92e")
    }
}
