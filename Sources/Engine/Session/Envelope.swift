import Wire

/// The id of a command: echoed verbatim, never looked into.
enum CommandID: Equatable, Sendable {
    case string(String)
    case integer(Int64)
}

/// The reserved fields of an input line.
struct Envelope {
    /// The reserved names.
    static let reserved = [Fields.cmd.name, Fields.id.name, Fields.key.name, Fields.timeout.name]

    /// The longest string an `id` may be, in bytes.
    static let maximumID = 128

    var command: String?
    var id: CommandID?
    var key: String?
    var timeout: Duration?
    /// What was wrong with a reserved field. `id` and `command` are filled in as far as they were right, so that the
    /// error can carry them.
    var problem: CommandFailure?

    /// Whether a field belongs to the envelope.
    static func isReserved(_ name: String) -> Bool {
        name == Fields.cmd.name || name == Fields.id.name || name == Fields.key.name || name == Fields.timeout.name
    }

    /// Reads the reserved fields of a line.
    init(_ members: [JSON.Member]) {
        for member in members {
            switch member.name {
            case "cmd": takeCommand(member.value)
            case "id": takeID(member.value)
            case "key": takeKey(member.value)
            case "timeout": takeTimeout(member.value)
            default: break
            }
        }
        if command == nil, problem == nil {
            problem = CommandFailure(
                .argumentMissing, "the line has no 'cmd'; try {\"cmd\":\"help\"}", field: Fields.cmd.name)
        }
    }

    private mutating func takeCommand(_ value: JSON) {
        guard case .string(let name) = value else { return refuse(Fields.cmd, "must be a string") }
        command = name
    }

    private mutating func takeID(_ value: JSON) {
        if let problem = Fields.id.type.problem(with: value) { return refuse(Fields.id, problem) }
        switch value {
        case .string(let text): id = .string(text)
        case .integer(let number): id = .integer(number)
        default: break
        }
    }

    private mutating func takeKey(_ value: JSON) {
        if let problem = Fields.key.type.problem(with: value) { return refuse(Fields.key, problem) }
        if case .string(let text) = value { key = text }
    }

    private mutating func takeTimeout(_ value: JSON) {
        if let problem = Fields.timeout.type.problem(with: value) { return refuse(Fields.timeout, problem) }
        timeout = DurationText.milliseconds(value).map { .milliseconds($0) }
    }

    private mutating func refuse(_ field: FieldSpec, _ reason: String) {
        problem = problem ?? CommandFailure(.argumentInvalid, "'\(field.name)' \(reason)", field: field.name)
    }
}
