import Crypto
import TestSupport
import Testing

@Suite struct RSATests {
    private let message = Array("Libp2p is the _best_!".utf8)
    private let signature = Vectors.bytes("go_fixture_0/sig")
    private let publicKey = Array(Vectors.bytes("go_fixture_0/pub").dropFirst(5))

    /// One DER element.
    private func element(_ tag: UInt8, _ contents: [UInt8]) -> [UInt8] {
        let length: [UInt8] =
            switch contents.count {
            case ..<0x80: [UInt8(contents.count)]
            case ..<0x100: [0x81, UInt8(contents.count)]
            default: [0x82, UInt8(contents.count >> 8), UInt8(contents.count & 0xff)]
            }
        return [tag] + length + contents
    }

    /// A SubjectPublicKeyInfo with these two integers, whatever they are.
    private func info(modulus: [UInt8], exponent: [UInt8] = [1, 0, 1], parameters: [UInt8] = [5, 0]) -> [UInt8] {
        let algorithm = element(0x30, hex("06092a864886f70d010101") + parameters)
        let key = element(0x30, element(2, modulus) + element(2, exponent))
        return element(0x30, algorithm + element(3, [0] + key))
    }

    /// An odd modulus of so many bits, with the zero in front that DER asks for.
    private func modulus(bits: Int) -> [UInt8] {
        let top = UInt8(1) << UInt8((bits - 1) % 8)
        let bytes = [top] + [UInt8](repeating: 0x55, count: (bits - 1) / 8)
        return top == 0x80 ? [0] + bytes : bytes
    }

    @Test func signatureOfGo() throws {
        let key = try RSA.PublicKey(subjectPublicKeyInfo: publicKey)
        #expect(key.modulusByteCount == 256)
        #expect(key.isValid(signature: signature, for: message))
        #expect(!key.isValid(signature: signature, for: message + [0]))
    }

    /// Made with the specification's 4096-bit private key by Python's cryptography.
    @Test func signatureByTheKeyOfTheSpecification() throws {
        let key = try RSA.PublicKey(
            subjectPublicKeyInfo: Array(Vectors.bytes("spec rsa public key").dropFirst(5)))
        let signature = hex(
            """
            3ea72f3bfc88b4f85d600bb2d467053faac811e4272293369290def3bef1b32b8b5814bac3d5bcdb27983dea52eb050e
            359aa47b50e7f26f6e1ad52697dd0ce39b05ddd19c6ac4bafdde11693fb4e6b8b52288c4fc17d141a78d3159b6094c75
            af0471681406f778897ea62638688d52da90c0be3dc86c0cc10dacfd4d1a78b6dead202c18fe72664341f780a61d2adf
            c4400c2b1e78c08fdedf2a2c393573b7f2550d570d3d5fe4bbcfd099ed4e2ba8e555ee804c5aad3fce76cb42b25339c4
            fd12c4d711e7a9e2b7b7a3a8a2e10127a70b92e66f74fbcb41d2956974e25f7cf9e528ca625201b4b1a0b09b33ed81c1
            dd364373efc25217b697181fda1e6f903260387ddd700fe9219ffa08694b200e3f6d1df7ae54ef3e3f9b50ae3b71e286
            3b0734a15f9c9b4c815dbc74f60c9e006a7e18fefe33a58c50940fc0157df4df85486b8bc5a8f1b84cd0ecd105ddad51
            11b79de8252a19090b782849f7e1970bbb495910ee3eb2f7ce46c3d570c04bb0e0882643a5d241cbda1ebd16a0a7d266
            36ed04f18cc271db0e371caa79bea393c687124f2213c8ab43b0dc4b0492a5db4040281db8f5efed76bd9621fe2dfe18
            6bf202d93740563c79bcbdd8e6902ca03c087b0c86ae36373657e334c943c03927975620363140acbaf5a95f959158e2
            a85b615fd82251df0f5b7cc9e75fd3928d1987f003e74407cfb6b724122e3a81
            """)
        #expect(key.modulusByteCount == 512)
        #expect(key.isValid(signature: signature, for: message))
        #expect(!key.isValid(signature: signature, for: []))
    }

