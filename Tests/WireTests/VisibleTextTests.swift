import Testing
import Wire

@Suite struct VisibleTextTests {
    private static var scalars: [Unicode.Scalar] { (UInt32(0)...0x10FFFF).compactMap(Unicode.Scalar.init) }

    /// What is escaped for eyes is what lines escape for programs, over all of Unicode.
    @Test func terminalsAndLinesAgree() throws {
        for scalar in Self.scalars {
            var json = JSONWriter(capacity: 64)
            json.string(String(scalar))
            let isPlain = json.bytes == [0x22] + Array(String(scalar).utf8) + [0x22]
            let isQuoted = scalar == "\"" || scalar == "\\"
            guard isPlain == !(scalar.actsOnTerminal || isQuoted) else {
                Issue.record("U+\(String(scalar.value, radix: 16)) is plain: \(isPlain)")
                return
            }
        }
    }

    @Test func nothingThatActsIsLeft() {
        var text = ""
        for scalar in Self.scalars { text.unicodeScalars.append(scalar) }
        let escaped = VisibleText.escaped(text)
        #expect(!escaped.unicodeScalars.contains { $0.actsOnTerminal })
        let kept = VisibleText.escaped(text, keeping: [.newline, .tab]).unicodeScalars.filter(\.actsOnTerminal)
        #expect(Array(kept) == ["\t", "\n"])
        // All else is as it was, but for the characters that stand for the bytes of a path.
        #expect(
            escaped.unicodeScalars.filter { $0.value > 0x2069 }
                == text.unicodeScalars.filter { $0.value > 0x2069 && !(0x10EF80...0x10EFFF).contains($0.value) })
    }

    @Test(arguments: [
        ("", ""), ("plain, \\ \"and\" ż鳥🐦", "plain, \\ \"and\" ż鳥🐦"), ("\u{1B}[2J", "\\u001b[2J"),
        ("a\nb\tc\r", "a\\nb\\tc\\u000d"), ("\u{202E}txt.exe", "\\u202etxt.exe"), ("\u{9B}1m", "\\u009b1m"),
        ("e\u{301}\u{7F}", "e\u{301}\\u007f"),
    ])
    func examples(_ text: String, _ escaped: String) {
        #expect(VisibleText.escaped(text) == escaped)
    }
}
