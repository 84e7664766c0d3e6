import Engine

extension Completion {
    /// For fish 3.0 and later.
    var fish: String {
        """
        # Completes linnet's command line in fish. Made by: linnet completion fish
        complete -c linnet -f

        # Whether the first word that is no option and no option's value is one of these; with '', whether there is none.
        function __linnet_at
            set -l tokens (commandline -opc)
            set -e tokens[1]
            set -l found ''
            while set -q tokens[1]
                switch $tokens[1]
                    case \(optionsWithValue.joined(separator: " "))
                        set -e tokens[1]
                    case '-*'
                    case '*'
                        set found $tokens[1]
                        break
                end
                set -e tokens[1]
            end
            contains -- "$found" $argv
        end

        # Names that the profile knows, one a line, each with something before it.
        function __linnet_names
            set -l tokens (commandline -opc)
            set -l profile
            for index in (seq 2 (count $tokens))
                switch $tokens[$index]
                    case --home --profile --socket
                        set -a profile $tokens[$index] $tokens[(math $index + 1)]
                    case '--home=*' '--profile=*' '--socket=*'
                        set -a profile $tokens[$index]
                end
            end
            set -l program linnet
            if set -q LINNET
                set program $LINNET
            end
            for name in ($program $profile \(Subcommand.names) $argv[2..-1] 2>/dev/null)
                echo $argv[1]$name
            end
        end

        \(fishOptions)\(fishSubcommands)\(fishCommands)
        """
    }

    private var fishOptions: String {
        let documents = subcommands.map(\.name).joined(separator: " ")
        var script = ""
        for option in options {
            let dashes =
                option.name.hasPrefix("--") ? "-l \(option.name.dropFirst(2))" : "-s \(option.name.dropFirst())"
            var line = "complete -c linnet -n 'not __linnet_at \(documents)' \(dashes)"
            switch option.value {
            case .none: break
            case .directory: line += " -x -a '(__fish_complete_directories)'"
            case .file: line += " -r -F"
            case .words(let words): line += " -x -a \(Self.fishQuoted(words.joined(separator: " ")))"
            case .names(let kinds): line += " -x -a '(__linnet_names \"\" \(kinds.joined(separator: " ")))'"
            case .anything: line += " -x"
            }
            script += "\(line) -d \(Self.fishQuoted(option.briefSummary))\n"
        }
        return script
    }

    private var fishSubcommands: String {
        var script = ""
        for subcommand in subcommands {
            let here = "complete -c linnet -n '__linnet_at \(subcommand.name)'"
            script += Self.fishName(subcommand.name, subcommand.summary)
            for option in subcommand.options {
                script += "\(here) -l \(option.name.dropFirst(2)) -d \(Self.fishQuoted(option.summary))\n"
            }
            let words = Self.words(behind: subcommand)
            if subcommand.follows == .file { script += "\(here) -F\n" }
            if !words.isEmpty { script += "\(here) -a \(Self.fishQuoted(words.joined(separator: " ")))\n" }
        }
        return script
    }

    private var fishCommands: String {
        var script = ""
        for command in commands {
            script += Self.fishName(command.name, Self.brief(command.summary))
            for field in Self.fields(of: command) {
                let kinds = field.nameKinds.joined(separator: " ")
                var values = field.words.map { "\(field.name)=\($0)" }
                if values.isEmpty { values = ["\(field.name)="] }
                if !kinds.isEmpty { values.append("(__linnet_names \(field.name)= \(kinds))") }
                script +=
                    "complete -c linnet -n '__linnet_at \(command.name)' "
                    + "-a \(Self.fishQuoted(values.joined(separator: " "))) -d \(Self.fishQuoted(field.summary))\n"
            }
        }
        return script
    }

    private static func fishName(_ name: String, _ summary: String) -> String {
        "complete -c linnet -n \"__linnet_at ''\" -a \(name) -d \(fishQuoted(summary))\n"
    }

    /// A word in single quotes, as fish reads it.
    private static func fishQuoted(_ text: String) -> String {
        "'" + String(text.flatMap { "'\\".contains($0) ? ["\\", $0] : [$0] }) + "'"
    }
}
