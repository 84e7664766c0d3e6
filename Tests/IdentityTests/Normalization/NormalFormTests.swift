import Crypto
import Foundation
import TestSupport
import Testing

@testable import Identity

@Suite struct NormalFormTests {
    private func normalised(_ text: String) throws(NormalFormError) -> String {
        let bytes = SecretBytes(copying: Array(text.utf8))
        let result = try bytes.withUnsafeBytes { (text) throws(NormalFormError) in try NormalForm.kd(text) }
        return result.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    private func isSame(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }

    /// Foundation has tables of its own, of an older version of Unicode than ours at times.
    @Test func everyScalarAsFoundationHasIt() throws {
        var compared = 0
        for value in UInt32(0x80)...0x10ffff {
            guard let scalar = Unicode.Scalar(value), let age = scalar.properties.age,
                (age.major, age.minor) <= (14, 0),
                scalar.properties.generalCategory != .privateUse
            else { continue }
            let text = String(Character(scalar))
            let ours = try normalised(text)
            compared += 1
            if !isSame(ours, text.decomposedStringWithCompatibilityMapping) {
                Issue.record("U+\(String(value, radix: 16))")
            }
        }
        #expect(compared > 140_000)
    }

    private func composed(_ text: String) throws(NormalFormError) -> String {
        let bytes = SecretBytes(copying: Array(text.utf8))
        let result = try bytes.withUnsafeBytes { (text) throws(NormalFormError) in try NormalForm.c(text) }
        return result.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test func everyScalarComposedAsFoundationHasIt() throws {
        var compared = 0
        for value in UInt32(0x80)...0x10ffff {
            guard let scalar = Unicode.Scalar(value), let age = scalar.properties.age,
                (age.major, age.minor) <= (14, 0),
                scalar.properties.generalCategory != .privateUse
            else { continue }
            let text = String(Character(scalar))
            compared += 1
            let ours = try composed(text)
            let again = try composed(text.decomposedStringWithCanonicalMapping)
            if !isSame(ours, text.precomposedStringWithCanonicalMapping) || !isSame(again, ours) {
                Issue.record("U+\(String(value, radix: 16))")
            }
        }
        #expect(compared > 140_000)
    }

    /// UAX 15: what the figures and the corrigenda show.
    @Test(arguments: [
        // Singletons, and what is excluded from composition.
        ("\u{212b}", "\u{c5}"), ("\u{2126}", "\u{3a9}"), ("\u{212a}", "K"), ("\u{958}", "\u{915}\u{93c}"),
        ("\u{fb1d}", "\u{5d9}\u{5b4}"), ("\u{2adc}", "\u{2add}\u{338}"), ("\u{1d15e}", "\u{1d157}\u{1d165}"),
        ("\u{344}", "\u{308}\u{301}"), ("\u{f73}", "\u{f71}\u{f72}"), ("\u{340}\u{341}", "\u{300}\u{301}"),
        // Composed, composed further, in the order of the classes.
        ("A\u{30a}", "\u{c5}"), ("s\u{323}\u{307}", "\u{1e69}"), ("s\u{307}\u{323}", "\u{1e69}"),
        ("\u{1e0b}\u{323}", "\u{1e0d}\u{307}"), ("q\u{307}\u{323}", "q\u{323}\u{307}"),
        ("a\u{327}\u{302}", "\u{e2}\u{327}"), ("\u{3b1}\u{345}\u{301}", "\u{1fb4}"),
        // A mark of the same class between blocks, one of another does not; nor do two starters compose over a mark.
        ("a\u{305}\u{301}", "a\u{305}\u{301}"), ("e\u{316}\u{301}", "\u{e9}\u{316}"),
        ("\u{1100}\u{300}\u{1161}\u{323}", "\u{1100}\u{300}\u{1161}\u{323}"),
        ("\u{b47}\u{300}\u{b3e}", "\u{b47}\u{300}\u{b3e}"), ("\u{301}e", "\u{301}e"),
        // Two starters that compose.
        ("\u{9c7}\u{9be}", "\u{9cb}"), ("\u{11099}\u{110ba}", "\u{1109a}"),
        // Hangul.
        ("\u{1100}\u{1161}", "\u{ac00}"), ("\u{1100}\u{1161}\u{11a8}", "\u{ac01}"), ("\u{ac00}\u{11a8}", "\u{ac01}"),
        ("\u{ac01}\u{11a8}", "\u{ac01}\u{11a8}"), ("\u{1112}\u{1175}\u{11c2}", "\u{d7a3}"),
        ("\u{1100}\u{1161}\u{11a7}", "\u{ac00}\u{11a7}"),
    ])
    func composes(_ text: String, _ expected: String) throws {
        #expect(isSame(try composed(text), expected))
        #expect(isSame(try composed(expected), expected))
    }

    /// But for a last letter of Hangul behind a syllable, which Foundation leaves where it is; Python has that right.
    @Test func mixedTextsComposedAsFoundationHasThem() throws {
        var random = SeededRandom(seed: 63)
        let scalars: [UInt32] = [
            0x61, 0xe9, 0x1e69, 0x301, 0x307, 0x323, 0x327, 0x344, 0x345, 0x3099, 0xac01, 0x1100, 0x1161, 0x212b,
            0x1d15e,
            0x1f80, 0x20, 0x304b, 0x9c7, 0x9be, 0x73, 0x3b1,
        ]
        for _ in 0..<3000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0..<10, using: &random) {
                if let scalar = scalars.randomElement(using: &random).flatMap(Unicode.Scalar.init) {
                    text.append(scalar)
                }
            }
            let ours = try composed(String(text))
            #expect(isSame(ours, String(text).precomposedStringWithCanonicalMapping), "\(text.map { $0.value })")
            #expect(isSame(try composed(ours), ours))
        }
    }

