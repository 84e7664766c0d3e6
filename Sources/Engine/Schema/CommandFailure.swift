import Messaging
import Store
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
    /// What had been changed for good when it failed; nil for nothing.
    var standing: Standing?

    /// A failure.
    public init(_ spec: ErrorSpec, _ message: String, field: String? = nil, details: [JSON.Member] = []) {
        self.spec = spec
        self.message = message
        self.field = field
        self.details = details
    }

    /// What a failed command has changed for good.
    enum Standing: Sendable {
        /// It has made a message, which is in this state, and goes on its way.
        case made(MessageID, MessageState)
        /// The change was on its way to the disk: who asks again by the key learns whether it was made.
        case unknown(key: String?)

        /// The fields that say so.
        var details: [JSON.Member] {
            switch self {
            case .made(let message, let state):
                [
                    Fields.message.detail(.string(message.description)),
                    Fields.state.detail(.string(state.rawValue)),
                ]
            case .unknown(let key):
                [Fields.done.detail(.string("unknown"))] + (key.map { [Fields.key.detail(.string($0))] } ?? [])
            }
        }
    }

    /// Whether to try again. What was made is not to be made again.
    var retry: ErrorSpec.Retry {
        if case .made? = standing { .never } else { spec.retry }
    }

    /// Failures are the same when their codes are.
    public static func == (left: CommandFailure, right: CommandFailure) -> Bool {
        left.spec == right.spec
    }

    /// The same failure, with more to say.
    func adding(_ text: String) -> CommandFailure {
        var copy = CommandFailure(spec, message + "; " + text, field: field, details: details)
        copy.standing = standing
        return copy
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
