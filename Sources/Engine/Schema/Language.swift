/// The whole line language as it is declared. Every document about it is made from here: the JSON Schema, the OpenRPC
/// document, the manual's pages, shell completion and the golden lines of the tests.
public struct Language: Sendable {
    /// The commands, in the order of `help`.
    public let commands: [CommandSpec]
    /// What subcommands write as lines, beside the answers to commands: an item for each finding, and an ok.
    public let reports: [CommandSpec]
    /// The events, with the lines of the session's life.
    public let events: [EventSpec]
    /// The errors, by what they are about.
    public let errors: [ErrorSpec]
    /// The statuses a process may end with, by number.
    public let exits: [ExitCode]

    /// What this version speaks.
    public static let standard = Language(
        commands: CommandTable.standard.all.map(\.spec), reports: [Doctor.spec], events: Events.all,
        errors: ErrorSpec.all, exits: ExitCode.all)

    /// The fields that every command may carry beside `cmd` and its own.
    public static let envelope: [FieldSpec] = [Fields.id, Fields.timeout]

    /// Every line that goes in or comes out.
    public var shapes: [LineShape] {
        var shapes: [LineShape] = []
        for command in commands {
            shapes.append(.command(command))
            if !command.item.isEmpty { shapes.append(.item(of: command)) }
            if !command.progress.isEmpty { shapes.append(.progress(of: command)) }
            shapes.append(.ok(of: command))
        }
        for report in reports { shapes += [.item(of: report), .ok(of: report)] }
        return shapes + errors.map(LineShape.error) + events.map(LineShape.event)
    }
}
