import Reactor

/// A command: how it is declared, and what it does.
struct Command: Sendable {
    /// What a handler needs.
    enum Handler: Sendable {
        /// Memory alone: it answers within the call.
        case immediate(@NetworkActor @Sendable (Engine, Invocation) throws(CommandFailure) -> Void)
        /// The store, the network or time: it runs in a task of its own. What it does before its first suspension
        /// happens in input order.
        case concurrent(@NetworkActor @Sendable (Engine, Invocation) async throws(CommandFailure) -> Void)
    }

    let spec: CommandSpec
    let handler: Handler
}

/// The commands by name.
struct CommandTable: Sendable {
    /// In the order that `help` lists them.
    let all: [Command]
    private let byName: [String: Command]

    init(_ commands: [Command]) {
        all = commands
        byName = Dictionary(commands.map { ($0.spec.name, $0) }) { first, _ in first }
    }

    /// The command with this name.
    func named(_ name: String) -> Command? {
        byName[name]
    }

    /// The error for a name that no command has.
    func unknown(_ name: String, field: FieldSpec = Fields.cmd) -> CommandFailure {
        let hint = CommandSuggestion(all.map(\.spec)).hint(for: name) { word in
            word.map { "{\"cmd\":\"help\",\"command\":\"\($0)\"}" } ?? "{\"cmd\":\"help\"}"
        }
        return CommandFailure(.commandUnknown, "no command '\(name.forMessage)'\(hint)", field: field.name)
    }
}
