import Engine

/// What the tool does at once, without an engine: it prints a document made from the schema.
enum Subcommand: Equatable {
    /// The schema of the language.
    case schema(SchemaFormat)
    /// Help for a person: on one command, or the list of all.
    case help(command: String?)
    /// A page of the manual. For those who build linnet; not in the help.
    case manual(ManualPage)
    /// What a shell needs to complete command lines.
    case completion(Shell)

    /// A shell that can complete.
    enum Shell: String, CaseIterable {
        case bash
        case zsh
        case fish
    }

    /// How a subcommand is called.
    struct Spec: Sendable {
        let name: String
        let summary: String
        /// What stands behind `linnet [options]`.
        let usage: String
        /// What a person should know who asks for help.
        let text: String
        /// Options of its own, each with its summary.
        var options: [(name: String, summary: String)] = []
        /// Options of the tool that change what it does.
        var toolOptions: [String] = []
        /// Words of which one follows.
        var words: [String] = []
        /// What follows, where only the profile knows it, or there is more than a list of words.
        var follows: Follows?
        /// Lines to type.
        var examples: [String] = []
    }

    /// What may stand behind a subcommand.
    enum Follows: Sendable {
        case helpWord
        case eventTypes
        case file
    }

    /// The subcommand that the completion scripts ask for names. Not in the help.
    static let names = "completion-names"

    /// Every subcommand that users should know.
    static let specs = [
        Spec(
            name: "help", summary: "list the commands, or explain a word", usage: "help [WORD]",
            text: """
                Without a word, it lists the commands. A word may be a command, a family of commands (such as group), a
                subcommand, an event, an error code, a setting, an option, or one of these lists:
                \(CommandHelp.topics.joined(separator: ", ")).
                """, follows: .helpWord, examples: ["linnet help message.send", "linnet help peer.unreachable"]),
        Spec(
            name: "listen", summary: "print events until stopped", usage: "listen [GLOB …]",
            text: """
                Prints events whose type matches one of the patterns (all, without a pattern), one JSON object a line, from
                the engine that has the profile, or else from one that it starts. It begins now, unless --since or
                --consumer says otherwise, and takes nothing away from other readers.
                """, toolOptions: ["--since", "--consumer", "-C", "-W"], follows: .eventTypes,
            examples: ["linnet listen 'message*' | jq -r .text", "linnet --consumer archive listen message >>archive"]),
        Spec(
            name: "attach", summary: "talk to the engine that has the profile", usage: "attach",
            text: """
                Connects stdin and stdout to the engine that has the profile, or that serves at --socket: a session of its
                own. Without such an engine it fails with status 1.
                """, toolOptions: ["--socket", "--on-eof", "--secret-fd"],
            examples: [#"echo '{"cmd":"status"}' | linnet attach"#]),
        Spec(
            name: "replay", summary: "repeat what --record saved, and compare", usage: "replay FILE",
            text: """
                Gives the lines of a record to a new engine, and prints what differs: status 1 if anything does. A file
                name of - is stdin.
                """, toolOptions: ["--fast", "--run", "-W", "-q"], follows: .file,
            examples: ["linnet --record session.jsonl <commands", "linnet --fast replay session.jsonl"]),
        Spec(
            name: "doctor", summary: "check the set-up, and give advice", usage: "doctor",
            text: """
                Checks the settings, the profile, its lock, key, store and disk, the sockets, the network and the
                libraries. It changes nothing, and may run beside an engine. Status 0 if all is well or merely worth a
                warning, else the status that an engine would end with.
                """, toolOptions: ["--json", "-q", "--secret-fd"],
            examples: ["linnet doctor", "linnet --json doctor | jq ."]),
        Spec(
            name: "schema", summary: "print the JSON Schema of every line", usage: "schema [--openrpc]",
            text: "Prints one document that describes every line that goes in or comes out.",
            options: [("--openrpc", "print an OpenRPC document instead")],
            examples: ["linnet schema | jq '.\"$defs\" | keys'"]),
        Spec(
            name: "completion", summary: "print a completion script for a shell", usage: "completion bash|zsh|fish",
            text: """
                Prints a script that completes commands, fields, options, and the names of contacts, groups, profiles and
                events. Put it where your shell looks for completions, or read it in at once.
                """, words: Shell.allCases.map(\.rawValue),
            examples: [
                "eval \"$(linnet completion bash)\"",
                "linnet completion fish >~/.config/fish/completions/linnet.fish",
            ]),
    ]

    /// Understands the arguments behind the program's name; nil if the first is no subcommand.
    static func parse(_ arguments: some Collection<String>) throws(UsageError) -> Subcommand? {
        let rest = Array(arguments.dropFirst())
        switch arguments.first {
        case "help" where rest.allSatisfy(HelpText.mayBeWord):
            guard !rest.isEmpty else { return .help(command: nil) }
            // "help group create" is "help group.create".
            let word = rest.joined(separator: ".")
            guard HelpText.text(for: word) != nil else {
                let hint = CommandHelp.hint(for: word, besides: HelpText.words)
                throw UsageError(message: "there is no help on '\(word)'\(hint)")
            }
            return .help(command: word)
        case "schema": return try schema(rest)
        case "completion":
            let words = Shell.allCases.map(\.rawValue)
            guard let word = rest.first else {
                throw UsageError(message: "completion needs a shell: bash, zsh or fish")
            }
            guard rest.count == 1, let shell = Shell(rawValue: word) else {
                let given = rest.joined(separator: " ")
                let hint = Suggestion.hint(for: given, among: words)
                throw UsageError(message: "completion: '\(given)' is not bash, zsh or fish\(hint)")
            }
            return .completion(shell)
        default: return nil
        }
    }

    private static func schema(_ arguments: [String]) throws(UsageError) -> Subcommand {
        switch arguments {
        case []: return .schema(.jsonSchema)
        case ["--openrpc"]: return .schema(.openRPC)
        case _ where arguments.first == "--man" && arguments.count == 2:
            guard let page = arguments.last.flatMap(ManualPage.init(rawValue:)) else {
                let names = ManualPage.allCases.map(\.rawValue).joined(separator: ", ")
                throw UsageError(message: "schema --man: no such page; there are \(names)")
            }
            return .manual(page)
        default:
            let argument = arguments.first { $0 != "--openrpc" } ?? "--openrpc"
            throw UsageError(
                message: "schema: no option '\(argument)'\(Suggestion.hint(for: argument, among: ["--openrpc"]))")
        }
    }

    /// What it prints.
    var output: String {
        switch self {
        case .help(let word): word.flatMap(HelpText.text) ?? CommandHelp.list
        case .schema(let format): String(decoding: format.document, as: UTF8.self) + "\n"
        case .manual(let page): page.source(of: .standard)
        case .completion(let shell): Completion.standard.script(for: shell)
        }
    }
}
