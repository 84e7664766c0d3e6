import Crypto
import Testing

@testable import Identity

/// RFC 8265, section 4.3, and what follows from RFC 8264.
@Suite struct OpaqueStringTests {
    private func prepared(_ bytes: [UInt8]) throws(PassphraseError) -> [UInt8] {
        let text = SecretBytes(copying: bytes)
        let result = try text.withUnsafeBytes { (text) throws(PassphraseError) in try OpaqueString.prepare(text) }
        return result.withUnsafeBytes { Array($0) }
    }

    @Test(arguments: [
        // The table of the RFC.
        ("correct horse battery staple", "correct horse battery staple"),
        ("Correct Horse Battery Staple", "Correct Horse Battery Staple"),
        ("\u{3c0}\u{df}\u{e5}", "\u{3c0}\u{df}\u{e5}"),
        ("Jack of \u{2666}s", "Jack of \u{2666}s"), ("foo\u{1680}bar", "foo bar"),
        // Spaces of all widths, none of them lost; nor are those at the ends.
        ("\u{a0}a\u{2003}\u{3000}b \u{202f}", " a  b  "), ("\u{2000}", " "),
        // Form C; neither case nor width is changed.
        ("e\u{301}", "\u{e9}"), ("\u{212b}", "\u{c5}"),
        ("\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}", "\u{d55c}\u{ae00}"),
        ("\u{ff21}\u{fb01}\u{2460}", "\u{ff21}\u{fb01}\u{2460}"), ("A\u{323}\u{307}", "\u{1ea0}\u{307}"),
        ("\u{1f40e}\u{1f50b}", "\u{1f40e}\u{1f50b}"), ("\u{5d0}\u{5f3}", "\u{5d0}\u{5f3}"), ("l\u{b7}l", "l\u{b7}l"),
        ("\u{30ab}\u{30fb}", "\u{30ab}\u{30fb}"), ("\u{661}\u{662}", "\u{661}\u{662}"),
        ("\u{915}\u{94d}\u{200d}\u{937}", "\u{915}\u{94d}\u{200d}\u{937}"),
        ("\u{645}\u{6cc}\u{200c}\u{62e}", "\u{645}\u{6cc}\u{200c}\u{62e}"),
    ])
    func prepares(_ text: String, _ expected: String) throws {
        #expect(try prepared(Array(text.utf8)) == Array(expected.utf8))
        #expect(try prepared(Array(expected.utf8)) == Array(expected.utf8))
    }

    @Test(arguments: [
        ("my cat is a \tby", 13), ("\u{0}", 1), ("a\n", 2), ("\u{7f}", 1), ("\u{85}", 1), ("a\u{200b}", 2),
        ("\u{ad}", 1),
        ("\u{2028}", 1), ("\u{e000}", 1), ("\u{200e}", 1), ("\u{fe0f}", 1), ("\u{115f}", 1),
        ("\u{1100}", 1), ("x\u{640}", 2), ("a\u{b7}b", 2), ("a\u{200d}b", 2), ("\u{661}\u{6f1}", 1), ("e\u{301}\t", 2),
    ])
    func refuses(_ text: String, _ position: Int) {
        #expect(throws: PassphraseError.notAllowed(position: position)) { try prepared(Array(text.utf8)) }
    }

    @Test func refusesWhatIsNoText() {
        // A noncharacter, which a literal cannot hold.
        #expect(throws: PassphraseError.notAllowed(position: 1)) { try prepared([0xef, 0xb7, 0x90]) }
        #expect(throws: PassphraseError.empty) { try prepared([]) }
        #expect(throws: PassphraseError.notUTF8) { try prepared([0x61, 0xff]) }
        #expect(throws: PassphraseError.unassigned(0x378)) { try prepared(Array("a\u{378}".utf8)) }
        #expect(PassphraseError.notAllowed(position: 3).description.contains("character 3"))
    }
}
