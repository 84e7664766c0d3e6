import Engine

extension Completion {
    /// For the completion system of zsh: a function `_linnet` on the `fpath`.
    var zsh: String {
        let list =
            subcommands.map { ($0.name, $0.summary) } + commands.map { ($0.name, Self.brief($0.summary)) }
        let names = list.map { "            \(Self.quoted("\($0.0):\($0.1)"))\n" }.joined()
        return """
            #compdef linnet
            # Completes linnet's command line in zsh. Made by: linnet completion zsh
            _linnet() {
                local context state state_descr line
                typeset -A opt_args
                _arguments -C \\
            \(zshOptions)        '1:command:->command' \\
                    '*::argument:->argument'
                case $state in
                command)
                    local -a names
                    names=(
            \(names)        )
                    _describe command names
                    ;;
                argument)
                    case $line[1] in
            \(zshSubcommands)\(zshCommands)        esac
                    ;;
                esac
            }
            # Names that the profile knows, one a line; the options that tell which profile are those of the line.
            _linnet_names() {
                local -a profile names
                local option
                for option in --home --profile --socket; do
                    if [[ -n ${opt_args[$option]} ]]; then profile+=($option ${(Q)opt_args[$option]}); fi
                done
                names=(${(f)"$(${LINNET:-linnet} $profile \(Subcommand.names) "$@" 2>/dev/null)"})
                compadd -a names
            }
            if [[ $funcstack[1] == _linnet ]]; then _linnet "$@"; else compdef _linnet linnet; fi

            """
    }

    private var zshOptions: String {
        var script = ""
        for option in options {
            let repeats = option.isRepeatable ? "*" : ""
            var spec = "\(repeats)\(option.name)"
            if option.placeholder != nil, option.name.hasPrefix("--") { spec += "=" }
            spec += "[\(Self.inBrackets(option.briefSummary))]"
            switch option.value {
            case .none: break
            case .directory: spec += ":directory:_files -/"
            case .file: spec += ":file:_files"
            case .words(let words): spec += ":value:(\(words.joined(separator: " ")))"
            case .names(let kinds): spec += ":name:{_linnet_names \(kinds.joined(separator: " "))}"
            case .anything(let placeholder): spec += ":\(placeholder.lowercased()): "
            }
            script += "        \(Self.quoted(spec)) \\\n"
        }
        return script
    }

    private var zshSubcommands: String {
        var script = ""
        for subcommand in subcommands {
            let specs =
                subcommand.options.map { Self.quoted("\($0.name)[\(Self.inBrackets($0.summary))]") }
                + Self.zshWords(behind: subcommand).map(Self.quoted)
            script += "        \(subcommand.name)) _arguments \(specs.joined(separator: " ")) ;;\n"
        }
        return script
    }

    private var zshCommands: String {
        var script = ""
        for command in commands {
            script += "        \(command.name))\n            _values field"
            for field in Self.fields(of: command) {
                let kinds = field.nameKinds.joined(separator: " ")
                let action =
                    kinds.isEmpty
                    ? field.words.isEmpty ? " " : "(\(field.words.joined(separator: " ")))" : "{_linnet_names \(kinds)}"
                script +=
                    " \\\n                "
                    + Self.quoted("\(field.name)[\(Self.inBrackets(field.summary))]:\(field.type.name):\(action)")
            }
            script += "\n            ;;\n"
        }
        return script
    }

    private static func zshWords(behind subcommand: Subcommand.Spec) -> [String] {
        if subcommand.follows == .file { return ["1:file:_files"] }
        let words = words(behind: subcommand).joined(separator: " ")
        if words.isEmpty { return [] }
        return [subcommand.follows == .eventTypes ? "*:word:(\(words))" : "1:word:(\(words))"]
    }

    /// The first sentence, without its full stop.
    static func brief(_ summary: String) -> String {
        let end = summary.firstIndex(of: ".") ?? summary.endIndex
        return String(summary[..<end])
    }

    /// Text inside the brackets of an `_arguments` spec.
    private static func inBrackets(_ text: String) -> String {
        String(text.flatMap { "[]:\\".contains($0) ? ["\\", $0] : [$0] })
    }

    /// A word in single quotes.
    private static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }
}
