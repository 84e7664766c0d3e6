import Engine

/// What a shell may complete, and the scripts that make it do so.
struct Completion: Sendable {
    /// The options of the tool.
    let options: [OptionSpec]
    /// What stands in the place of options.
    let subcommands: [Subcommand.Spec]

    /// All that the tool takes.
    static let standard = Completion(options: ToolOptions.specs, subcommands: Subcommand.specs)

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
        case words([String])
        case anything(String)
    }
}

extension OptionSpec {
    /// What its value is, for a shell.
    var value: Completion.Value {
        switch placeholder {
        case nil: .none
        case "DIR"?: .directory
        case let placeholder?: words.isEmpty ? .anything(placeholder) : .words(words)
        }
    }

    /// The summary without the default in brackets.
    var briefSummary: String {
        guard let bracket = summary.firstIndex(of: "[") else { return summary }
        return String(summary[..<bracket].dropLast(1))
    }
}
