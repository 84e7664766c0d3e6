/// "Did you mean" for commands: an unknown command is never taken for one that takes something away for good, nor for the
/// contrary of what was meant. Which those are each command's declaration says.
public struct CommandSuggestion: Sendable {
    private let specs: [CommandSpec]
    private let others: [String]

    /// Prefixes that turn a verb into its contrary.
    private static let negations = ["un", "dis", "de"]

    /// - Parameter others: Further words that may have been meant, all of them harmless.
    init(_ specs: [CommandSpec], others: [String] = []) {
        self.specs = specs
        self.others = others
    }

    /// The command that was probably meant.
    func nearest(to word: String) -> String? {
        guard let name = Suggestion.nearest(to: word, among: specs.map(\.name) + others) else { return nil }
        guard let spec = specs.first(where: { $0.name == name }) else { return name }
        return spec.isDestructive || isContrary(word, to: spec) ? nil : name
    }

    /// `; did you mean 'x'?`, or where help is to be found: for the family, if the word names one.
    ///
    /// - Parameter help: How help is asked for in the place where this is said, given a word or none.
    func hint(for word: String, help: (String?) -> String) -> String {
        if let nearest = nearest(to: word) { return "; did you mean '\(nearest)'?" }
        let family = word.split(separator: ".", omittingEmptySubsequences: false).first.map(String.init)
        let isFamily = family.map { family in specs.contains { $0.family == family } } ?? false
        return "; \(help(isFamily ? family : nil)) lists \(isFamily ? "those that begin so" : "them")"
    }

    /// Whether a word is as near to the contrary of a command as to the command itself.
    private func isContrary(_ word: String, to spec: CommandSpec) -> Bool {
        let typed = word.split(separator: ".").last.map(String.init) ?? word
        let distance = Suggestion.distance(typed, spec.verb)
        guard distance > 0 else { return false }
        let contraries = spec.opposites + Self.negations.map { $0 + spec.verb }
        return contraries.contains { Suggestion.distance(typed, $0) <= distance }
    }
}
