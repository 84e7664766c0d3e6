/// The full decomposition of single scalars (UAX 15), read from its table once.
struct Decomposition: Sendable {
    /// What looks alike becomes the same: form KD.
    static let compatible = Decomposition(CompatibilityTable.runs)
    /// Only what is the same by all means becomes the same: form D.
    static let canonical = Decomposition(CanonicalTable.runs)

    private struct Run {
        let first: UInt32
        let count: UInt32
        /// Where the decomposition of the first scalar stands in `targets`.
        let target: Range<Int>
    }

    /// In order of their first scalars.
    private let runs: [Run]
    private let targets: [UInt32]

    private init(_ table: StaticString) {
        var numbers = table.normalizationNumbers[...]
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

extension CompatibilityTable {
    /// Whether the tables speak of this scalar: it was assigned by their version of Unicode, as far as the runtime can
    /// tell.
    static func knows(_ scalar: Unicode.Scalar) -> Bool {
        guard let age = scalar.properties.age else { return false }
        return (age.major, age.minor) <= unicodeVersion
    }
}

extension StaticString {
    /// The numbers of a table of normalisation, in digits of five bits.
    var normalizationNumbers: [Int] {
        withUTF8Buffer { text in
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
}

/// A syllable of Hangul, whose letters are computed (The Unicode Standard, section 3.12).
struct HangulSyllable {
    private static let syllables: Range<UInt32> = 0xac00..<0xd7a4
    private static let leading: Range<UInt32> = 0x1100..<0x1113
    private static let vowels: Range<UInt32> = 0x1161..<0x1176
    private static let trailing: Range<UInt32> = 0x11a8..<0x11c3

    /// What it decomposes to.
    let letters: [UInt32]

    /// The syllable that a scalar is.
    init?(_ scalar: UInt32) {
        guard Self.syllables.contains(scalar) else { return nil }
        let index = scalar - 0xac00
        let (leading, vowel, trailing) = (index / 588, index % 588 / 28, index % 28)
        letters = [0x1100 + leading, 0x1161 + vowel] + (trailing > 0 ? [0x11a7 + trailing] : [])
    }

    /// The syllable that two scalars make: two letters, or a syllable without a last letter and that letter.
    static func composing(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if leading.contains(first), vowels.contains(second) {
            return 0xac00 + ((first - 0x1100) * 21 + second - 0x1161) * 28
        }
        guard syllables.contains(first), (first - 0xac00) % 28 == 0, trailing.contains(second) else { return nil }
        return first + second - 0x11a7
    }
}
