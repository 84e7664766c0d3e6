/// A name in a text with a mark before it, as in `@ada, are you there?`.
enum Mention {
    /// Whether a text calls somebody by `@` and a name: whole words, in capitals or not.
    ///
    /// `@ada's` and `(@Ada)` do; `x@ada.org`, `@adalbert` and `@ada-bot` do not. It takes time in proportion to the text.
    static func of(_ name: String, in text: String) -> Bool {
        guard !name.isEmpty, text.utf8.contains(UInt8(ascii: "@")) else { return false }
        let name = name.map { $0.lowercased() }
        var rest = text[...]
        var before: Character?
        while let at = rest.firstIndex(of: "@") {
            if at > rest.startIndex { before = rest[rest.index(before: at)] }
            rest = rest[rest.index(after: at)...]
            if !(before?.isPartOfWord ?? false), let after = end(of: name, at: rest), isBoundary(after) { return true }
            before = "@"
        }
        return false
    }

    /// What follows the name that the text begins with; nil if it begins otherwise.
    private static func end(of name: [String], at text: Substring) -> Substring? {
        var rest = text
        for character in name {
            guard let next = rest.popFirst(), next.lowercased() == character else { return nil }
        }
        return rest
    }

    private static func isBoundary(_ rest: Substring) -> Bool {
        guard let next = rest.first else { return true }
        if next == "-", let second = rest.dropFirst().first { return !second.isPartOfWord }
        return !next.isPartOfWord
    }
}

extension Character {
    fileprivate var isPartOfWord: Bool { isLetter || isNumber || self == "_" }
}
