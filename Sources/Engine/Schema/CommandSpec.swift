/// A command as its users see it: name, arguments, answer, errors. Declared once, beside its handler.
///
/// Validation of input, `help`, suggestions and the order of keys in answers all come from here.
public struct CommandSpec: Sendable {
    /// `noun.verb`, or one word for the session's own commands.
    public let name: String
    /// One line for a person.
    public let summary: String
    /// The arguments, in the order that `help` prints them.
    public var arguments: [FieldSpec] = []
    /// Arguments that exclude each other.
    public var alternatives: [Alternative] = []
    /// The fields of an `item` line, for commands that list.
    public var item: [FieldSpec] = []
    /// The fields of a `progress` line, for commands that may take long.
    public var progress: [FieldSpec] = []
    /// The fields of the final `ok`.
    public var answer: [FieldSpec] = []
    /// Fields of an `item` or the `ok` that exclude each other.
    public var answerAlternatives: [Alternative] = []
    /// The errors it may answer with, beside those of every command.
    public var errors: [ErrorSpec] = []
    /// Whether it takes an idempotency key: it changes what is kept, so doing it twice is not doing it once.
    public var takesKey = false
    /// Whether it is carried out while the account is locked.
    public var worksLocked = false
    /// Whether the lines behind it wait for its answer: it decides what they can do.
    public var holdsInput = false
    /// A line to type.
    public let example: String
    /// The version of linnet that first had it.
    public var since = "0.1.0"

    /// Arguments of which a command takes one, or one at least.
    public struct Alternative: Sendable {
        /// The names, in the order they are told.
        public let names: [String]
        /// Whether one of them has to be there.
        public let isRequired: Bool
        /// Whether only one of them may be there.
        public let isExclusive: Bool

        /// The rule as a person reads it.
        var phrase: String {
            let count = isRequired ? (isExclusive ? "exactly" : "at least") : "at most"
            return "\(count) one of \(names.joined(separator: " or "))"
        }
    }

    /// A command.
    public init(
        _ name: String, _ summary: String, arguments: [FieldSpec] = [], alternatives: [Alternative] = [],
        item: [FieldSpec] = [], progress: [FieldSpec] = [], answer: [FieldSpec] = [],
        answerAlternatives: [Alternative] = [],
        errors: [ErrorSpec] = [], takesKey: Bool = false, example: String
    ) {
        self.name = name
        self.summary = summary
        self.arguments = arguments
        self.alternatives = alternatives
        self.item = item
        self.progress = progress
        self.answer = answer
        self.answerAlternatives = answerAlternatives
        self.errors = takesKey ? errors + [.keyConflict] : errors
        self.takesKey = takesKey
        self.example = example
    }

    /// The same command, also while the account is locked.
    var whileLocked: CommandSpec {
        var copy = self
        copy.worksLocked = true
        return copy
    }

    /// The same command, with those behind it waiting.
    var beforeAllElse: CommandSpec {
        var copy = self
        copy.holdsInput = true
        return copy
    }

    /// What it may carry beside `cmd` and its arguments.
    var envelope: [FieldSpec] { Language.envelope + (takesKey ? [Fields.key] : []) }

    /// Whether it reads or changes what is kept in the profile.
    var concernsProfile: Bool {
        switch name.prefix(while: { $0 != "." }) {
        case "account", "contact", "message", "group", "events": true
        default: false
        }
    }

    /// Whether a line of it may hold something that others must not see.
    var takesSecrets: Bool { arguments.contains(where: \.isSecret) }

    /// The argument with this name.
    func argument(_ name: String) -> FieldSpec? {
        for argument in arguments where argument.name == name { return argument }
        return nil
    }
}

extension CommandSpec.Alternative {
    /// Exactly one of these must be there.
    public static func exactlyOne(_ names: String...) -> Self {
        Self(names: names, isRequired: true, isExclusive: true)
    }

    /// One of these must be there, and the others may.
    public static func atLeastOne(_ names: String...) -> Self {
        Self(names: names, isRequired: true, isExclusive: false)
    }

    /// One of these may be there.
    public static func atMostOne(_ names: String...) -> Self {
        Self(names: names, isRequired: false, isExclusive: true)
    }
}
