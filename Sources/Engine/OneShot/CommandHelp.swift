import Wire

/// What `linnet help` prints for a person, made from the schema.
public enum CommandHelp {
    /// The names of all commands.
    public static var names: [String] { CommandTable.standard.all.map(\.spec.name) }

    /// Every command with its summary.
    public static var list: String {
        let specs = CommandTable.standard.all.map(\.spec)
        return "Commands, as lines on stdin or as linnet COMMAND field=value …\n\n"
            + table(specs.map { [$0.name, $0.summary] })
            + "\nTry: linnet help message.send\n"
    }

    /// One command with all there is to know about it.
    ///
    /// - Throws: `command.unknown`.
    public static func text(for name: String) throws(CommandFailure) -> String {
        guard let spec = CommandTable.standard.named(name)?.spec else { throw ShellCommand.unknown(name) }
        var text = "\(spec.name): \(spec.summary)\n\nusage: linnet \(spec.name)"
        for field in spec.arguments {
            let word = "\(field.name)=\(field.type.name.uppercased().replacing(" ", with: "_"))"
            text += field.isRequired ? " \(word)" : " [\(word)]"
        }
        text += "\n"
        if !spec.arguments.isEmpty { text += "\nfields\n" + table(spec.arguments.map(row)) }
        for alternative in spec.alternatives {
            text += "  \(alternative.phrase)\n"
        }
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
