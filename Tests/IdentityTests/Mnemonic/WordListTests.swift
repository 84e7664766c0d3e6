import Crypto
import TestSupport
import Testing

@testable import Identity

@Suite struct WordListTests {
    private let words = WordList.english.words

    /// The SHA-256 of bips/bip-0039/english.txt.
    @Test func theOfficialList() {
        let file: [UInt8] = words.flatMap { (word: [UInt8]) -> [UInt8] in word + [0x0a] }
        #expect(SHA256.hash(file).hex == "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda")
        #expect(words.count == 2048)
        #expect(words.map(\.count).max() == WordList.longestCount)
    }

    @Test func everyWordIsFoundAndNothingElse() {
        for (number, word) in words.enumerated() {
            #expect(WordList.english.number(of: word) == number)
            #expect(WordList.english.number(of: String(decoding: word, as: UTF8.self).uppercased().utf8) == number)
            #expect(WordList.english.number(of: word + [0x71]) == nil)
        }
        for text in ["", "a", "zzz", "aaa", "@bandon", "abando", "\u{0}"] {
            #expect(WordList.english.number(of: text.utf8) == nil)
        }
    }

    @Test func fourLettersAreEnough() {
        #expect(Set(words.map { $0.prefix(WordList.distinctLetterCount) }).count == words.count)
        #expect(WordList.english.suggestions(for: Array("acco".utf8)).first == "account")
    }
}
