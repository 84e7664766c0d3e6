extension Completion {
    /// For fish 3.0 and later.
    var fish: String {
        var script = """
            # Completes linnet's command line in fish. Made by: linnet completion fish
            complete -c linnet -f

            """
        for option in options {
            var line = "complete -c linnet -n __fish_use_subcommand \(Self.fishOption(option.name))"
            switch option.value {
            case .none: break
            case .directory: line += " -x -a '(__fish_complete_directories)'"
            case .words(let words): line += " -x -a \(Self.fishQuoted(words.joined(separator: " ")))"
            case .anything: line += " -x"
            }
            script += "\(line) -d \(Self.fishQuoted(option.briefSummary))\n"
        }
        for subcommand in subcommands {
            let here = "complete -c linnet -n '__fish_seen_subcommand_from \(subcommand.name)'"
            script +=
                "complete -c linnet -n __fish_use_subcommand -a \(subcommand.name) "
                + "-d \(Self.fishQuoted(subcommand.summary))\n"
            for option in subcommand.options {
                script += "\(here) -l \(option.name.dropFirst(2)) -d \(Self.fishQuoted(option.summary))\n"
            }
            if !subcommand.words.isEmpty {
                script += "\(here) -a \(Self.fishQuoted(subcommand.words.joined(separator: " ")))\n"
            }
        }
        return script
    }

    /// An option as fish is told of it.
    private static func fishOption(_ name: String) -> String {
        name.hasPrefix("--") ? "-l \(name.dropFirst(2))" : "-s \(name.dropFirst(1))"
    }

    /// A word in single quotes, as fish reads it.
    private static func fishQuoted(_ text: String) -> String {
        "'" + String(text.flatMap { "'\\".contains($0) ? ["\\", $0] : [$0] }) + "'"
    }
}
