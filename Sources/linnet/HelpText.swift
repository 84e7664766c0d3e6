import Engine

/// What `linnet help WORD` prints: all that the word may mean.
enum HelpText {
    /// Words that are explained, for completion and suggestions; some more are understood.
    static let words: [String] = {
        let subcommands = Subcommand.specs.map(\.name)
        let words = subcommands + CommandHelp.names + CommandHelp.families + CommandHelp.topics
        return words.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }()

    /// Whether an argument may be a word to explain: no field=value, and no option but one that exists.
    static func mayBeWord(_ argument: String) -> Bool {
        if argument.hasPrefix("-") { return ToolOptions.specs.contains { $0.name == argument } }
        return !argument.contains("=")
    }

    /// The help on a word; nil if there is none.
    static func text(for word: String) -> String? {
        let name = word.hasPrefix("-") ? String(word.drop { $0 == "-" }) : word
        let isSetting = Setting.named(name.replacing("-", with: "_")) != nil
        let sections = [
            subcommand(word), CommandHelp.command(word), CommandHelp.family(word), CommandHelp.topic(word),
            CommandHelp.event(word), CommandHelp.error(word), CommandHelp.setting(name.replacing("-", with: "_")),
            isSetting ? nil : option(word),
        ].compactMap(\.self)
        return sections.isEmpty ? nil : sections.joined(separator: "\n")
    }

    private static func subcommand(_ name: String) -> String? {
        guard let spec = Subcommand.specs.first(where: { $0.name == name }) else { return nil }
        var text =
            "\(spec.name) (subcommand): \(spec.summary)\n\nusage: linnet [options] \(spec.usage)\n\n\(spec.text)\n"
        let options =
            spec.options
            + ToolOptions.specs.filter { spec.toolOptions.contains($0.name) }.map { option in
                (
                    name: [option.name, option.placeholder].compactMap(\.self).joined(separator: " "),
                    summary: option.summary
                )
            }
        if !options.isEmpty { text += "\noptions\n" }
        let width = options.map(\.name.count).max() ?? 0
        for option in options {
            text +=
                "  " + option.name + String(repeating: " ", count: width - option.name.count + 2) + option.summary
                + "\n"
        }
        if !spec.examples.isEmpty { text += "\nexample\n" + spec.examples.map { "  \($0)\n" }.joined() }
        return text
    }

    private static func option(_ word: String) -> String? {
        let spec = ToolOptions.specs.first {
            $0.name == word || $0.name == "--" + word || word.count == 1 && $0.name == "-" + word
        }
        return spec.map { spec in
            let value = spec.placeholder.map { " " + $0 } ?? ""
            return "\(spec.name)\(value) (option): \(spec.summary)\n"
        }
    }
}
