import Crypto
import Identity
import Messaging
import Multiformats
import Wire

/// What a command says, as idempotency keys compare it: by what it means, not by how it is written.
///
/// The order of members, escapes, how a number or an id is spelt, and whether a default is written out do not count; nor
/// do the envelope, and how long the asker waits. A peer or a group is the same by whatever name.
struct CommandDigest: Sendable, Equatable {
    /// SHA-256 over the content with its targets as they are written.
    private let literal: [UInt8]
    /// The same with the targets' ids; nil if one of the names means nothing at present.
    private let meaning: [UInt8]?

    private static let length = 32

    init(literal: [UInt8], meaning: [UInt8]?) {
        self.literal = literal
        self.meaning = meaning
    }

    /// What the store has kept.
    init(stored: [UInt8]) {
        literal = Array(stored.prefix(Self.length))
        meaning = stored.count == 2 * Self.length ? Array(stored.suffix(Self.length)) : nil
    }

    /// What the store keeps.
    var bytes: [UInt8] { literal + (meaning ?? []) }

    /// Whether both say the same. A name that means nothing, now or then, can only be compared as it is written.
    func isSame(as other: CommandDigest) -> Bool {
        if let meaning, let others = other.meaning { return meaning == others }
        return literal == other.literal
    }
}

extension CommandSpec {
    /// The digest of a command.
    ///
    /// - Parameter id: The stable id of the peer or the group that an argument names; nil if it names none.
    func digest(of members: [JSON.Member], id: (String, FieldSpec) -> String?) -> CommandDigest {
        var content = members.filter { !Envelope.isReserved($0.name) && $0.name != Arguments.wait.spec.name }
        for argument in arguments where !content.contains(argument.name) && argument.name != Arguments.wait.spec.name {
            if let value = argument.defaultValue { content.append(JSON.Member(argument.name, value)) }
        }
        content = content.map { member in
            JSON.Member(member.name, argument(member.name)?.type.canonical(member.value) ?? member.value)
        }
        content.append(JSON.Member(Fields.cmd.name, .string(name)))
        normalize?(&content)
        let literal = Self.hash(content)
        var isKnown = true
        for index in content.indices {
            guard let field = argument(content[index].name), field.type.isTarget else { continue }
            guard let value = Self.resolved(content[index].value, field, id) else {
                isKnown = false
                break
            }
            content[index] = JSON.Member(field.name, value)
        }
        return CommandDigest(literal: literal, meaning: isKnown ? Self.hash(content) : nil)
    }

    private static func hash(_ content: [JSON.Member]) -> [UInt8] {
        SHA256.hash(JSON.object(content).canonical.bytes)
    }

    private static func resolved(_ value: JSON, _ field: FieldSpec, _ id: (String, FieldSpec) -> String?) -> JSON? {
        switch value {
        case .string(let text): return id(text, field).map(JSON.string)
        case .array(let values):
            // Whom something concerns is a set.
            var found: [String] = []
            for value in values {
                guard let id = value.stringValue.flatMap({ id($0, field) }) else { return nil }
                if !found.contains(id) { found.append(id) }
            }
            return .array(found.sorted().map(JSON.string))
        default: return value
        }
    }
}

extension Engine {
    /// The digest of a command, with the targets that are known now.
    func digest(of members: [JSON.Member], _ spec: CommandSpec) -> CommandDigest {
        spec.digest(of: members) { text, field in
            isLocked ? nil : stableID(text, isGroup: field.name == GroupFields.target.name)
        }
    }
}

extension FieldType {
    fileprivate var isTarget: Bool {
        switch self {
        case .target: true
        case .list(let element, _): element.isTarget
        default: false
        }
    }

    /// A value of this type in the one way of writing it.
    func canonical(_ value: JSON) -> JSON {
        switch (self, value) {
        case (.duration, _): DurationText.milliseconds(value).map(JSON.integer) ?? value
        case (.peer, .string(let text)): .string((try? PeerID(text))?.description ?? text)
        case (.multiaddr, .string(let text)): .string((try? Multiaddr(text))?.description ?? text)
        case (.messageID, .string(let text)): .string(MessageID(text)?.description ?? text)
        case (.base64, .string(let text)): .string(Base64.decode(text).map(Base64.encode) ?? text)
        case (.list(let element, _), .array(let values)): .array(values.map(element.canonical))
        case (.list(let element, _), _): .array([element.canonical(value)])
        default: value
        }
    }
}

extension JSON {
    /// The same value with the members of every object in the order of their names. The parser bounds the depth.
    fileprivate var canonical: JSON {
        switch self {
        case .object(let members):
            .object(
                members.map { JSON.Member($0.name, $0.value.canonical) }.sorted {
                    $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
                })
        case .array(let values): .array(values.map(\.canonical))
        default: self
        }
    }
}
