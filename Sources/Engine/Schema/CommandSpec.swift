import Wire

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
    /// How long the lines behind it wait, so that it takes effect before them.
    var hold = Hold.never
    /// An argument that has to be looked up before the command takes effect: with it, the lines behind wait for that.
    var lookup: String?
    /// Whether it can be asked for by the id of the message that it makes, so that linnet keeps no key of its own for it.
    var isKnownByMessage = false
    /// Whether it changes what is kept.
    public internal(set) var isKept = false
    /// Brings the content of two commands that mean the same into the same form.
    var normalize: (@Sendable (inout [JSON.Member]) -> Void)?
    /// Whether to do it again is to do it twice, and no key can tell.
    public var isUnrepeatable = false
    /// Whether it takes something away that cannot be given back: it is never what a slip of the fingers is taken for.
    public var isDestructive = false
    /// Verbs that mean the contrary: who has typed something as near to one of them did not mean this.
    public var opposites: [String] = []
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
        isKept = takesKey
        self.example = example
    }

    /// The same command, also while the account is locked.
    var whileLocked: CommandSpec {
        var copy = self
        copy.worksLocked = true
        return copy
    }

    /// The same command, with those behind it waiting for its answer: it decides what they can do.
    var beforeAllElse: CommandSpec { holding(.answered) }

    /// The same command, with those behind it waiting.
    func holding(_ hold: Hold) -> CommandSpec {
        var copy = self
        copy.hold = hold
        return copy
    }

    /// The same command, which has to look this argument up before it takes effect.
    func lookingUp(_ argument: Argument<some Sendable>) -> CommandSpec {
        var copy = self
        copy.lookup = argument.spec.name
        return copy
    }

    /// The same command, which can be asked for by its message's id.
    var knownByMessage: CommandSpec {
        var copy = self
        copy.isKnownByMessage = true
        return copy
    }

    /// The same command, which changes what is kept though it takes no key.
    var kept: CommandSpec {
        var copy = self
        copy.isKept = true
        return copy
    }

    /// The same command, whose content can be brought into one form.
    func normalized(_ normalize: @escaping @Sendable (inout [JSON.Member]) -> Void) -> CommandSpec {
        var copy = self
        copy.normalize = normalize
        return copy
    }

    /// The same command, which does something anew each time.
    var unrepeatable: CommandSpec {
        var copy = self
        copy.isUnrepeatable = true
        return copy
    }

    /// How long the lines behind a command wait.
    enum Hold: Int, Comparable, Sendable {
        /// They do not.
        case never
        /// Until its change is on its way to the disk: those that come after it find it changed.
        case begun
        /// Until its change is made.
        case made
        /// Until it is answered.
        case answered

        static func < (left: Hold, right: Hold) -> Bool { left.rawValue < right.rawValue }
    }

    /// How long the lines behind a command with these members wait.
    func hold(for members: [JSON.Member]) -> Hold {
        guard hold == .never, let lookup else { return hold }
        return members.contains(lookup) ? .begun : .never
    }

    /// The same command, which takes something away for good.
    var destructive: CommandSpec {
        var copy = self
        copy.isDestructive = true
        return copy
    }

    /// The same command, with the verbs that mean the contrary.
    func opposite(_ verbs: String...) -> CommandSpec {
        var copy = self
        copy.opposites = verbs
        return copy
    }

    /// What is before the dot of its name; nil for one that is of no family.
    public var family: String? {
        let parts = name.split(separator: ".", maxSplits: 1)
        return parts.count == 2 ? parts.first.map(String.init) : nil
    }

    /// What is behind the dot, or else the whole name.
    var verb: String { name.split(separator: ".").last.map(String.init) ?? name }

    /// What it may carry beside `cmd` and its arguments.
    public var envelope: [FieldSpec] { Language.envelope + (takesKey ? [Fields.key] : []) }

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
