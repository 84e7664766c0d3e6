import Engine

/// What a shell may complete, and the scripts that make it do so.
struct Completion: Sendable {
    /// The options of the tool.
    let options: [OptionSpec]
    /// What prints a document and is done.
    let subcommands: [Subcommand.Spec]
    /// What is carried out alone, with `field=value` behind it.
    let commands: [CommandSpec]

    /// All that the tool takes.
    static let standard = Completion(
        options: ToolOptions.specs, subcommands: Subcommand.specs,
        commands: Language.standard.commands.filter { command in
            !Subcommand.specs.contains { $0.name == command.name }
        })

    /// The script for a shell, as it belongs into the shell's folder for completions.
    func script(for shell: Subcommand.Shell) -> String {
        switch shell {
        case .bash: bash
        case .zsh: zsh
        case .fish: fish
        }
    }

    /// What the value of an option is.
    enum Value {
        case none
        case directory
        case file
        case words([String])
        /// Names that the profile knows, of these kinds.
        case names([String])
        case anything(String)
    }

    /// The fields of a command, those of every command last.
    static func fields(of command: CommandSpec) -> [FieldSpec] {
        command.arguments + command.envelope.filter { ["key", "timeout"].contains($0.name) }
    }

    /// The words that may follow a subcommand.
    static func words(behind subcommand: Subcommand.Spec) -> [String] {
        switch subcommand.follows {
        case .helpWord: HelpText.words
        case .eventTypes: Language.standard.events.map(\.name)
        case .file, nil: subcommand.words
        }
    }

    /// The options that a value follows.
    var optionsWithValue: [String] { options.filter { $0.placeholder != nil }.map(\.name) }
}

extension OptionSpec {
    /// What its value is, for a shell.
    var value: Completion.Value {
        switch placeholder {
        case nil: .none
        case "DIR"?: .directory
        case _ where name == "--profile": .names(["profiles"])
        case "FILE"?: .file
        case let placeholder?: words.isEmpty ? .anything(placeholder) : .words(words)
        }
    }

    /// The summary without the default in brackets.
    var briefSummary: String {
        guard let bracket = summary.firstIndex(of: "[") else { return summary }
        return String(summary[..<bracket].dropLast(1))
    }
}

extension FieldSpec {
    /// The words its value is one of; none where it may be anything.
    var words: [String] {
        words(of: type)
    }

    private func words(of type: FieldType) -> [String] {
        switch type {
        case .choice(let words): words
        case .boolean: ["true", "false"]
        case .list(let element, _): name == "types" ? Language.standard.events.map(\.name) : words(of: element)
        case .string where name == "command": CommandHelp.names
        default: []
        }
    }

    /// The kinds of names in the profile that its value is one of; none where it is something else.
    var nameKinds: [String] {
        let isTarget =
            switch type {
            case .target: true
            case .list(.target, _): true
            default: false
            }
        return switch name {
        case "group" where isTarget: ["groups"]
        case "to", "chat", "chats": isTarget ? ["aliases", "groups"] : []
        default: isTarget ? ["aliases"] : []
        }
    }
}
