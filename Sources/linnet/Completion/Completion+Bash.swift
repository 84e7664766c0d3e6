extension Completion {
    /// For bash 3.2 and later, with or without the bash-completion package.
    var bash: String {
        let names = options.map(\.name) + subcommands.map(\.name)
        var script = """
            # Completes linnet's command line in bash. Made by: linnet completion bash
            _linnet() {
                local current=${COMP_WORDS[COMP_CWORD]} previous="" words="" word
                if [ "$COMP_CWORD" -gt 0 ]; then previous=${COMP_WORDS[COMP_CWORD - 1]}; fi
                COMPREPLY=()
                # bash takes the = of --option=value for a word of its own.
                if [ "$current" = "=" ]; then
                    current=
                elif [ "$previous" = "=" ] && [ "$COMP_CWORD" -gt 1 ]; then
                    previous=${COMP_WORDS[COMP_CWORD - 2]}
                fi
                case $previous in

            """
        for option in options {
            let action: String
            switch option.value {
            case .none: continue
            case .directory:
                action = """
                    compopt -o filenames 2>/dev/null
                        while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -d -- "$current")
                        return
                    """
            case .words(let words): action = "words='\(words.joined(separator: " "))'"
            case .anything: action = "return"
            }
            script += "    \(option.name))\n        \(action)\n        ;;\n"
        }
        script += "    *)\n        words='\(names.joined(separator: " "))'\n"
        script += "        if [ \"$COMP_CWORD\" -gt 1 ]; then\n            case ${COMP_WORDS[1]} in\n"
        for subcommand in subcommands {
            let isOnce = subcommand.options.isEmpty ? "[ \"$COMP_CWORD\" = 2 ] || return" : ":"
            let words = subcommand.options.map(\.name) + subcommand.words
            script += "            \(subcommand.name)) \(isOnce); words='\(words.joined(separator: " "))' ;;\n"
        }
        return script + """
                        esac
                    fi
                    ;;
                esac
                while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$words" -- "$current")
            }
            complete -F _linnet linnet

            """
    }
}
