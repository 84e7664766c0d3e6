import Crypto
import TestSupport
import Testing

@Suite struct XChaCha20Poly1305CipherTests {
    private func sealed(
        _ plaintext: [UInt8], _ cipher: XChaCha20Poly1305Cipher, nonce: [UInt8], ad: [UInt8] = []
    ) -> (ciphertext: [UInt8], tag: [UInt8]) {
        var ciphertext = [UInt8](repeating: 0xee, count: plaintext.count)
        var tag = [UInt8](repeating: 0xee, count: 16)
        plaintext.withUnsafeBytes { plaintext in
            ciphertext.withUnsafeMutableBytes { ciphertext in
                nonce.withUnsafeBytes { nonce in
                    ad.withUnsafeBytes { ad in
                        tag.withUnsafeMutableBytes { tag in
                            cipher.seal(plaintext, into: ciphertext, nonce: nonce, authenticating: ad, tag: tag)
                        }
                    }
                }
            }
        }
        return (ciphertext, tag)
    }

    private func opened(
        _ record: (ciphertext: [UInt8], tag: [UInt8]), _ cipher: XChaCha20Poly1305Cipher, nonce: [UInt8],
        ad: [UInt8] = []
    ) throws(CryptoError) -> [UInt8] {
        var bytes = record.ciphertext
        let result = bytes.withUnsafeMutableBytes { bytes in
            nonce.withUnsafeBytes { nonce in
                ad.withUnsafeBytes { ad in
                    record.tag.withUnsafeBytes { tag in
                        Result { () throws(CryptoError) in
                            try cipher.open(bytes, nonce: nonce, authenticating: ad, tag: tag)
                        }
                    }
                }
            }
        }
        guard case .success = result else {
            #expect(bytes.allSatisfy { $0 == 0 }, "what was refused is wiped")
            try result.get()
            return []
        }
        return bytes
    }

    private let key = SecretBytes(copying: Array(0x80...0x9f))

    /// draft-irtf-cfrg-xchacha-03, appendix A.3.1.
    @Test func publishedRecord() throws {
        let cipher = XChaCha20Poly1305Cipher(key: key)
        let plaintext = Array(
            ("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
                + "sunscreen would be it.").utf8)
        let nonce: [UInt8] = Array(0x40...0x57)
        let ad = hex("50515253c0c1c2c3c4c5c6c7")
        let record = sealed(plaintext, cipher, nonce: nonce, ad: ad)
        #expect(
            record.ciphertext
                == hex(
                    """
                    bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39
                    ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9
                    21f9664c97637da9768812f615c68b13b52e
                    """))
        #expect(record.tag == hex("c0875924c1c7987947deafd8780acf49"))
        #expect(try opened(record, cipher, nonce: nonce, ad: ad) == plaintext)
    }

    /// Whatever prefix was used before, each record is that of its own nonce.
    @Test func aPrefixIsNotConfusedWithAnother() throws {
        let cipher = XChaCha20Poly1305Cipher(key: key)
        var random = SplitMix64(seed: 3)
        for round in 0..<200 {
            var nonce = [UInt8](repeating: UInt8(random.next() % 3), count: 24)
            nonce[23] = UInt8(round)
            let plaintext = (0..<Int(random.next() % 300)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            let ad = (0..<Int(random.next() % 20)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            let record = sealed(plaintext, cipher, nonce: nonce, ad: ad)
            let fresh = sealed(plaintext, XChaCha20Poly1305Cipher(key: key), nonce: nonce, ad: ad)
            #expect(record.ciphertext == fresh.ciphertext && ConstantTime.isEqual(record.tag, fresh.tag))
            #expect(try opened(record, cipher, nonce: nonce, ad: ad) == plaintext)
        }
    }

    @Test func everyFlippedBitIsRefused() throws {
        let cipher = XChaCha20Poly1305Cipher(key: key)
        let nonce = [UInt8](repeating: 9, count: 24)
        let record = sealed(Array(0..<40), cipher, nonce: nonce, ad: [1, 2, 3])
        for bit in 0..<320 {
            var spoiled = record
            spoiled.ciphertext[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: CryptoError.authenticationFailed) {
                try opened(spoiled, cipher, nonce: nonce, ad: [1, 2, 3])
            }
        }
        for bit in 0..<128 {
            var spoiled = record
            spoiled.tag[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: CryptoError.authenticationFailed) {
                try opened(spoiled, cipher, nonce: nonce, ad: [1, 2, 3])
            }
        }
        for bit in 0..<192 {
            var other = nonce
            other[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: CryptoError.authenticationFailed) {
                try opened(record, cipher, nonce: other, ad: [1, 2, 3])
            }
        }
        #expect(throws: CryptoError.authenticationFailed) { try opened(record, cipher, nonce: nonce, ad: [1, 2]) }
        #expect(throws: CryptoError.authenticationFailed) {
            let other = XChaCha20Poly1305Cipher(key: SecretBytes(copying: [UInt8](repeating: 1, count: 32)))
            _ = try opened(record, other, nonce: nonce, ad: [1, 2, 3])
        }
        #expect(try opened(record, cipher, nonce: nonce, ad: [1, 2, 3]) == Array(0..<40))
    }
}
