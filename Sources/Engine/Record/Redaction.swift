import Wire

/// Takes secrets out of lines before they are kept.
///
/// A line that is understood loses the values of its secret fields, and of those that its command does not have: they
/// may be secret ones spelt wrong. A line that is not understood is kept only if nothing in it can be a secret: it says of itself that it is of
/// a command that takes none, or it has no word but those of the language. As long as no command takes a secret, all
/// is kept.
struct Redaction: Sendable {
    /// What stands in the place of a secret.
    static let placeholder = "[redacted]"

    /// What is kept of an input line.
    enum Line: Equatable, Sendable {
        /// All of it.
        case plain([UInt8])
        /// A line without the values of these members.
        case redacted([UInt8], [String])
        /// Nothing but the code of the error it gets.
        case withheld(String)
    }

    /// Beyond so many words a line that is not understood is not looked through.
    private static let maximumWords = 4096
    /// Fewer bytes that nobody knows are no secret.
    private static let shortest = 4

    private let commands: [String: CommandSpec]
    /// Commands whose answers hold a secret.
    private let telling: Set<String>
    /// Errors whose text may hold a part of a secret.
    private let sensitive: Set<String>
    /// Names of secret fields, and of the commands that take or tell them.
    private let suspicious: [String]
    /// Every word of the language.
    private let words: Set<String>

    /// The redaction of a language.
    init(_ commands: [CommandSpec], errors: [ErrorSpec] = ErrorSpec.all) {
        self.commands = Dictionary(commands.map { ($0.name, $0) }) { first, _ in first }
        let tells = { (spec: CommandSpec) in (spec.item + spec.answer).contains(where: \.isSecret) }
        telling = Set(commands.filter(tells).map(\.name))
        sensitive = Set(errors.filter(\.isSensitive).map(\.code))
        let fields = commands.flatMap { $0.arguments + $0.item + $0.answer }.filter(\.isSecret).map(\.name)
        let names = commands.filter { $0.takesSecrets || tells($0) }.map(\.name)
        suspicious = Array(Set(fields + names)).sorted()
        var words = Set(["true", "false", "null"] + Envelope.reserved)
        for command in commands {
            words.insert(command.name)
            for field in command.arguments { words.formUnion([field.name] + field.type.words) }
        }
        self.words = words
    }

    /// The redaction of what this version speaks.
    static let standard = Redaction(Language.standard.commands)
}

/// Input
extension Redaction {
    /// What may be kept of a line that came in.
    func input(_ bytes: [UInt8]) -> Line {
        guard !suspicious.isEmpty else { return .plain(bytes) }
        guard case .object(let members)? = try? JSON(parsing: bytes) else {
            return isHarmless(bytes) ? .plain(bytes) : .withheld(ErrorSpec.jsonInvalid.code)
        }
        let command = members.value(Fields.cmd.name)?.stringValue.flatMap { commands[$0] }
        return redacted(members, bytes) { name in
            if Envelope.isReserved(name) { return false }
            // Nobody knows what an unknown command or field was meant to be.
            return command?.argument(name)?.isSecret ?? true
        }
    }

    private func redacted(_ members: [JSON.Member], _ bytes: [UInt8], _ isSecret: (String) -> Bool) -> Line {
        let names = members.map(\.name).filter(isSecret)
        guard !names.isEmpty else { return .plain(bytes) }
        let kept = members.map { names.contains($0.name) ? JSON.Member($0.name, .string(Self.placeholder)) : $0 }
        members.erase(where: isSecret)
        return .redacted(JSON.object(kept).bytes, names)
    }

    private func isSuspicious(_ word: String) -> Bool {
        suspicious.contains { Suggestion.isNear(word, $0) }
    }

    /// Whether nothing in a line that is no JSON object can be a secret.
    private func isHarmless(_ bytes: [UInt8]) -> Bool {
        guard let found = Self.words(of: bytes) else { return false }
        if found.contains(where: isSuspicious) { return false }
        let unknown = found.filter { !words.contains($0) }
        if unknown.reduce(0, { $0 + $1.utf8.count }) < Self.shortest { return true }
        let named = Self.commands(namedIn: bytes)
        return !named.isEmpty && named.allSatisfy { commands[$0]?.takesSecrets == false }
    }

    /// What stands between blanks, brackets, quotation marks and their kin; nil if there is too much of it.
    private static func words(of bytes: [UInt8]) -> [String]? {
        var words: [String] = []
        var word: [UInt8] = []
        for byte in bytes + [0x20] {
            switch byte {
            // Control characters, and bytes that UTF-8 does not have, belong to no word.
            case 0...0x20, 0x7F, 0xC0, 0xC1, 0xF5...0xFF, UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["),
                UInt8(ascii: "]"),
                UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"):
                guard !word.isEmpty else { continue }
                guard words.count < maximumWords else { return nil }
                words.append(String(decoding: word, as: UTF8.self))
                word = []
            default: word.append(byte)
            }
        }
        return words
    }

    /// What follows `"cmd":"` up to the next quotation mark, wherever that stands.
    private static func commands(namedIn bytes: [UInt8]) -> [String] {
        let marked = bytes.split(separator: UInt8(ascii: "\""), omittingEmptySubsequences: false)
        var names: [String] = []
        for index in marked.indices where index > 0 && index + 3 < marked.count {
            guard marked[index].elementsEqual(Fields.cmd.name.utf8) else { continue }
            let between = marked[index + 1].filter { $0 != 0x20 && $0 != 0x09 }
            guard between == [UInt8(ascii: ":")] else { return [] }
            names.append(String(decoding: marked[index + 2], as: UTF8.self))
        }
        return names
    }
}

/// Output
extension Redaction {
    /// What may be kept of a line that went out, and the names of the members that lost their value.
    func output(_ bytes: [UInt8]) -> (bytes: [UInt8], names: [String]) {
        guard !(telling.isEmpty && sensitive.isEmpty),
            let members = try? JSON(parsing: bytes, limits: .output).objectValue
        else { return (bytes, []) }
        var secrets: [String] = []
        if let code = members.value(Fields.code.name)?.stringValue, sensitive.contains(code) {
            secrets = [Fields.errorText.name]
        } else if let name = members.value(Fields.cmd.name)?.stringValue, telling.contains(name) {
            secrets = commands[name].map { ($0.item + $0.answer).filter(\.isSecret).map(\.name) } ?? []
        }
        guard !secrets.isEmpty, case .redacted(let kept, let names) = redacted(members, bytes, secrets.contains) else {
            return (bytes, [])
        }
        return (kept, names)
    }
}

extension JSONLimits {
    /// A line that an engine wrote itself: a document may be long, and no part of it is a stranger's making.
    static let output = JSONLimits(count: 64 << 20, depth: 64)
}

extension FieldType {
    /// The words that the language itself gives as values.
    fileprivate var words: [String] {
        switch self {
        case .choice(let words): words
        case .list(let element, _): element.words
        default: []
        }
    }
}
