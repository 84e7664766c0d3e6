import Wire

/// What `linnet help` prints for a person, made from the schema.
public enum CommandHelp {
    /// The names of all commands.
    public static var names: [String] { specs.map(\.name) }

    /// What stands before the dots of commands, each once.
    public static var families: [String] {
        specs.compactMap(\.family).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    private static var specs: [CommandSpec] { CommandTable.standard.all.map(\.spec) }

    /// Every command with its summary.
    public static var list: String {
        "Commands, as lines on stdin or as linnet COMMAND field=value …\n\n"
            + table(specs.map { [$0.name, $0.summary] })
            + "\nTry: linnet help message.send\n     linnet help topics\n"
    }

    /// The commands that begin alike, with their summaries; nil if none does.
    public static func family(_ name: String) -> String? {
        let members = specs.filter { $0.family == name }
        guard let first = members.first else { return nil }
        return "\(name): commands\n\n" + table(members.map { [$0.name, $0.summary] })
            + "\nTry: linnet help \(first.name)\n"
    }

    /// One command with all there is to know about it; nil if there is no such command.
    public static func command(_ name: String) -> String? {
        guard let spec = CommandTable.standard.named(name)?.spec else { return nil }
        var text = "\(spec.name): \(spec.summary)\n\nusage: linnet \(spec.name)"
        for field in spec.arguments { text += " " + word(field) }
        text += "\n"
        if !spec.arguments.isEmpty { text += "\nfields\n" + table(spec.arguments.map(row)) }
        for alternative in spec.alternatives {
            text += "  \(alternative.phrase)\n"
        }
        text += "\nfields of every command\(spec.takesKey ? " that changes something" : "")\n"
        text += table(spec.envelope.map(row))
        if !spec.item.isEmpty { text += "\neach item\n" + table(spec.item.map(row)) }
        if !spec.progress.isEmpty { text += "\nprogress\n" + table(spec.progress.map(row)) }
        if !spec.answer.isEmpty { text += "\nanswer\n" + table(spec.answer.map(row)) }
        if !spec.errors.isEmpty {
            text += "\nerrors\n" + table(spec.errors.map { [$0.code, "exit \($0.exit.number)", $0.summary] })
        }
        text += "\nexample\n  \(spec.example)\n"
        if let words = shellExample(spec) { text += "  \(words)\n" }
        return text
    }

    /// An event with its fields; nil if there is no such event.
    public static func event(_ name: String) -> String? {
        guard let spec = Events.all.first(where: { $0.name == name }) else { return nil }
        let fields = spec.envelope + spec.fields
        return "\(spec.name) (\(spec.durability.rawValue) event): \(spec.summary)\n"
            + (fields.isEmpty ? "" : "\nfields\n" + table(fields.map(row)))
    }

    /// A kind of error with its remedy; nil if there is no such code.
    public static func error(_ code: String) -> String? {
        guard let spec = ErrorSpec.all.first(where: { $0.code == code }) else { return nil }
        return "\(spec.code) (error): \(spec.summary)\n\n  \(spec.remedy)\n"
            + "  exit status \(spec.exit.number), retry \(spec.retry.rawValue)\n"
            + (spec.details.isEmpty ? "" : "\nfields beside those of every error\n" + table(spec.details.map(row)))
    }

    /// A setting: where it is set, and to what; nil if there is no such setting.
    public static func setting(_ name: String) -> String? {
        guard let setting = Setting.named(name) else { return nil }
        let value = setting.placeholder.map { " " + $0 } ?? ""
        let absence = setting.absenceText.map { "\nDefault: \($0)" } ?? ""
        return "\(setting.name) (setting): \(setting.spec.summary)\(absence)\n\n"
            + table([
                ["option", setting.option + value], ["environment", setting.variable], ["config.toml", setting.name],
                [
                    "running engine",
                    setting.isLive ? "linnet config.set name=\(setting.name) value=…" : "fixed at start",
                ],
            ])
    }

    /// Lists that are asked for by their name.
    public static let topics = ["topics", "commands", "events", "errors", "exits", "settings"]

    /// One of those lists; nil if there is no such topic.
    public static func topic(_ name: String) -> String? {
        switch name {
        case "topics":
            "topics: linnet help explains every command, family of commands (such as group), subcommand,\n"
                + "event, error code, setting and option, and prints these lists\n\n"
                + table([
                    ["commands", "every command"], ["events", "every event"], ["errors", "every error code"],
                    ["exits", "every exit status"], ["settings", "every setting"],
                ])
        case "commands": list
        case "events": "events\n\n" + table(Events.all.map { [$0.name, $0.durability.rawValue, $0.summary] })
        case "errors":
            "errors\n\n" + table(ErrorSpec.all.map { [$0.code, "exit \($0.exit.number)", $0.summary] })
        case "exits": "exits: the exit statuses\n\n" + table(ExitCode.all.map { ["\($0.number)", $0.summary] })
        case "settings": "settings\n\n" + table(Setting.all.map { [$0.name, $0.spec.summary] })
        default: nil
        }
    }

    /// `; did you mean 'x'?`, for a word that explains nothing.
    public static func hint(for word: String, besides others: [String]) -> String {
        let words = others + families + topics + Events.all.map(\.name) + ErrorSpec.all.map(\.code)
        let known = specs.map(\.name)
        return CommandSuggestion(specs, others: words.filter { !known.contains($0) }).hint(for: word) { family in
            "'linnet help\(family.map { " " + $0 } ?? "")'"
        }
    }

    /// A field as the usage line has it.
    private static func word(_ field: FieldSpec) -> String {
        let word = "\(field.name)=\(field.type.name.uppercased().replacing(" ", with: "_"))"
        return field.isRequired ? word : "[\(word)]"
    }

    private static func row(_ field: FieldSpec) -> [String] {
        var notes = [field.type.name]
        if let range = field.type.range { notes[0] += " \(range)" }
        if field.isRequired { notes.append("required") }
        if field.isSecret { notes.append("secret: give \(field.name)=@- or \(field.name)=@FILE") }
        if let value = field.defaultValue { notes.append("default \(String(decoding: value.bytes, as: UTF8.self))") }
        let summary = field.summary + (field.unit.map { " [\($0)]" } ?? "")
        return [field.name, summary, "(\(notes.joined(separator: ", ")))"]
    }

    /// Rows with their columns in line, but for the last.
    private static func table(_ rows: [[String]]) -> String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { $0.dropFirst(column).first?.count ?? 0 }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).enumerated().map { index, cell in
                index == row.count - 1
                    ? cell.0 : cell.0 + String(repeating: " ", count: max(0, min(cell.1, 48) - cell.0.count))
            }
            return "  " + cells.joined(separator: "  ") + "\n"
        }.joined()
    }

    /// The example as a shell takes it.
    private static func shellExample(_ spec: CommandSpec) -> String? {
        guard case .object(let members)? = try? JSON(parsing: Array(spec.example.utf8)) else { return nil }
        var words = ["linnet", spec.name]
        for member in members where member.name != Fields.cmd.name {
            switch member.value {
            case _ where spec.argument(member.name)?.isSecret == true: words.append("\(member.name)=@-")
            case .string(let text): words.append("\(member.name)=\(quoted(text))")
            case .array(let values):
                for value in values {
                    let text = value.stringValue ?? String(decoding: value.bytes, as: UTF8.self)
                    words.append("\(member.name)=\(quoted(text))")
                }
            default: words.append("\(member.name)=\(String(decoding: member.value.bytes, as: UTF8.self))")
            }
        }
        return words.joined(separator: " ")
    }

    private static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: Array("/._-+:#,=".utf8).contains(byte)
            }
        }
        return isPlain && !text.isEmpty ? text : "'" + text.replacing("'", with: "'\\''") + "'"
    }
}
