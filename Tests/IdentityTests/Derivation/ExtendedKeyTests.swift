import Crypto
import Identity
import TestSupport
import Testing

@Suite struct ExtendedKeyTests {
    private func text(_ key: ExtendedPrivateKey) -> String {
        key.text().withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    private func privateKey(_ text: String) throws(DerivationError) -> ExtendedPrivateKey {
        try ExtendedPrivateKey(SecretBytes(copying: Array(text.utf8)))
    }

    private func root(_ seed: String) throws -> ExtendedPrivateKey {
        try ExtendedPrivateKey(seed: Seed(SecretBytes(copying: hex(seed))))
    }

    @Test func official() throws {
        #expect(ExtendedKeyVector.all.count == 17)
        for vector in ExtendedKeyVector.all {
            let path = try DerivationPath(vector.path)
            let key = try root(vector.seed).derive(path)
            #expect(text(key) == vector.privateText)
            #expect("\(key.publicKey)" == vector.publicText)
            #expect(Int(key.depth) == path.components.count)
            #expect(try text(privateKey(vector.privateText)) == vector.privateText)
            let read = try ExtendedPublicKey(vector.publicText)
            #expect(read == key.publicKey)
            // A normal child of the public key is the public key of the child.
            let number = try ChildNumber(normal: 7)
            #expect(try read.child(number) == key.child(number).publicKey)
        }
    }

    @Test func invalidOnes() {
        #expect(ExtendedKeyVector.invalid.count == 16)
        for (text, reason) in ExtendedKeyVector.invalid {
            #expect(throws: DerivationError.self, "\(reason)") { try privateKey(text) }
            #expect(throws: DerivationError.self, "\(reason)") { try ExtendedPublicKey(text) }
        }
    }

    /// That each is refused for its own reason, and not for another.
    @Test func whatIsWrongIsSaid() throws {
        let reasons: [(start: String, error: DerivationError)] = [
            ("pubkey version / prvkey", .malformedExtendedKey("not a compressed point on the curve")),
            ("prvkey version / pubkey", .malformedExtendedKey("no zero in front of the private key")),
            ("invalid pubkey", .malformedExtendedKey("not a compressed point on the curve")),
            ("invalid prvkey prefix", .malformedExtendedKey("no zero in front of the private key")),
            ("zero depth with non-zero parent", .malformedExtendedKey("a master key with a parent")),
            ("zero depth with non-zero index", .malformedExtendedKey("a master key with a number")),
            ("unknown", .malformedExtendedKey("neither xprv nor xpub")),
            ("private key", .malformedExtendedKey("the private key is out of range")),
            ("invalid checksum", .malformedText(.wrongChecksum)),
        ]
        for (text, reason) in ExtendedKeyVector.invalid {
            let expected = try #require(reasons.first { reason.hasPrefix($0.start) }).error
            if text.hasPrefix("xpub") {
                #expect(throws: expected, "\(reason)") { try ExtendedPublicKey(text) }
            } else {
                #expect(throws: expected, "\(reason)") { try privateKey(text) }
            }
        }
        let vector = ExtendedKeyVector.all[0]
        #expect(throws: DerivationError.malformedExtendedKey("a public key, not a private one")) {
            try privateKey(vector.publicText)
        }
        #expect(throws: DerivationError.malformedExtendedKey("a private key, not a public one")) {
            try ExtendedPublicKey(vector.privateText)
        }
        #expect(throws: DerivationError.malformedText(.invalidCharacter(offset: 4))) {
            try ExtendedPublicKey("xpub0" + vector.publicText.dropFirst(5))
        }
        for text in [
            "", "1", "xpub", vector.publicText + "1", "1" + vector.publicText, String(repeating: "z", count: 112),
        ] {
            #expect(throws: DerivationError.malformedText(.wrongLength), "\(text)") { try ExtendedPublicKey(text) }
        }
    }

    @Test func limits() throws {
        let key = try root("000102030405060708090a0b0c0d0e0f")
        let hardened = try ChildNumber(hardened: 0)
        #expect(throws: DerivationError.hardenedChildOfPublicKey(hardened)) { try key.publicKey.child(hardened) }
        for count in [0, 15, 65] {
            #expect(throws: DerivationError.seedLength(count)) {
                try Seed(SecretBytes(copying: [UInt8](repeating: 1, count: count)))
            }
        }
        let deepest = try key.derive(DerivationPath([ChildNumber](repeating: hardened, count: 255)))
        #expect(deepest.depth == 255)
        #expect(throws: DerivationError.tooDeep) { try deepest.child(hardened) }
        #expect(throws: DerivationError.tooDeep) { try deepest.publicKey.child(ChildNumber(normal: 0)) }
        #expect(try text(privateKey(text(deepest))) == text(deepest))
    }

    @Test func garbageIsRefusedOrReadExactly() {
        var random = SeededRandom(seed: 71)
        for round in 0..<6000 {
            let vector = ExtendedKeyVector.all[round % 17]
            let injuredPrivate = String(decoding: random.mutated(Array(vector.privateText.utf8)), as: UTF8.self)
            if let key = try? privateKey(injuredPrivate) { #expect(text(key) == injuredPrivate) }
            let injuredPublic = String(decoding: random.mutated(Array(vector.publicText.utf8)), as: UTF8.self)
            if let key = try? ExtendedPublicKey(injuredPublic) { #expect("\(key)" == injuredPublic) }
        }
    }

    @Test func theSecretIsNeverShown() throws {
        let key = try root("000102030405060708090a0b0c0d0e0f")
        var dumped = ""
        dump(key, to: &dumped)
        // The first bytes of the master key: e8 f3 2e.
        for shown in ["\(key)", String(reflecting: key), dumped] {
            #expect(!shown.split { !$0.isNumber }.joined(separator: " ").contains("232 243 46"))
            #expect(!shown.contains("xprv"))
        }
    }
}
