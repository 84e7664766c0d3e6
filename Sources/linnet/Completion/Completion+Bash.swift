import Engine

extension Completion {
    /// For bash 3.2 and later, with or without the bash-completion package.
    var bash: String {
        let options = options.map(\.name).joined(separator: " ")
        let names = (subcommands.map(\.name) + commands.map(\.name)).joined(separator: " ")
        return """
            # Completes linnet's command line in bash. Made by: linnet completion bash
            _linnet() {
                local current=${COMP_WORDS[COMP_CWORD]} previous="" words="" word command="" index=1 field=""
                if [ "$COMP_CWORD" -gt 0 ]; then previous=${COMP_WORDS[COMP_CWORD - 1]}; fi
                COMPREPLY=()
                # bash takes the = of --option=value and field=value for a word of its own.
                if [ "$current" = "=" ]; then
                    current=""
                    field=$previous
                elif [ "$previous" = "=" ] && [ "$COMP_CWORD" -gt 1 ]; then
                    previous=${COMP_WORDS[COMP_CWORD - 2]}
                    field=$previous
                fi
                case $previous in
            \(bashOptions)    esac
                # The first word that is no option and no option's value.
                while [ "$index" -lt "$COMP_CWORD" ]; do
                    case ${COMP_WORDS[index]} in
                    \(optionsWithValue.joined(separator: " | ")))
                        index=$((index + 1))
                        if [ "${COMP_WORDS[index]}" = "=" ]; then index=$((index + 1)); fi
                        ;;
                    -*) ;;
                    *)
                        command=${COMP_WORDS[index]}
                        break
                        ;;
                    esac
                    index=$((index + 1))
                done
                if [ -z "$words" ]; then
                    case $command:$field in
                    :*) words='\(options) \(names)' ;;
            \(bashSubcommands)\(bashCommands)        esac
                fi
                if [ -z "$field" ] && [[ $words == *= ]]; then compopt -o nospace 2>/dev/null; fi
                while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$words" -- "$current")
            }
            complete -F _linnet linnet

            """
    }

    private var bashOptions: String {
        var script = ""
        for option in options {
            let action: String
            switch option.value {
            case .none: continue
            case .directory: action = Self.bashFiles("-d")
            case .file: action = Self.bashFiles("-f")
            case .words(let words): action = "words='\(words.joined(separator: " "))'"
            case .anything: action = "return"
            }
            script += "    \(option.name))\n        \(action)\n        ;;\n"
        }
        return script
    }

    /// Proposes names of files of a kind.
    private static func bashFiles(_ kind: String) -> String {
        """
        compopt -o filenames 2>/dev/null
                while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen \(kind) -- "$current")
                return
        """
    }

    private var bashSubcommands: String {
        var script = ""
        for subcommand in subcommands {
            let isOnce = subcommand.words.isEmpty ? "" : "[ \"$((index + 1))\" = \"$COMP_CWORD\" ] && "
            let words = subcommand.options.map(\.name) + subcommand.words
            script += "        \(subcommand.name):*) \(isOnce)words='\(words.joined(separator: " "))' ;;\n"
        }
        return script
    }

    private var bashCommands: String {
        var script = ""
        for command in commands {
            for field in command.arguments where !field.words.isEmpty {
                script += "        \(command.name):\(field.name)) words='\(field.words.joined(separator: " "))' ;;\n"
            }
            let fields = command.arguments.map { "\($0.name)=" }.joined(separator: " ")
            if !fields.isEmpty { script += "        \(command.name):) words='\(fields)' ;;\n" }
        }
        return script
    }
}
