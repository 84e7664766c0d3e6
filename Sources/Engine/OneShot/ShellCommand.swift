import Crypto
import Reactor
import Store
import Time
import Wire

/// A command as a shell writes it: `message.send to=bob text=hi`.
///
/// | word | meaning |
/// |---|---|
/// | `field=value` | the value, of the type that the schema gives the field; again for the next value of a list |
/// | `field=@-`, `field=@file` | what stdin or the file holds: bytes for a base64 field, else text without its last newline |
/// | `field=@@value` | the value with one `@` before it, such as `text=@@bob` |
/// | `field:=json` | the value as JSON, such as `limit:=20` |
///
/// A secret is taken from stdin or a file alone: a command line is read by everybody on the machine.
public struct ShellCommand: Sendable {
    /// The most that one field takes from stdin or a file: no line may be longer.
    public static let maximumInput = LineSplitter.maximumLength

    /// Where a value comes from that does not stand on the command line.
    public enum Source: Sendable {
        /// `@-`
        case standardInput
        /// `@path`
        case file(String)
    }

    /// The command's declaration.
    public let spec: CommandSpec
    private var members: [JSON.Member]

    /// Understands words, the first of which is the command's name.
    ///
    /// - Parameters:
    ///   - words: As the shell hands them over.
    ///   - others: What a command's name may also have been meant for.
    ///   - timeout: Becomes the field `timeout`, unless the words have one.
    ///   - secret: Becomes the field `passphrase`, if the command has one and the words have not.
    ///   - isBot: Becomes the field `is_bot` in the same way.
    ///   - read: Brings at most `maximumInput` bytes, or fails.
    /// - Throws: `command.unknown` and `argument.…`, as the line would be answered.
    public init(
        _ words: [String], besides others: [String] = [], timeout: Duration? = nil, secret: SecretBytes? = nil,
        isBot: Bool? = nil, read: (Source) throws(CommandFailure) -> [UInt8]
    ) throws(CommandFailure) {
        try self.init(words, in: .standard, besides: others, timeout: timeout, secret: secret, isBot: isBot, read: read)
    }

    init(
        _ words: [String], in table: CommandTable, besides others: [String] = [], timeout: Duration? = nil,
        secret: SecretBytes? = nil, isBot: Bool? = nil, read: (Source) throws(CommandFailure) -> [UInt8]
    ) throws(CommandFailure) {
        guard let name = PathText.plain(words.first ?? "") else {
            throw CommandFailure(.commandUnknown, "the command is no UTF-8 text", field: Fields.cmd.name)
        }
        guard let command = table.named(name) else { throw Self.unknown(name, others) }
        spec = command.spec
        members = [JSON.Member(name: Fields.cmd.name, value: .string(name))]
        for word in words.dropFirst() { try take(word, read) }
        if let timeout, !members.contains(Fields.timeout.name) {
            limit(to: timeout)
        }
        let bot = GroupFields.isBot.name
        if let isBot, spec.argument(bot) != nil, !members.contains(bot) {
            members.append(JSON.Member(name: bot, value: .bool(isBot)))
        }
        let passphrase = AccountArguments.passphrase.spec.name
        if let secret, spec.argument(passphrase)?.isSecret == true, !members.contains(passphrase) {
            let text = try secret.withUnsafeBytes { (bytes) throws(CommandFailure) in
                try AccountArguments.passphrase.spec.text(bytes)
            }
            members.append(JSON.Member(name: passphrase, value: .string(text)))
        }
        if let problem = Envelope(members).problem { throw problem }
        try spec.validate(members)
        try checkLength()
    }

    /// A value may be within its own limit, and longer than a line may be when it is written in one: a control character
    /// takes six bytes.
    private func checkLength() throws(CommandFailure) {
        let sizes = members.map { (name: $0.name, count: $0.value.stringValue?.utf8.count ?? 0) }
        guard sizes.reduce(0, { $0 + $1.count }) > LineSplitter.maximumLength / 6 else { return }
        let length = JSON.object(members).bytes.count
        guard length > LineSplitter.maximumLength else { return }
        let longest = sizes.max { $0.count < $1.count }?.name ?? ""
        throw CommandFailure(
            .lineTooLong,
            "'\(longest)' makes a line of \(length) bytes, as characters that need an escape are written with it; "
                + "a line has at most \(LineSplitter.maximumLength)", field: longest)
    }

