import Testing
import Time

@testable import Engine

@Suite struct LogTests {
    private let time = Timestamp(milliseconds: 0)

    private func line(_ format: LogFormat, _ fields: [(name: String, value: String)]) -> String {
        String(decoding: LogRecord(.info, at: time, "it happened", fields).line(format), as: UTF8.self)
    }

    @Test func text() {
        #expect(line(.text, []) == "1970-01-01T00:00:00.000Z info it happened\n")
        #expect(line(.text, [("peer", "12D3")]) == "1970-01-01T00:00:00.000Z info it happened peer=12D3\n")
    }

    /// What a peer wrote stays one value on one line.
    @Test(arguments: ["a b", "a\nb", "\u{1B}[2J", "", "a\"b", "\u{202E}x", "x=\u{7F}"])
    func strangeValues(_ value: String) {
        let text = line(.text, [("reason", value)])
        #expect(text.hasSuffix("\"\n"))
        #expect(text.dropLast().unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7F })
    }

    @Test func json() {
        #expect(
            line(.json, [("peer", "12D3\n")])
                == #"{"time":"1970-01-01T00:00:00.000Z","level":"info","event":"it happened","peer":"12D3\n"}"# + "\n")
    }

    @Test func levels() {
        #expect(LogLevel.allCases.sorted() == [.error, .warning, .info, .debug])
    }
}
