import Crypto
import Foundation
import TestSupport
import Testing

@testable import Identity

@Suite struct NFKDTests {
    private func normalised(_ text: String) throws(NFKDError) -> String {
        let bytes = SecretBytes(copying: Array(text.utf8))
        let result = try bytes.withUnsafeBytes { (text) throws(NFKDError) in try NFKD.normalise(text) }
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
            #expect(throws: NFKDError.unassigned(value)) { try normalised("x" + String(Character(scalar))) }
        }
        // Private use is assigned for good: to nothing.
        #expect(throws: Never.self) { try normalised("\u{e000}") }
    }

    @Test func garbageIsRefusedOrNormal() {
        var random = SeededRandom(seed: 62)
        let start = Array("Gr\u{fc}\u{df}e \u{fb01} \u{ac01} \u{1d400}e\u{301}".utf8)
        for _ in 0..<5000 {
            let bytes = random.mutated(start)
            let result = SecretBytes(copying: bytes).withUnsafeBytes { try? NFKD.normalise($0) }
            let isText = String(validating: bytes, as: UTF8.self) != nil
            #expect(result == nil || isText)
        }
    }
}
