/// The word list of a mnemonic: numbers to words, words to numbers, and mistyped words to those that were meant.
struct WordList: Sendable {
    /// The only list so far. Other languages are accepted by no wallet that linnet meets.
    static let english = WordList(EnglishWords.text)

    /// How many letters tell a word from all others.
    static let distinctLetterCount = 4
    /// The length of the longest word.
    static let longestCount = 8

    /// In order, so that a word is found by halving.
    let words: [[UInt8]]

    private init(_ text: StaticString) {
        words = text.withUTF8Buffer { bytes in
            bytes.split { $0 == 0x20 || $0 == 0x0a }.map { Array($0) }
        }
    }

    /// The number of a word in letters of any case; nil if it is not on the list.
    func number(of letters: some Collection<UInt8>) -> Int? {
        var (low, high) = (0, words.count)
        while low < high {
            let middle = (low + high) / 2
            let word = words[middle]
            if letters.lazy.map(Self.lowercase).lexicographicallyPrecedes(word) {
                high = middle
            } else if word.elementsEqual(letters.lazy.map(Self.lowercase)) {
                return middle
            } else {
                low = middle + 1
            }
        }
        return nil
    }

    /// At most three words that a mistyped one may have meant, the likeliest first: those that the fewest slips lead
    /// to, and the one with the same first four letters, which alone is meant if there are only these.
    func suggestions(for letters: [UInt8]) -> [String] {
        guard letters.count <= 2 * Self.longestCount else { return [] }
        let typed = letters.map(Self.lowercase)
        let start = typed.prefix(Self.distinctLetterCount)
        let abbreviated = words.first { start.count == Self.distinctLetterCount && $0.starts(with: start) }
        if let abbreviated, typed.count == Self.distinctLetterCount {
            return [String(decoding: abbreviated, as: UTF8.self)]
        }
        // In a short word two slips leave too little of it.
        var fewest = typed.count > Self.distinctLetterCount ? 2 : 1
        var near: [[UInt8]] = []
        for word in words {
            let slips = Self.slips(from: typed, to: word)
            if slips < fewest { near.removeAll() }
            fewest = min(fewest, slips)
            if slips == fewest { near.append(word) }
        }
        // Most slips are not in the first letters.
        let ranked = near.enumerated().sorted { left, right in
            let (first, second) = (Self.commonCount(left.element, typed), Self.commonCount(right.element, typed))
            return first == second ? left.offset < right.offset : first > second
        }
        near = ranked.map(\.element)
        if let abbreviated, !near.contains(abbreviated) { near.insert(abbreviated, at: min(2, near.count)) }
        return near.prefix(3).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func lowercase(_ letter: UInt8) -> UInt8 {
        (0x41...0x5a).contains(letter) ? letter | 0x20 : letter
    }

    /// How many letters two words begin with.
    private static func commonCount(_ one: [UInt8], _ other: [UInt8]) -> Int {
        zip(one, other).prefix { $0 == $1 }.count
    }

    /// The fewest letters left out, put in, replaced or swapped with their neighbour between two words.
    private static func slips(from typed: [UInt8], to word: [UInt8]) -> Int {
        guard abs(typed.count - word.count) <= 2 else { return 3 }
        var beforeLast: [Int] = []
        var last = Array(0...word.count)
        for (row, letter) in typed.enumerated() {
            var current = [row + 1]
            for (column, other) in word.enumerated() {
                var best = min(last[column] + (letter == other ? 0 : 1), last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, letter == word[column - 1], other == typed[row - 1] {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            (beforeLast, last) = (last, current)
        }
        return last[word.count]
    }
}