    /// The line for an engine, with its newline.
    public var line: [UInt8] {
        JSON.object(members).bytes + [UInt8(ascii: "\n")]
    }

    /// Whether it waits until the message is somewhere else than on this disk.
    public var waitsForPeer: Bool {
        guard case .choice? = spec.argument(Arguments.wait.spec.name)?.type,
            let wait = members.value(Arguments.wait.spec.name)?.stringValue
        else { return false }
        return wait != MessageState.accepted.rawValue
    }

    /// Limits its time, unless it has a limit.
    public mutating func limit(to time: Duration) {
        guard !members.contains(Fields.timeout.name) else { return }
        members.append(
            JSON.Member(
                Fields.timeout.name, .string(DurationText.text(milliseconds: max(1, time.millisecondsClamped)))))
    }

    /// How long it may take; nil for as long as it likes.
    public var timeout: Duration? { Envelope(members).timeout }

    /// Gives it an idempotency key of its own, unless it has one or takes none: so it can be handed to another engine
    /// when the first has ended without an answer.
    @NetworkActor public mutating func identify(_ random: any RandomSource) {
        guard spec.takesKey, !members.contains(Fields.key.name) else { return }
        var bytes = [UInt8](repeating: 0, count: 16)
        bytes.withUnsafeMutableBytes { random.fill($0) }
        members.append(JSON.Member(Fields.key.name, .string("oneshot:" + Base64.encode(bytes))))
    }

    /// Whether it may be given to another engine when the first has ended without an answer: it changes nothing, or has
    /// a key by which it is done once.
    public var isRepeatable: Bool { !spec.isUnrepeatable }

    /// What is to be said when an engine took the command and has ended without an answer, or does not answer.
    ///
    /// - Parameter isTimeout: Whether the time is over.
    public func unanswered(_ text: String, isTimeout: Bool) -> CommandFailure {
        let key = members.value(Fields.key.name)?.stringValue
        var failure = CommandFailure(isTimeout ? .timeout : .engineStopping, text)
        if spec.isKept || spec.isUnrepeatable { failure.standing = .unknown(key: key) }
        return failure
    }

    /// Whether a field is on the items that answer the command; if not, it is on the line that ends the answer.
    ///
    /// - Throws: `argument.unknown`, if there is none.
    public func hasItems(with field: String) throws(CommandFailure) -> Bool {
        if spec.item.contains(where: { $0.name == field }) { return true }
        let known = (spec.item + spec.answer).map(\.name)
        guard !known.contains(field) else { return false }
        let hint = Suggestion.hint(for: field, among: known)
        let list = known.isEmpty ? "none" : known.joined(separator: ", ")
        throw CommandFailure(
            .argumentUnknown,
            "\(spec.name) answers with no field '\(field.forMessage)'\(hint.isEmpty ? "; it has \(list)" : hint)",
            field: field.forMessage)
    }

    static func unknown(_ name: String, _ others: [String] = []) -> CommandFailure {
        let suggestion = CommandSuggestion(CommandTable.standard.all.map(\.spec), others: others)
        let hint = suggestion.hint(for: name) { word in "'linnet help\(word.map { " " + $0 } ?? "")'" }
        return CommandFailure(.commandUnknown, "no command '\(name.forMessage)'\(hint)", field: Fields.cmd.name)
    }
}

