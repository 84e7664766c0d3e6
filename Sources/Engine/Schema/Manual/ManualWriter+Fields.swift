import Wire

/// How the pages explain fields.
extension ManualWriter {
    /// Fields as a list, under a word that says what they are.
    mutating func fields(_ title: String, _ fields: [FieldSpec]) {
        guard !fields.isEmpty else { return }
        raw(".Pp")
        say(title)
        raw(".Bl -tag -width Ds")
        for field in fields {
            entry(field.name)
            say("(\(Self.shape(of: field)))")
            say(Self.sentence(field.summary))
            if case .object(let members) = field.type, !members.isEmpty {
                raw(".Bl -tag -width Ds")
                for member in members {
                    entry(member.name)
                    say("(\(Self.shape(of: member)))")
                    say(Self.sentence(member.summary))
                }
                raw(".El")
            }
        }
        raw(".El")
    }

    /// What may stand in a field, in one phrase: `integer 1...100, default 1`.
    static func shape(of field: FieldSpec) -> String {
        var phrase = field.type.name
        if let range = field.type.range {
            let upTo = range.hasPrefix("0...") && field.type.unit == nil
            phrase += upTo ? " up to \(range.dropFirst(4))" : " \(range)"
        }
        if let unit = field.unit, field.type.range?.hasSuffix(unit) != true { phrase += ", in \(unit)" }
        if field.isRequired { phrase += ", required" }
        if field.isSecret { phrase += ", secret" }
        if let value = field.defaultValue { phrase += ", default \(value.text)" }
        if field.since != "0.1.0" { phrase += ", since \(field.since)" }
        return phrase
    }

    /// A summary as a sentence of its own.
    static func sentence(_ text: String) -> String {
        let begun = text.prefix(1).uppercased() + text.dropFirst()
        return begun.hasSuffix(".") ? begun : begun + "."
    }
}

extension JSON {
    /// The value as JSON text.
    var text: String { String(decoding: bytes, as: UTF8.self) }
}