    @Test func everyInjuredByteIsRefused() throws {
        let key = try RSA.PublicKey(subjectPublicKeyInfo: publicKey)
        for position in signature.indices {
            var injured = signature
            injured[position] ^= 1 << UInt8(position % 8)
            #expect(!key.isValid(signature: injured, for: message))
        }
        for count in [0, 1, 64, 255, 257, 512] {
            #expect(!key.isValid(signature: [UInt8](repeating: 1, count: count), for: message))
        }
        #expect(!key.isValid(signature: [0] + signature, for: message))
        #expect(!key.isValid(signature: [UInt8](repeating: 0, count: 256), for: message))
        #expect(!key.isValid(signature: [UInt8](repeating: 0xff, count: 256), for: message))
    }

    /// CVE-2023-39533 · GHSA-876p-8259-xjgg: very large RSA keys.
    @Test func theSizeIsCheckedFirst() throws {
        for bits in [2048, 2049, 3072, 4096, 8191, 8192] {
            let key = try RSA.PublicKey(subjectPublicKeyInfo: info(modulus: modulus(bits: bits)))
            #expect(key.modulusByteCount == (bits + 7) / 8)
            #expect(!key.isValid(signature: [UInt8](repeating: 7, count: key.modulusByteCount), for: message))
        }
        for bits in [8, 512, 1024, 2040, 2047, 8193, 8200, 16_384, 65_536] {
            #expect(throws: CryptoError.modulusSize(bits: bits)) {
                try RSA.PublicKey(subjectPublicKeyInfo: info(modulus: modulus(bits: bits)))
            }
        }
    }

    @Test func aHugeKeyIsRefusedAtOnce() {
        let huge = info(modulus: modulus(bits: 16_384))
        // The best of a few, since the machine may be busy with something else.
        let durations = (0..<10).map { _ in
            ContinuousClock().measure {
                #expect(throws: CryptoError.modulusSize(bits: 16_384)) { try RSA.PublicKey(subjectPublicKeyInfo: huge) }
            }
        }
        #expect(durations.contains { $0 < .milliseconds(5) })
    }

    @Test func evenModulusAndOddExponents() {
        var even = modulus(bits: 2048)
        even[even.count - 1] = 0x54
        #expect(throws: CryptoError.malformedKey("RSA modulus is even")) {
            try RSA.PublicKey(subjectPublicKeyInfo: info(modulus: even))
        }
        let sound = modulus(bits: 2048)
        for exponent in [[1], [2], [4], [1, 0, 0], [0, 0x80, 0, 0, 1], [1, 0, 0, 0, 1]] as [[UInt8]] {
            #expect(throws: CryptoError.malformedKey("RSA exponent out of range"), "\(exponent)") {
                try RSA.PublicKey(subjectPublicKeyInfo: info(modulus: sound, exponent: exponent))
            }
        }
        for exponent in [[3], [17], [0x7f, 0xff, 0xff, 0xff]] as [[UInt8]] {
            #expect(throws: Never.self) {
                try RSA.PublicKey(subjectPublicKeyInfo: info(modulus: sound, exponent: exponent))
            }
        }
    }

    @Test func laxDERIsRefused() throws {
        let sound = modulus(bits: 2048)
        let lax = [
            info(modulus: [0] + sound),
            info(modulus: Array(sound.dropFirst())),
            info(modulus: []),
            info(modulus: [0]),
            info(modulus: sound, exponent: [0, 3]),
            info(modulus: sound, exponent: []),
            info(modulus: sound, exponent: [0]),
            info(modulus: sound, exponent: [0x83]),
            info(modulus: sound, parameters: []),
            info(modulus: sound, parameters: [5, 1, 0]),
            info(modulus: sound, parameters: [5, 0, 5, 0]),
            info(modulus: sound) + [0],
            Array(info(modulus: sound).dropLast()),
            Array(Vectors.bytes("go_fixture_3/pub").dropFirst(4)),
            [],
        ]
        for key in lax { #expect(throws: CryptoError.self) { try RSA.PublicKey(subjectPublicKeyInfo: key) } }
        var random = SeededRandom(seed: 7)
        for _ in 0..<5000 {
            guard let key = try? RSA.PublicKey(subjectPublicKeyInfo: random.mutated(publicKey)) else { continue }
            #expect((256...1024).contains(key.modulusByteCount))
        }
    }
}
