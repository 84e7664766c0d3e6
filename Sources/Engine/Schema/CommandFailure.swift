import Wire

/// Why a command failed: what becomes its `error` line.
///
/// Two failures are equal when their codes are; the texts are for people.
public struct CommandFailure: Error, Sendable, Equatable {
    /// The kind of failure.
    public let spec: ErrorSpec
    /// What a person should know and do.
    public let message: String
    /// The argument that is to blame.
    public var field: String?
    /// The fields that this kind of error carries beside the common ones, in the order of its spec.
    public var details: [JSON.Member]

    /// A failure.
    public init(_ spec: ErrorSpec, _ message: String, field: String? = nil, details: [JSON.Member] = []) {
        self.spec = spec
        self.message = message
        self.field = field
        self.details = details
    }

    /// Failures are the same when their codes are.
    public static func == (left: CommandFailure, right: CommandFailure) -> Bool {
        left.spec == right.spec
    }

    /// The same failure, blamed on an argument.
    func blaming(_ field: String) -> CommandFailure {
        var copy = self
        copy.field = copy.field ?? field
        return copy
    }
}

extension FieldSpec {
    /// A detail of an error: this field with a value.
    func detail(_ value: JSON) -> JSON.Member {
        JSON.Member(name: name, value: value)
    }
}
