import Wire

/// One kind of line: its fields in the order in which they stand on it.
public struct LineShape: Sendable {
    /// What the line is in the conversation.
    public enum Kind: String, Sendable {
        /// A line that goes in.
        case command
        /// The good end of a command.
        case ok
        /// One of the many that a listing command answers with.
        case item
        /// How far a command is that takes long.
        case progress
        /// The bad end of a command, or of a line that was none.
        case error
        /// What happened.
        case event
    }

    /// What the line is.
    public let kind: Kind
    /// The command's name, the error's code, the event's name.
    public let subject: String
    /// One line for a person.
    public let summary: String
    /// The fields, those of the envelope first.
    public let fields: [FieldSpec]
    /// Fields that exclude each other.
    public var alternatives: [CommandSpec.Alternative] = []
    /// The version of linnet that first had it.
    public let since: String

    /// A name for the shape, such as `ok.net.ping`.
    public var name: String { "\(kind.rawValue).\(subject)" }

    static func command(_ spec: CommandSpec) -> LineShape {
        LineShape(
            kind: .command, subject: spec.name, summary: spec.summary,
            fields: [Fields.cmd.always(spec.name)] + spec.envelope + spec.arguments,
            alternatives: spec.alternatives, since: spec.since)
    }

    static func ok(of spec: CommandSpec) -> LineShape {
        answer(.ok, to: spec, spec.answer, "The end of \(spec.name).")
    }

    static func item(of spec: CommandSpec) -> LineShape {
        answer(.item, to: spec, spec.item, "One of many lines that answer \(spec.name).")
    }

    static func progress(of spec: CommandSpec) -> LineShape {
        answer(.progress, to: spec, spec.progress, "How far \(spec.name) is.")
    }

    private static func answer(_ kind: Kind, to spec: CommandSpec, _ fields: [FieldSpec], _ summary: String) -> Self {
        let names = Set(fields.map(\.name))
        return LineShape(
            kind: kind, subject: spec.name, summary: summary,
            fields: [Fields.type.always(kind.rawValue), Fields.id, Fields.cmd.always(spec.name)] + fields,
            alternatives: spec.answerAlternatives.filter { names.isSuperset(of: $0.names) }, since: spec.since)
    }

    static func error(_ spec: ErrorSpec) -> LineShape {
        LineShape(
            kind: .error, subject: spec.code, summary: spec.summary,
            fields: [
                Fields.type.always("error"), Fields.id, Fields.cmd, Fields.code.always(spec.code),
                Fields.errorText.showing(.string(spec.example.message)).required, Fields.field, Fields.line,
                retry(of: spec),
            ] + spec.details, alternatives: spec.mayHaveMade ? Fields.standings : [], since: spec.since)
    }

    /// What was made is not to be made again, whatever the error.
    private static func retry(of spec: ErrorSpec) -> FieldSpec {
        guard spec.mayHaveMade else { return Fields.retry.always(spec.retry.rawValue) }
        let words = [spec.retry, .never].map(\.rawValue)
        return FieldSpec(
            Fields.retry.name, .choice(words), Fields.retry.summary, example: .string(spec.retry.rawValue)
        ).required
    }

    static func event(_ spec: EventSpec) -> LineShape {
        LineShape(
            kind: .event, subject: spec.name, summary: spec.summary,
            fields: [Fields.type.always(spec.name)] + spec.envelope + spec.fields, alternatives: spec.alternatives,
            since: spec.since)
    }
}

extension FieldSpec {
    /// The same field, always there and always with this word.
    fileprivate func always(_ word: String) -> FieldSpec {
        FieldSpec(name, .choice([word]), summary, example: .string(word)).required
    }

    /// The same field with another example.
    fileprivate func showing(_ example: JSON) -> FieldSpec {
        var copy = self
        copy.example = example
        return copy
    }
}
