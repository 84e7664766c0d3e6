import Testing

@testable import Engine

@Suite struct LineSplitterTests {
    /// What the splitter makes of these chunks: `number:text`, or `number!` for a line that is too long.
    private func split(_ chunks: [[UInt8]], ends: Bool = true) -> [String] {
        var splitter = LineSplitter()
        var found: [String] = []
        func note(_ number: Int, _ line: LineSplitter.Line) {
            switch line {
            case .whole(let bytes): found.append("\(number):" + String(decoding: bytes, as: UTF8.self))
            case .tooLong: found.append("\(number)!")
            }
        }
        for chunk in chunks {
            chunk.withUnsafeBytes { bytes in
                var offset = 0
                while offset < bytes.count { splitter.next(in: bytes, at: &offset, note) }
            }
        }
        if ends { splitter.end(note) }
        return found
    }

    private func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func linesAndBlanks() {
        #expect(split([text("a\nb\r\n\n \t\r\n\rc\n")]) == ["1:a", "2:b", "5:\rc"])
        #expect(split([text("a\n\nlast")]) == ["1:a", "3:last"])
        #expect(split([text("last\r")]) == ["1:last"])
        #expect(split([text("a\nlast")], ends: false) == ["1:a"])
        #expect(split([]) == [])
    }

    @Test func cutAnywhere() {
        let input = text("one\r\n\ntwo\n  \nthree\r\nfour")
        let expected = split([input])
        #expect(expected == ["1:one", "3:two", "5:three", "6:four"])
        for first in 0...input.count {
            for second in first...input.count {
                let chunks = [Array(input[..<first]), Array(input[first..<second]), Array(input[second...])]
                #expect(split(chunks) == expected)
            }
        }
    }

    @Test(arguments: [1, 1000, 65_536, 3_000_000])
    func atTheCap(_ chunk: Int) {
        func cut(_ bytes: [UInt8]) -> [[UInt8]] {
            stride(from: 0, to: bytes.count, by: chunk).map { Array(bytes[$0..<min($0 + chunk, bytes.count)]) }
        }
        let cap = LineSplitter.maximumLength
        guard chunk > 1 else { return }
        let fits = [UInt8](repeating: 0x61, count: cap)
        #expect(split(cut(fits + text("\r\nx\n"))).map(\.count) == [cap + 2, 3])
        #expect(split(cut(fits + text("\nx\n"))).map(\.count) == [cap + 2, 3])
        #expect(split(cut(fits + text("b\nx\n"))) == ["1!", "2:x"])
        #expect(split(cut(fits + text("b\r\nx\n"))) == ["1!", "2:x"])
        #expect(split(cut(fits + fits + fits + text("\nx\n"))) == ["1!", "2:x"])
        #expect(split(cut(fits + fits)) == ["1!"])
    }

    /// Memory stays bounded while an endless line goes by.
    @Test func endlessLine() {
        var splitter = LineSplitter()
        let chunk = [UInt8](repeating: 0x20, count: 65_536)
        var errors = 0
        for _ in 0..<256 {
            chunk.withUnsafeBytes { bytes in
                var offset = 0
                while offset < bytes.count { splitter.next(in: bytes, at: &offset) { _, _ in errors += 1 } }
            }
        }
        #expect(errors == 1)
    }
}
