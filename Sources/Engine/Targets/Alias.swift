/// The names that a user may give to peers.
enum Alias {
    /// What is wrong with a name, as the rest of a sentence; nil if nothing is.
    ///
    /// A name is one visible word, so that it can be told from a peer id, a group's `#name`, an address and `self`,
    /// and cannot deceive on a terminal.
    static func problem(with name: String) -> String? {
        if let first = name.utf8.first, Array("#/@".utf8).contains(first) {
            return "must not begin with '#', '/' or '@'"
        }
        if fold(name) == "self" { return "must not be 'self'" }
        if TargetResolver.isPeerID(name) { return "must not be a peer id" }
        let isVisible = name.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .unassigned, .privateUse, .lineSeparator, .paragraphSeparator,
                .spaceSeparator:
                false
            default: true
            }
        }
        return isVisible ? nil : "must be one word without spaces and invisible characters"
    }

    /// The form in which two names are the same: the case of ASCII letters does not count, as in the store.
    static func fold(_ name: String) -> String {
        String(decoding: name.utf8.map { $0 >= 0x41 && $0 <= 0x5A ? $0 + 0x20 : $0 }, as: UTF8.self)
    }
}
