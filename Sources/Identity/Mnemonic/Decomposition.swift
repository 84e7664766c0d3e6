/// The full compatibility decomposition of single scalars (UAX 15), read from ``DecompositionTable`` once.
struct Decomposition: Sendable {
    static let shared = Decomposition()

    private struct Run {
        let first: UInt32
        let count: UInt32
        /// Where the decomposition of the first scalar stands in `targets`.
        let target: Range<Int>
    }

    /// In order of their first scalars.
    private let runs: [Run]
    private let targets: [UInt32]

    private init() {
        var numbers = Self.numbers()[...]
        var runs: [Run] = []
        var targets: [UInt32] = []
        var (end, previous) = (0, 0)
        while let gap = numbers.popFirst(), let more = numbers.popFirst(), let length = numbers.popFirst() {
            let first = end + gap
            end = first + more + 1
            let start = targets.count
            for difference in numbers.prefix(length + 1) {
                previous += difference % 2 == 0 ? difference / 2 : -(difference + 1) / 2
                targets.append(UInt32(previous))
            }
            numbers = numbers.dropFirst(length + 1)
            runs.append(Run(first: UInt32(first), count: UInt32(more + 1), target: start..<targets.count))
        }
        self.runs = runs
        self.targets = targets
    }

    private static func numbers() -> [Int] {
        DecompositionTable.runs.withUTF8Buffer { text in
            var numbers: [Int] = []
            var (pending, shift) = (0, 0)
            for character in text where character != 0x0a {
                let digit = Int(character) - 0x30
                pending |= (digit & 31) << shift
                shift += 5
                if digit < 32 {
                    numbers.append(pending)
                    (pending, shift) = (0, 0)
                }
            }
            return numbers
        }
    }

    /// Gives the closure the scalars that `scalar` stands for; itself if it stands for nothing else.
    func decompose(_ scalar: UInt32, _ body: (UInt32) -> Void) {
        if let syllable = HangulSyllable(scalar) { return syllable.letters.forEach(body) }
        guard let run = run(of: scalar) else { return body(scalar) }
        for target in targets[run.target] { body(target + (run.count > 1 ? scalar - run.first : 0)) }
    }

    private func run(of scalar: UInt32) -> Run? {
        var (low, high) = (0, runs.count)
        while low < high {
            let middle = (low + high) / 2
            let run = runs[middle]
            if scalar < run.first {
                high = middle
            } else if scalar - run.first < run.count {
                return run
            } else {
                low = middle + 1
            }
        }
        return nil
    }
}

extension DecompositionTable {
    /// Whether the table speaks of this scalar: it was assigned by the table's version of Unicode, as far as the
    /// runtime can tell.
    static func knows(_ scalar: Unicode.Scalar) -> Bool {
        guard let age = scalar.properties.age else { return false }
        return (age.major, age.minor) <= unicodeVersion
    }
}

/// A syllable of Hangul, whose letters are computed (The Unicode Standard, section 3.12).
private struct HangulSyllable {
    let letters: [UInt32]

    init?(_ scalar: UInt32) {
        guard (0xac00...0xd7a3).contains(scalar) else { return nil }
        let index = scalar - 0xac00
        let (leading, vowel, trailing) = (index / 588, index % 588 / 28, index % 28)
        letters = [0x1100 + leading, 0x1161 + vowel] + (trailing > 0 ? [0x11a7 + trailing] : [])
    }
}
