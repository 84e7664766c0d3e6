import Wire

/// A pattern for names of events: `*` stands for any characters, none and dots among them, `?` for one.
struct Glob: Sendable, Equatable {
    /// The pattern as it is written.
    let text: String
    private let pattern: [UInt8]

    init(_ text: String) {
        self.text = text
        pattern = Array(text.utf8)
    }

    /// What is wrong with a pattern, as the rest of a sentence; nil if nothing is.
    ///
    /// A pattern may fit events of a later version. A plain name may not: it is a slip of the fingers.
    static func problem(with text: String, known: some Sequence<String>) -> String? {
        let isProper = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
                UInt8(ascii: "."), UInt8(ascii: "*"), UInt8(ascii: "?"):
                true
            default: false
            }
        }
        guard isProper else {
            return "'\(text.forMessage)' is no pattern: write names of events with * and ?, such as message*"
        }
        guard !text.utf8.contains(where: { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }) else { return nil }
        guard !known.contains(where: { $0 == text }) else { return nil }
        return "no event is called '\(text.forMessage)'\(Suggestion.hint(for: text, among: known))"
    }

    /// Whether the whole of a name fits. Takes time in the product of both lengths at most.
    func matches(_ name: String) -> Bool {
        let name = Array(name.utf8)
        var (at, position) = (0, 0)
        // Where to go on if what follows the last star does not fit.
        var retry: (pattern: Int, name: Int)?
        while position < name.count {
            if at < pattern.count, pattern[at] == UInt8(ascii: "*") {
                at += 1
                retry = (at, position)
            } else if at < pattern.count, pattern[at] == UInt8(ascii: "?") || pattern[at] == name[position] {
                at += 1
                position += 1
            } else if let last = retry {
                (at, position) = (last.pattern, last.name + 1)
                retry = (at, position)
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
