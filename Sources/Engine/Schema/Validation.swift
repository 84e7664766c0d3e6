import Identity
import Messaging
import Multiformats
import Wire

/// Holding a command's fields against its declaration.
extension CommandSpec {
    /// Checks every field of a line beside the envelope's, and whether it may have a key.
    ///
    /// - Throws: `argument.unknown`, `argument.invalid` or `argument.missing`, naming the field.
    func validate(_ members: [JSON.Member]) throws(CommandFailure) {
        for member in members where !Envelope.isReserved(member.name) {
            guard let argument = argument(member.name) else { throw unknownArgument(member.name) }
            if let problem = argument.type.problem(with: member.value) {
                // Some complaints repeat the value.
                let told = argument.isSecret && argument.type.isRepeatedInProblems ? "is invalid" : problem
                throw CommandFailure(.argumentInvalid, "'\(argument.name)' \(told)", field: argument.name)
            }
        }
        for argument in arguments where argument.isRequired && !members.contains(argument.name) {
            throw CommandFailure(
                .argumentMissing, "\(name) needs '\(argument.name)': \(argument.summary)", field: argument.name)
        }
        for alternative in alternatives { try check(alternative, members) }
        if !takesKey, members.contains(Fields.key.name) {
            throw CommandFailure(
                .argumentInvalid, "\(name) changes no stored data, so it takes no key", field: Fields.key.name)
        }
    }

    private func check(_ alternative: Alternative, _ members: [JSON.Member]) throws(CommandFailure) {
        var given: String?
        for name in alternative.names where members.contains(name) {
            if let given, alternative.isExclusive {
                throw CommandFailure(.argumentInvalid, "give '\(given)' or '\(name)', not both", field: name)
            }
            given = name
        }
        if given == nil, alternative.isRequired {
            let names = alternative.names.map { "'\($0)'" }.joined(separator: " or ")
            throw CommandFailure(.argumentMissing, "\(name) needs \(names)", field: alternative.names.first)
        }
    }

    private func unknownArgument(_ field: String) -> CommandFailure {
        let known = arguments.map(\.name) + Envelope.reserved
        let hint = Suggestion.hint(for: field, among: known)
        // What is no slip of the fingers may be the secret itself, at the wrong place.
        if takesSecrets, hint.isEmpty {
            return CommandFailure(
                .argumentUnknown, "\(name) has no such field; it has \(arguments.map(\.name).joined(separator: ", "))")
        }
        return CommandFailure(
            .argumentUnknown, "\(name) has no field '\(field.forMessage)'\(hint)", field: field.forMessage)
    }
}

extension FieldType {
    /// What is wrong with a value, as the rest of a sentence that begins with the field's name; nil if nothing is.
    public func problem(with value: JSON) -> String? {
        switch self {
        case .string(let bytes):
            guard case .string(let text) = value else { return "must be a string" }
            return Self.problem(count: text.utf8.count, in: bytes, "bytes")
        case .integer(let range):
            guard case .integer(let number) = value else { return "must be a whole number" }
            return range.contains(number) ? nil : "must be in \(range.lowerBound)...\(range.upperBound)"
        case .number:
            switch value {
            case .integer, .number: return nil
            default: return "must be a number"
            }
        case .boolean:
            if case .bool = value { return nil }
            return "must be true or false"
        case .choice(let words):
            let list = words.joined(separator: ", ")
            guard case .string(let text) = value else { return "must be one of \(list)" }
            return words.contains(text)
                ? nil
                : "must be one of \(list), not '\(text.forMessage)'\(Suggestion.hint(for: text, among: words))"
        case .duration(let range):
            guard let milliseconds = DurationText.milliseconds(value) else {
                return "must be a number of seconds, or text with a unit such as \"500ms\", \"90s\", \"10m\", \"24h\""
            }
            guard !range.contains(milliseconds) else { return nil }
            let bounds = [range.lowerBound, range.upperBound].map { DurationText.text(milliseconds: $0) }
            return "must be from \(bounds[0]) to \(bounds[1])"
        case .list(let element, let count): return Self.problem(with: value, each: element, count)
        case .base64(let bytes):
            guard case .string(let text) = value, let decoded = Base64.decode(text) else {
                return "must be base64"
            }
            return Self.problem(count: decoded.count, in: bytes, "bytes when decoded")
        case .any: return nil
        case .identifier: return Self.identifierProblem(with: value)
        case .peer, .target, .multiaddr, .messageID, .time, .object:
            return nameProblem(with: value)
        }
    }

    /// Whether the text about a wrong value may hold the value.
    var isRepeatedInProblems: Bool {
        switch self {
        case .choice, .peer, .multiaddr: true
        case .list(let element, _): element.isRepeatedInProblems
        default: false
        }
    }

    /// What is wrong with a string or an integer.
    private static func identifierProblem(with value: JSON) -> String? {
        switch value {
        case .string(let text): problem(count: text.utf8.count, in: 0...Envelope.maximumID, "bytes")
        case .integer(let number): number.magnitude <= safeInteger.magnitude ? nil : "must be below 2^53"
        default: "must be a string or a whole number"
        }
    }

    /// The types that name something.
    private func nameProblem(with value: JSON) -> String? {
        guard case .string(let text) = value else { return "must be a string" }
        switch self {
        case .peer:
            do throws(IdentityError) {
                _ = try PeerID(text)
                return nil
            } catch {
                return "is no peer id: \(error)"
            }
        case .multiaddr:
            do throws(MultiaddrError) {
                _ = try Multiaddr(text)
                return nil
            } catch {
                return "is no multiaddr: \(error.detail)"
            }
        case .messageID:
            return MessageID(text) == nil ? "is no message id: those have 26 letters and digits" : nil
        default:
            return Self.problem(count: text.utf8.count, in: 1...256, "bytes")
        }
    }

    private static func problem(count: Int, in range: ClosedRange<Int>, _ unit: String) -> String? {
        if count > range.upperBound { return "must have at most \(range.upperBound) \(unit), not \(count)" }
        if count < range.lowerBound {
            return range.lowerBound == 1 ? "must not be empty" : "must have at least \(range.lowerBound) \(unit)"
        }
        return nil
    }

    private static func problem(with value: JSON, each element: FieldType, _ count: ClosedRange<Int>) -> String? {
        guard case .array(let values) = value else {
            // A plain value is the only one of its list.
            return element.problem(with: value) ?? problem(count: 1, in: count, "values")
        }
        if let problem = problem(count: values.count, in: count, "values") { return problem }
        for (index, value) in values.enumerated() {
            if let problem = element.problem(with: value) { return "at \(index) \(problem)" }
        }
        return nil
    }
}

extension JSON {
    /// The values of a field that takes several: those of an array, or this one alone.
    var elements: [JSON] { arrayValue ?? [self] }
}

extension [JSON.Member] {
    /// Whether a member with this name is there.
    func contains(_ name: String) -> Bool {
        for member in self where member.name.isSame(as: name) { return true }
        return false
    }

    /// The value of the member with this name.
    func value(_ name: String) -> JSON? {
        for member in self where member.name.isSame(as: name) { return member.value }
        return nil
    }
}

extension String {
    /// What a stranger wrote, cut short so that it fits in a sentence.
    var forMessage: String {
        utf8.count <= 64 ? self : String(prefix(48)) + "…"
    }
}
