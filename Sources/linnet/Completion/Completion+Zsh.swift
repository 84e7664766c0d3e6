extension Completion {
    /// For the completion system of zsh: a function `_linnet` on the `fpath`.
    var zsh: String {
        var script = """
            #compdef linnet
            # Completes linnet's command line in zsh. Made by: linnet completion zsh
            _linnet() {
                local context state state_descr line
                typeset -A opt_args
                _arguments -C \\

            """
        for option in options {
            let repeats = option.summary.contains("may be repeated") ? "*" : ""
            var spec = "\(repeats)\(option.name)"
            if option.placeholder != nil, option.name.hasPrefix("--") { spec += "=" }
            spec += "[\(Self.inBrackets(option.briefSummary))]"
            switch option.value {
            case .none: break
            case .directory: spec += ":directory:_files -/"
            case .words(let words): spec += ":value:(\(words.joined(separator: " ")))"
            case .anything(let placeholder): spec += ":\(placeholder.lowercased()): "
            }
            script += "        \(Self.quoted(spec)) \\\n"
        }
        script += "        '1:subcommand:->subcommand' \\\n        '*::argument:->argument'\n    case $state in\n"
        let list = subcommands.map { Self.quoted("\($0.name):\($0.summary)") }.joined(separator: " ")
        script += """
                subcommand)
                    local -a subcommands=(\(list))
                    _describe subcommand subcommands
                    ;;
                argument)
                    case $line[1] in

            """
        for subcommand in subcommands {
            let specs =
                subcommand.options.map { Self.quoted("\($0.name)[\(Self.inBrackets($0.summary))]") }
                + (subcommand.words.isEmpty ? [] : [Self.quoted("1:word:(\(subcommand.words.joined(separator: " ")))")])
            script += "        \(subcommand.name)) _arguments \(specs.joined(separator: " ")) ;;\n"
        }
        script += """
                    esac
                    ;;
                esac
            }
            if [[ $funcstack[1] == _linnet ]]; then _linnet "$@"; else compdef _linnet linnet; fi

            """
        return script
    }

    /// Text inside the brackets of an `_arguments` spec.
    private static func inBrackets(_ text: String) -> String {
        String(text.flatMap { "[]:\\".contains($0) ? ["\\", $0] : [$0] })
    }

    /// A word in single quotes.
    static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }
}
