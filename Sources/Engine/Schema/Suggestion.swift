/// "Did you mean": the nearest word to one that was not found.
public enum Suggestion {
    /// The longest word that is compared. Beyond it nothing is near, and the cost stays bounded.
    public static let maximumLength = 64

    /// The candidate nearest to `word`, if one is near enough to be a slip of the fingers. Of equals, the one that begins
    /// most like it, or else the first.
    ///
    /// What follows a candidate's dot also counts, as long as it is no other candidate's: `ping` and `pong` find
    /// `net.ping`, `list` finds nothing. Where what precedes the dot is right, only what follows it counts.
    public static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let typed = Array(word.lowercased().utf8)
        guard !typed.isEmpty, typed.count <= maximumLength else { return nil }
        var whole: (candidate: String, distance: Int, beginning: Int)?
        var part: (candidate: String, distance: Int, isAlone: Bool)?
        for candidate in candidates {
            let known = Array(candidate.lowercased().utf8)
            guard known.count <= maximumLength else { continue }
            let (left, right) = withoutSharedFamily(typed, known)
            if let distance = slip(left, right) {
                let beginning = zip(left, right).prefix { $0 == $1 }.count
                let isNearer = whole.map { (distance, -beginning) < ($0.distance, -$0.beginning) } ?? true
                if isNearer { whole = (candidate, distance, beginning) }
            }
            let verb = Array(known.split(separator: UInt8(ascii: ".")).last ?? [])
            guard verb.count < known.count, let distance = slip(typed, verb) else { continue }
            if distance < part?.distance ?? .max {
                part = (candidate, distance, true)
            } else if distance == part?.distance {
                part?.isAlone = false
            }
        }
        if let whole { return whole.candidate }
        return part?.isAlone == true ? part?.candidate : nil
    }

    /// Both words, without what precedes their dots if that is the same.
    private static func withoutSharedFamily(_ left: [UInt8], _ right: [UInt8]) -> ([UInt8], [UInt8]) {
        let dot = UInt8(ascii: ".")
        guard let index = left.firstIndex(of: dot), right.starts(with: left[...index]) else { return (left, right) }
        return (Array(left[(index + 1)...]), Array(right[(index + 1)...]))
    }

    /// Whether a word may be a slip of the fingers for another.
    static func isNear(_ word: String, _ other: String) -> Bool {
        let (left, right) = (Array(word.lowercased().utf8), Array(other.lowercased().utf8))
        guard left.count <= maximumLength, right.count <= maximumLength else { return false }
        return slip(left, right) != nil
    }

    /// The edits between two words, if they are few for words of their length.
    private static func slip(_ left: [UInt8], _ right: [UInt8]) -> Int? {
        let distance = distance(left, right)
        return distance <= max(1, max(left.count, right.count) / 3) ? distance : nil
    }

    /// `; did you mean 'x'?`, or nothing.
    public static func hint(for word: String, among candidates: some Sequence<String>) -> String {
        guard let nearest = nearest(to: word, among: candidates) else { return "" }
        return "; did you mean '\(nearest)'?"
    }

    /// The edits between two words, in either case.
    static func distance(_ left: String, _ right: String) -> Int {
        distance(Array(left.lowercased().utf8), Array(right.lowercased().utf8))
    }

    /// The edits between two words: insert, delete, replace, or swap two neighbours (optimal string alignment).
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var row = [i + 1]
            row.reserveCapacity(right.count + 1)
            for (j, b) in right.enumerated() {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a == b ? 0 : 1))
                if i > 0, j > 0, a == right[j - 1], left[i - 1] == b { cost = min(cost, beforeLast[j - 1] + 1) }
                row.append(cost)
            }
            beforeLast = last
            last = row
        }
        return last[right.count]
    }
}
