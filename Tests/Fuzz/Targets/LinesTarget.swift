import Engine
import TestSupport

/// `LineSplitter` in chunks of all sizes against the plain reading of its rules over the whole input.
///
/// The first byte is the cap, the second the seed of the chunks.
enum LinesTarget {
    static func run(_ input: [UInt8]) throws(FuzzFinding) -> String {
        guard input.count >= 2 else { return "short" }
        let cap = Int(input[0] % 32) + 1
        let text = Array(input.dropFirst(2))
        let expected = lines(of: text, cap: cap)
        var random = SplitMix64(seed: UInt64(input[1]))
        for chunk in [text.count + 1, 1, 0] {
            let found = split(text, cap: cap) { chunk > 0 ? chunk : 1 + random.next(below: cap + 4) }
            guard found == expected else {
                throw FuzzFinding("cap \(cap), chunk \(chunk): \(found), not \(expected)")
            }
        }
        let tooLong = expected.contains { $0.text == nil }
        return "\(min(expected.count, 4)) lines\(tooLong ? ", too long" : "")"
    }

    private struct Line: Equatable {
        let number: Int
        /// nil for one that is too long.
        let text: [UInt8]?
    }

    private static func split(_ text: [UInt8], cap: Int, chunk: () -> Int) -> [Line] {
        var splitter = LineSplitter(maximumLength: cap)
        var lines: [Line] = []
        func take(_ number: Int, _ line: LineSplitter.Line) {
            switch line {
            case .whole(let bytes): lines.append(Line(number: number, text: Array(bytes)))
            case .tooLong: lines.append(Line(number: number, text: nil))
            }
        }
        var rest = text[...]
        while !rest.isEmpty {
            // In memory of its own, so that a sanitizer sees one byte too many.
            let part = Array(rest.prefix(chunk()))
            rest = rest.dropFirst(part.count)
            part.withUnsafeBytes { bytes in
                var offset = 0
                while offset < bytes.count { splitter.next(in: bytes, at: &offset, take) }
            }
        }
        splitter.end(take)
        return lines
    }

    /// What the rules say, one newline after the other.
    private static func lines(of text: [UInt8], cap: Int) -> [Line] {
        var lines: [Line] = []
        var parts = text.split(separator: 0x0a, omittingEmptySubsequences: false)
        if parts.last?.isEmpty == true { parts.removeLast() }
        for (index, part) in parts.enumerated() {
            let content = part.last == 0x0d ? part.dropLast() : part
            if content.count > cap {
                lines.append(Line(number: index + 1, text: nil))
            } else if content.contains(where: { $0 != 0x20 && $0 != 0x09 }) {
                lines.append(Line(number: index + 1, text: Array(content)))
            }
        }
        return lines
    }
}
