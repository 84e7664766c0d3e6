import Crypto
import Identity
import TestSupport
import Testing

@Suite struct MnemonicTests {
    private func mnemonic(_ words: String) throws(MnemonicError) -> Mnemonic {
        try Mnemonic(SecretBytes(copying: Array(words.utf8)))
    }

    private func text(_ secret: SecretBytes) -> String {
        secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    private func hexText(_ secret: SecretBytes) -> String { secret.withUnsafeBytes { Array($0).hex } }

    private let zeros = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"

    @Test func official() throws {
        #expect(MnemonicVector.all.count == 24)
        for vector in MnemonicVector.all {
            let words = try mnemonic(vector.words)
            #expect(hexText(words.entropy) == vector.entropy)
            let made = try Mnemonic(entropy: SecretBytes(copying: hex(vector.entropy)))
            #expect(made == words)
            #expect(text(made.text()) == vector.words)
            let seed = try words.seed(passphrase: SecretBytes(copying: Array("TREZOR".utf8)))
            #expect(hexText(seed.secret) == vector.seed)
            #expect(text(try ExtendedPrivateKey(seed: seed).text()) == vector.masterKey)
        }
    }

    @Test(arguments: Mnemonic.wordCounts) func everyLength(wordCount: Int) throws {
        var random = SeededRandom(seed: UInt64(wordCount))
        for _ in 0..<50 {
            let made = try Mnemonic.generate(wordCount: wordCount) { room in
                room.copyBytes(from: random.bytes(room.count))
            }
            #expect(made.wordCount == wordCount)
            let words = text(made.text())
            #expect(words.split(separator: " ").count == wordCount)
            #expect(try mnemonic(words) == made)
        }
    }

    @Test func asPeopleWriteIt() throws {
        let expected = try mnemonic(zeros)
        let wide = zeros.unicodeScalars.map { Unicode.Scalar($0 == " " ? 0x3000 : $0.value + 0xfee0) }
        let written = [
            "  " + zeros + "\n", zeros.uppercased(), zeros.replacing(" ", with: "\t \r\n"),
            "Abandon" + zeros.dropFirst(7), String(String.UnicodeScalarView(wide.compactMap { $0 })),
            zeros.replacing(" ", with: "\u{a0}"),
        ]
        for words in written { #expect(try mnemonic(words) == expected) }
    }

    @Test func wordsThatAreNotOnTheList() throws {
        func refused(_ words: String, _ word: String, at position: Int, _ suggestions: [String]) {
            #expect(
                throws: MnemonicError.unknownWord(word, position: position, suggestions: suggestions), "\(words)"
            ) { try mnemonic(words) }
        }
        refused("abandon abandn", "abandn", at: 2, ["abandon"])
        refused("abandon Abandom about", "Abandom", at: 2, ["abandon"])
        refused("abandon abandon aboutt", "aboutt", at: 3, ["about"])
        refused("ability abel", "abel", at: 2, ["able", "label"])
        refused("zo", "zo", at: 1, ["zoo"])
        refused("yelow", "yelow", at: 1, ["yellow", "below"])
        refused("xqxqxq", "xqxqxq", at: 1, [])
        // What may be another secret is not shown.
        refused("abandon df02cbea58239744a8a6ba328056309a", "", at: 2, [])
        refused("p4ssw0rd", "", at: 1, [])
        refused("correcthorsebatterystaple", "", at: 1, [])
        refused("münze", "", at: 1, [])
        #expect(
            "\(MnemonicError.unknownWord("abandn", position: 2, suggestions: ["abandon"]))"
                == "word 2, 'abandn', is not on the English list of BIP-39; near it: abandon")
    }

    /// A word with one slip leads back to itself.
    @Test func suggestionsFindWhatWasMeant() throws {
        let words = MnemonicVector.all.flatMap { $0.words.split(separator: " ").map(String.init) }
        for word in Set(words).sorted().prefix(40) where word.count > 4 {
            let typed = word + "q"
            do throws(MnemonicError) {
                _ = try mnemonic(typed)
                Issue.record("\(typed) is on the list")
            } catch {
                guard case .unknownWord(_, 1, let suggestions) = error else {
                    Issue.record("\(error)")
                    continue
                }
                #expect(suggestions.contains(word))
            }
        }
    }