extension ShellCommand {
    private mutating func take(
        _ word: String, _ read: (Source) throws(CommandFailure) -> [UInt8]
    ) throws(CommandFailure) {
        guard var (name, text) = word.cut(at: UInt8(ascii: "=")), !name.isEmpty else {
            let which = spec.takesSecrets ? "one of the words" : "'\(word.forMessage)'"
            throw CommandFailure(
                .argumentInvalid, "\(which) is no field=value; 'linnet help \(spec.name)' tells the fields")
        }
        let isRaw = name.utf8.last == UInt8(ascii: ":")
        if isRaw { name = String(Substring(name.utf8.dropLast())) }
        guard !name.isSame(as: Fields.cmd.name) else {
            throw CommandFailure(.argumentInvalid, "'cmd' is given already: \(spec.name)", field: Fields.cmd.name)
        }
        // A field that nobody declared is refused with all the others, by the validation of the whole.
        let field = field(name) ?? FieldSpec(name, .text(0), "")
        let path = text.dropping(prefix: "@")
        let isEscaped = text.dropping(prefix: "@@") != nil
        if field.isSecret, isRaw || isEscaped || path == nil {
            throw CommandFailure(
                .argumentInvalid,
                "'\(name)' is a secret, and everybody can read a command line; "
                    + "give \(name)=@- and write it to stdin, or \(name)=@FILE", field: field.name)
        }
        if let path, !isRaw, !isEscaped {
            let bytes: [UInt8]
            do throws(CommandFailure) {
                bytes = try read(path == "-" ? .standardInput : .file(path))
            } catch {
                throw error.blaming(field.name)
            }
            return try add(field, try field.type.value(ofContent: bytes, field))
        }
        // A path among the fields stays one: it need be no text.
        guard let plain = PathText.plain(text) else {
            throw CommandFailure(.argumentInvalid, "'\(field.name.forMessage)' is no UTF-8 text", field: field.name)
        }
        text = plain
        if isRaw {
            try add(field, try json(text, field))
        } else {
            try add(field, field.type.value(ofWord: isEscaped ? text.dropping(prefix: "@") ?? text : text))
        }
    }

    private func field(_ name: String) -> FieldSpec? {
        switch name {
        case Fields.id.name: Fields.id
        case Fields.key.name: Fields.key
        case Fields.timeout.name: Fields.timeout
        default: spec.argument(name)
        }
    }

    private func json(_ text: String, _ field: FieldSpec) throws(CommandFailure) -> JSON {
        do throws(JSONError) {
            return try JSON(parsing: Array(text.utf8))
        } catch {
            throw CommandFailure(
                .argumentInvalid, "'\(field.name)' is no JSON: \(error.description)", field: field.name)
        }
    }

    /// Adds a value: to those of a list, if there are any.
    private mutating func add(_ field: FieldSpec, _ value: JSON) throws(CommandFailure) {
        guard let index = members.firstIndex(where: { $0.name == field.name }) else {
            return members.append(JSON.Member(name: field.name, value: value))
        }
        guard case .list = field.type, case .array(let values) = members[index].value, case .array(let more) = value
        else {
            throw CommandFailure(.argumentInvalid, "'\(field.name)' is given twice", field: field.name)
        }
        members[index] = JSON.Member(name: field.name, value: .array(values + more))
    }
}

extension FieldSpec {
    /// Bytes as the text that no line may hold otherwise.
    ///
    /// - Throws: `argument.invalid` for what is no UTF-8, and for U+0000.
    fileprivate func text(_ bytes: some Sequence<UInt8>) throws(CommandFailure) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure(.argumentInvalid, "'\(name)' is no UTF-8 text", field: name)
        }
        if text.utf8.contains(0) {
            throw CommandFailure(.argumentInvalid, "'\(name)' holds U+0000, which no text may", field: name)
        }
        return text
    }
}

extension FieldType {
    /// The JSON for what a person typed. What does not fit the type stays text, for the validation to refuse.
    public func value(ofWord text: String) -> JSON {
        switch self {
        case .integer, .identifier: Int64(text).map(JSON.integer) ?? .string(text)
        case .duration, .number:
            Int64(text).map(JSON.integer) ?? Double(text).flatMap { $0.isFinite ? .number($0) : nil } ?? .string(text)
        case .boolean: text == "true" ? .bool(true) : text == "false" ? .bool(false) : .string(text)
        case .list(let element, _): .array([element.value(ofWord: text)])
        default: .string(text)
        }
    }

    /// The JSON for what a file holds.
    func value(ofContent bytes: [UInt8], _ field: FieldSpec) throws(CommandFailure) -> JSON {
        if case .base64 = self { return .string(Base64.encode(bytes)) }
        if case .list(let element, _) = self {
            let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                .map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }
            var values: [JSON] = []
            for line in lines where !line.isEmpty { values.append(element.value(ofWord: try field.text(line))) }
            return .array(values)
        }
        return value(ofWord: try field.text(bytes.prefix(EndOfLine.count(before: bytes))))
    }
}
