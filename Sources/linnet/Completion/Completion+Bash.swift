import Engine

extension Completion {
    /// For bash 3.2 and later, with or without the bash-completion package.
    var bash: String {
        let options = options.map(\.name).joined(separator: " ")
        let names = (subcommands.map(\.name) + commands.map(\.name)).joined(separator: " ")
        return """
            # Completes linnet's command line in bash. Made by: linnet completion bash
            _linnet() {
                local current=${COMP_WORDS[COMP_CWORD]} previous="" words="" word command="" index=1 field="" IFS=$' \\t\\n'
                local -a profile=()
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
                # The first word that is no option and no option's value.
                while [ "$index" -lt "$COMP_CWORD" ]; do
                    case ${COMP_WORDS[index]} in
                    --home | --profile | --socket)
                        word=${COMP_WORDS[index]}
                        index=$((index + 1))
                        if [ "${COMP_WORDS[index]}" = "=" ]; then index=$((index + 1)); fi
                        if [ "$index" -lt "$COMP_CWORD" ]; then profile+=("$word" "${COMP_WORDS[index]}"); fi
                        ;;
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
                case $previous in
            \(bashOptions)    esac
                if [ -z "$words" ]; then
                    case $command:$field in
                    :*) words='\(options) \(names)' ;;
            \(bashSubcommands)\(bashCommands)        esac
                fi
                if [ -z "$field" ] && [[ $words == *= ]]; then compopt -o nospace 2>/dev/null; fi
                while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$words" -- "$current")
                _linnet_quote
            }
            # Names that the profile knows, one a line.
            _linnet_names() {
                "${LINNET:-linnet}" ${profile[@]+"${profile[@]}"} \(Subcommand.names) "$@" 2>/dev/null
            }
            # A name may hold what the shell would take for something else.
            _linnet_quote() {
                local index
                for index in ${COMPREPLY[@]+"${!COMPREPLY[@]}"}; do
                    case ${COMPREPLY[index]} in
                    *[!A-Za-z0-9#=._/:@%+,-]*) printf -v "COMPREPLY[index]" %q "${COMPREPLY[index]}" ;;
                    esac
                done
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
            case .names(let kinds): action = Self.bashNames(kinds) + "\n        [ -n \"$words\" ] || return"
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

    /// Proposes names that the profile knows.
    private static func bashNames(_ kinds: [String]) -> String {
        "words=$(_linnet_names \(kinds.joined(separator: " "))) IFS=$'\\n'"
    }

    private var bashSubcommands: String {
        var script = ""
        for subcommand in subcommands {
            let following = Self.words(behind: subcommand)
            let isMany = subcommand.follows == .eventTypes
            let isOnce = following.isEmpty || isMany ? "" : "[ \"$((index + 1))\" = \"$COMP_CWORD\" ] && "
            let words = subcommand.options.map(\.name) + following
            let action =
                subcommand.follows == .file
                ? "\n        \(Self.bashFiles("-f"))\n       " : " \(isOnce)words='\(words.joined(separator: " "))'"
            script += "        \(subcommand.name):*)\(action) ;;\n"
        }
        return script
    }

    private var bashCommands: String {
        var script = ""
        for command in commands {
            let fields = Self.fields(of: command)
            for field in fields {
                if !field.words.isEmpty {
                    let words = field.words.joined(separator: " ")
                    script += "        \(command.name):\(field.name)) words='\(words)' ;;\n"
                } else if !field.nameKinds.isEmpty {
                    script += "        \(command.name):\(field.name)) \(Self.bashNames(field.nameKinds)) ;;\n"
                }
            }
            let names = fields.map { "\($0.name)=" }.joined(separator: " ")
            if !names.isEmpty { script += "        \(command.name):) words='\(names)' ;;\n" }
        }
        return script
    }
}
