import Crypto
import TestSupport
import Testing

@Suite struct ChaCha20Poly1305Tests {
    private func sealed(
        _ plaintext: [UInt8], _ cipher: ChaCha20Poly1305, nonce: UInt64, ad: [UInt8] = []
    ) -> [UInt8] {
        var buffer = plaintext + [UInt8](repeating: 0xee, count: 16)
        buffer.withUnsafeMutableBytes { buffer in
            ad.withUnsafeBytes { ad in
                cipher.seal(buffer, count: plaintext.count, nonce: nonce, authenticating: ad)
            }
        }
        return buffer
    }

    private func opened(
        _ record: [UInt8], _ cipher: ChaCha20Poly1305, nonce: UInt64, ad: [UInt8] = []
    ) throws(CryptoError) -> [UInt8] {
        var buffer = record
        let result = buffer.withUnsafeMutableBytes { buffer in
            ad.withUnsafeBytes { ad in
                Result { () throws(CryptoError) in try cipher.open(buffer, nonce: nonce, authenticating: ad) }
            }
        }
        guard case .success(let count) = result else {
            #expect(buffer.allSatisfy { $0 == 0 } || buffer.count < 16, "a refused record is wiped")
            _ = try result.get()
            return []
        }
        return Array(buffer.prefix(count))
    }

    /// RFC 8439, appendix A.5: its nonce begins with four zero bytes, like those of Noise.
    @Test func publishedRecord() throws {
        let cipher = ChaCha20Poly1305(
            key: SecretBytes(copying: hex("1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0")))
        let record = hex(
            """
            64a0861575861af460f062c79be643bd5e805cfd345cf389f108670ac76c8cb24c6cfc18755d43eea09ee94e382d26b0
            bdb7b73c321b0100d4f03b7f355894cf332f830e710b97ce98c8a84abd0b948114ad176e008d33bd60f982b1ff37c855
            9797a06ef4f0ef61c186324e2b3506383606907b6a7c02b0f9f6157b53c867e4b9166c767b804d46a59b5216cde7a4e9
            9040c5a40433225ee282a1b0a06c523eaf4534d7f83fa1155b0047718cbc546a0d072b04b3564eea1b422273f548271a
            0bb2316053fa76991955ebd63159434ecebb4e466dae5a1073a6727627097a1049e617d91d361094fa68f0ff77987130
            305beaba2eda04df997b714d6c6f2c29a6ad5cb4022b02709beead9d67890cbb22392336fea1851f38
            """)
        let ad = hex("f33388860000000000004e91")
        let plaintext = try opened(record, cipher, nonce: 0x0807_0605_0403_0201, ad: ad)
        #expect(String(decoding: plaintext, as: UTF8.self).hasPrefix("Internet-Drafts are draft documents valid"))
        #expect(sealed(plaintext, cipher, nonce: 0x0807_0605_0403_0201, ad: ad) == record)
    }

    /// The transport frames of the derived libp2p handshake, without their length prefix.
    @Test func transportFramesOfNoise() throws {
        let cipher = ChaCha20Poly1305(key: SecretBytes(copying: Vectors.bytes("noise.k_i2r")))
        let first = Array(Vectors.bytes("noise.frame i->r #0 \"hello\"").dropFirst(2))
        let second = Array(Vectors.bytes("noise.frame i->r #1 \"\"").dropFirst(2))
        #expect(sealed(Array("hello".utf8), cipher, nonce: 0) == first)
        #expect(sealed([], cipher, nonce: 1) == second)
        #expect(try opened(first, cipher, nonce: 0) == Array("hello".utf8))
        #expect(try opened(second, cipher, nonce: 1).isEmpty)
    }

    @Test func oneObjectSealsAndOpensInAnyOrder() throws {
        var random = SeededRandom(seed: 2)
        let cipher = ChaCha20Poly1305(key: SecretBytes(copying: random.bytes(32)))
        for nonce in [0, 1, 255, 256, UInt64(UInt32.max), UInt64(UInt32.max) + 1, .max] {
            for count in [0, 1, 15, 16, 17, 64, 1000, 65519] {
                let plaintext = random.bytes(count)
                let ad = random.bytes(count % 40)
                let record = sealed(plaintext, cipher, nonce: nonce, ad: ad)
                #expect(throws: CryptoError.authenticationFailed) {
                    try opened(record, cipher, nonce: nonce &+ 1, ad: ad)
                }
                #expect(try opened(record, cipher, nonce: nonce, ad: ad) == plaintext)
                #expect(sealed(plaintext, cipher, nonce: nonce, ad: ad) == record)
            }
        }
    }

    @Test func everyFlippedBitIsRefused() throws {
        var random = SeededRandom(seed: 3)
        let cipher = ChaCha20Poly1305(key: SecretBytes(copying: random.bytes(32)))
        let record = sealed(Array("attack at dawn".utf8), cipher, nonce: 9, ad: [1, 2, 3])
        for bit in 0..<record.count * 8 {
            var injured = record
            injured[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: CryptoError.authenticationFailed) { try opened(injured, cipher, nonce: 9, ad: [1, 2, 3]) }
        }
        for ad in [[], [1, 2], [1, 2, 3, 0], [1, 2, 4]] as [[UInt8]] {
            #expect(throws: CryptoError.authenticationFailed) { try opened(record, cipher, nonce: 9, ad: ad) }
        }
        #expect(throws: CryptoError.authenticationFailed) {
            try opened(record, ChaCha20Poly1305(key: SecretBytes(copying: random.bytes(32))), nonce: 9, ad: [1, 2, 3])
        }
        #expect(try opened(record, cipher, nonce: 9, ad: [1, 2, 3]) == Array("attack at dawn".utf8))
    }

    @Test func shorterThanATagIsRefused() {
        let cipher = ChaCha20Poly1305(key: SecretBytes(copying: [UInt8](repeating: 1, count: 32)))
        for count in 0..<16 {
            #expect(throws: CryptoError.wrongCiphertextLength(count)) {
                try opened([UInt8](repeating: 0, count: count), cipher, nonce: 0)
            }
        }
        #expect(throws: CryptoError.authenticationFailed) {
            try opened([UInt8](repeating: 0, count: 16), cipher, nonce: 0)
        }
    }
}
