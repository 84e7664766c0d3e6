import Engine

/// What `--help` and `--version` print.
enum Help {
    static let version = "linnet \(LinnetVersion.current)\n"

    static var text: String {
        let spellings = ToolOptions.specs.map { [$0.name, $0.placeholder].compactMap(\.self).joined(separator: " ") }
        let width = (spellings.map(\.count).max() ?? 0) + 2
        var text = """
            usage: linnet [options]
                   linnet [options] COMMAND [field=value …]
                   linnet [options] listen [GLOB …]
                   linnet [options] attach
                   linnet [options] --exec CMD
                   linnet [options] doctor [--json]
                   linnet [options] replay FILE
                   linnet help [COMMAND]
                   linnet schema [--openrpc]
                   linnet completion bash|zsh|fish

            Peer-to-peer messages as a Unix filter: JSON commands on stdin, JSON events on stdout, one a line.
            With a COMMAND, that command alone: its answer on stdout, its error as the exit status. field=@file and
            field=@- take the value from a file or from stdin, field:=json takes it as JSON.

            """
        for (spelling, spec) in zip(spellings, ToolOptions.specs) {
            let padding = String(repeating: " ", count: width - spelling.count)
            text += "\n  \(spelling)\(padding)\(spec.summary)"
        }
        text += """


            Try: linnet help
                 linnet message.send to=bob text=hi wait=delivered
                 echo '{"cmd":"help"}' | linnet --ephemeral

            """
        return text
    }
}