    @Test func otherCountsAndChecksums() throws {
        for count in 0...30 where !Mnemonic.wordCounts.contains(count) {
            let words = [String](repeating: "abandon", count: count).joined(separator: " ")
            #expect(throws: MnemonicError.wordCount(count)) { try mnemonic(words) }
        }
        for count in Mnemonic.wordCounts {
            let words = [String](repeating: "abandon", count: count).joined(separator: " ")
            #expect(throws: MnemonicError.checksum) { try mnemonic(words) }
        }
        for vector in MnemonicVector.all {
            var words = vector.words.split(separator: " ")
            guard let place = words.indices.dropLast().first(where: { words[$0] != words[$0 + 1] }) else { continue }
            words.swapAt(place, place + 1)
            // Of twelve words in another order, one in sixteen fits by chance: none of the vectors does.
            #expect(throws: MnemonicError.checksum) { try mnemonic(words.joined(separator: " ")) }
        }
        for count in [0, 1, 15, 17, 31, 33, 64] {
            #expect(throws: MnemonicError.entropyLength(count)) {
                try Mnemonic(entropy: SecretBytes(copying: [UInt8](repeating: 0, count: count)))
            }
        }
        for count in [-1, 0, 11, 13, 25] {
            #expect(throws: MnemonicError.wordCount(count)) { try Mnemonic.generate(wordCount: count) { _ in } }
        }
        #expect(throws: MnemonicError.tooLong(4097)) { try mnemonic(String(repeating: " ", count: 4097)) }
        #expect(throws: MnemonicError.normalisation(.notUTF8(offset: 3))) {
            try Mnemonic(SecretBytes(copying: [0x61, 0x62, 0x20, 0xff]))
        }
    }

    /// What python-mnemonic makes of the same words and passphrases.
    @Test(arguments: [
        (
            "Neuv\u{11b}\u{159}iteln\u{11b} bezpe\u{10d}n\u{e9} hesl\u{ed}\u{10d}ko",
            "675ce509e6d58366d2fdfd4f7fd9a404247dcb7e053889707a0e07440208482b"
        ),
        (
            "\u{334d}\u{30ac}\u{30d0}\u{30f4}\u{30a1}\u{3071}\u{3070}\u{3050}\u{309e}\u{3061}\u{3062}\u{5341}\u{4eba}"
                + "\u{5341}\u{8272}", "ab74d27366243c55d7ea15a0e9ef9a890bf01595a5f072fbfe87ddf8e3cea3f8"
        ),
        (
            "\u{fb01} \u{b2} \u{bd} \u{c5} \u{c5} \u{ff71}\u{ff9e}",
            "3519c9ac7b4d3c4aeac240cbbfbd45a9f4d41a59aec88d8c25f261bfd82b3f8a"
        ),
        (
            "\u{ac01}\u{d7a3} q\u{323}\u{307} q\u{307}\u{323}",
            "89c2bc62f5d182e9312da6db15afee1e98663d186d16c81abd22868552eea872"
        ),
        ("\u{fdfa}", "9c3ed5a430340a1a55607a3c21584946cd8f1f1e66fa9db86eb5e819c2f9e12b"),
    ])
    func passphrases(passphrase: String, start: String) throws {
        let words = try mnemonic(MnemonicVector.all[12].words)
        let seed = try words.seed(passphrase: SecretBytes(copying: Array(passphrase.utf8)))
        #expect(hexText(seed.secret).prefix(64) == start)
    }

    @Test func passphrasesThatOthersMayReadInAnotherWay() throws {
        let words = try mnemonic(zeros)
        #expect(throws: MnemonicError.normalisation(.notUTF8(offset: 2))) {
            try words.seed(passphrase: SecretBytes(copying: [0x61, 0x62, 0xc3]))
        }
        #expect(throws: MnemonicError.normalisation(.unassigned(0x378))) {
            try words.seed(passphrase: SecretBytes(copying: Array("a\u{378}".utf8)))
        }
        #expect(throws: MnemonicError.tooLong(4097)) {
            try words.seed(passphrase: SecretBytes(copying: [UInt8](repeating: 0x61, count: 4097)))
        }
        let empty = try words.seed(passphrase: SecretBytes(copying: []))
        #expect(empty.secret == (try words.seed().secret))
    }

    @Test func garbageIsRefusedOrReadExactly() throws {
        var random = SeededRandom(seed: 51)
        for round in 0..<600 {
            let injured = random.mutated(Array(MnemonicVector.all[round % 24].words.utf8))
            guard let read = try? Mnemonic(SecretBytes(copying: injured)) else { continue }
            #expect(try Mnemonic(read.text()) == read)
        }
        for _ in 0..<500 {
            _ = try? Mnemonic(SecretBytes(copying: random.bytes(Int.random(in: 0..<300, using: &random))))
        }
    }

    @Test func theWordsAreNeverShown() throws {
        let words = try mnemonic(zeros)
        var dumped = ""
        dump(words, to: &dumped)
        for text in ["\(words)", String(reflecting: words), dumped] { #expect(!text.contains("abandon")) }
        #expect("\(words)" == "Mnemonic(12 words)")
    }
}