    @Test func marksInOrderAsFoundationHasThem() throws {
        var random = SeededRandom(seed: 61)
        let scalars: [UInt32] = [
            0x61, 0xe9, 0x1e69, 0x301, 0x307, 0x323, 0x327, 0x344, 0x345, 0x5b0, 0x3099, 0xac01, 0x1100, 0x1161,
            0x212b, 0xfb01, 0x1d15e, 0x1f80, 0x20, 0x334d, 0x1f468, 0x200d,
        ]
        for _ in 0..<2000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0..<12, using: &random) {
                if let scalar = scalars.randomElement(using: &random).flatMap(Unicode.Scalar.init) {
                    text.append(scalar)
                }
            }
            let ours = try normalised(String(text))
            #expect(isSame(ours, String(text).decomposedStringWithCompatibilityMapping))
            #expect(isSame(try normalised(ours), ours))
        }
    }

    /// U+0F73 is of class 0, but stands for two marks, which take their places among their neighbours: Foundation
    /// has that wrong, Python right.
    @Test func marksBehindAClassOfZero() throws {
        #expect(isSame(try normalised("a\u{307}\u{f73}"), "a\u{f71}\u{f72}\u{307}"))
        #expect(isSame(try normalised("\u{345}\u{f73}\u{323}"), "\u{f71}\u{f72}\u{323}\u{345}"))
        #expect(
            isSame(try normalised("\u{5b0}\u{f73}\u{307}\u{3099}"), "\u{3099}\u{5b0}\u{f71}\u{f72}\u{307}"))
    }

    @Test func whatCannotBeKnownIsRefused() {
        for value in [0x378, 0x2fffd, 0xe0fff] as [UInt32] {
            guard let scalar = Unicode.Scalar(value) else { continue }
            #expect(throws: NormalFormError.unassigned(value)) { try normalised("x" + String(Character(scalar))) }
        }
        // Private use is assigned for good: to nothing.
        #expect(throws: Never.self) { try normalised("\u{e000}") }
    }

    @Test func garbageIsRefusedOrNormal() {
        var random = SeededRandom(seed: 62)
        let start = Array("Gr\u{fc}\u{df}e \u{fb01} \u{ac01} \u{1d400}e\u{301}".utf8)
        for _ in 0..<5000 {
            let bytes = random.mutated(start)
            let result = SecretBytes(copying: bytes).withUnsafeBytes { try? NormalForm.kd($0) }
            let isText = String(validating: bytes, as: UTF8.self) != nil
            #expect(result == nil || isText)
        }
    }
}
