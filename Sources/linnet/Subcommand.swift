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
        /// Options, each with its summary.
        var options: [(name: String, summary: String)] = []
        /// Words of which one follows.
        var words: [String] = []
    }

    /// Every subcommand that users should know.
    static let specs = [
        Spec(name: "help", summary: "list the commands, or explain one", words: CommandHelp.names),
        Spec(name: "listen", summary: "print events until stopped"),
        Spec(name: "attach", summary: "speak to the engine that has the profile"),
        Spec(name: "replay", summary: "do again what --record kept, and compare"),
        Spec(name: "doctor", summary: "look at the set-up, and say what to do"),
        Spec(
            name: "schema", summary: "print the JSON Schema of every line",
            options: [("--openrpc", "print an OpenRPC document instead")]),
        Spec(
            name: "completion", summary: "print a completion script for a shell",
            words: Shell.allCases.map(\.rawValue)),
    ]

    /// Understands the arguments behind the program's name; nil if the first is no subcommand.
    static func parse(_ arguments: some Collection<String>) throws(UsageError) -> Subcommand? {
        let rest = Array(arguments.dropFirst())
        switch arguments.first {
        case "help" where rest.count <= 1 && rest.allSatisfy { !$0.contains("=") && !$0.hasPrefix("-") }:
            do throws(CommandFailure) {
                if let name = rest.first { _ = try CommandHelp.text(for: name) }
            } catch {
                throw UsageError(message: error.message)
            }
            return .help(command: rest.first)
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
        case .help(let name): name.flatMap { try? CommandHelp.text(for: $0) } ?? CommandHelp.list
        case .schema(let format): String(decoding: format.document, as: UTF8.self) + "\n"
        case .manual(let page): page.source(of: .standard)
        case .completion(let shell): Completion.standard.script(for: shell)
        }
    }
}
