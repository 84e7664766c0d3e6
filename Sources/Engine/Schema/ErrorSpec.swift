/// A kind of failure as a program sees it: the stable code, whether trying again helps, the exit status.
public struct ErrorSpec: Sendable, Equatable {
    /// The value of `code`: dotted, stable for ever.
    public let code: String
    /// Whether the same command may succeed at another time.
    public let retry: Retry
    /// The status of a process that ends because of it.
    public let exit: ExitCode
    /// What has happened, for a person.
    public let summary: String
    /// What to do about it.
    public let remedy: String
    /// A line of this kind as it may read.
    public let example: Example
    /// Fields beside those of every error line.
    public let details: [FieldSpec]
    /// Whether its text may hold a part of a secret: it is for the one who asked, and for no log or record.
    public var isSensitive = false
    /// The version of linnet that first had it.
    public var since = "0.1.0"

    /// Whether it may come after a change was made.
    var mayHaveMade: Bool { details.contains { $0.name == Fields.done.name } }

    /// The same kind of failure, whose text may hold a part of a secret.
    var sensitive: ErrorSpec {
        var copy = self
        copy.isSensitive = true
        return copy
    }

    /// How a failure may come about.
    public struct Example: Sendable {
        /// The `text`.
        public let message: String
        /// The command that failed; nil if no line is to blame, or one that was no command.
        public var command: String?
        /// The argument that is to blame.
        public var field: String?

        /// A failure of a command, for which one of its arguments is to blame.
        static func of(_ command: String, _ field: String, _ message: String) -> Example {
            Example(message: message, command: command, field: field)
        }

        /// A failure of a command.
        static func of(_ command: String, _ message: String) -> Example {
            Example(message: message, command: command)
        }

        /// A failure of a line, or of the engine's start.
        static func plain(_ message: String) -> Example {
            Example(message: message)
        }
    }

    /// What a program should do about a failed command.
    public enum Retry: String, CaseIterable, Sendable {
        /// The command is wrong; it will fail again.
        case never
        /// The world was not ready; the same command may succeed.
        case later
        /// The same, and `retry_after_ms` says when.
        case after
        /// An account has to be unlocked first.
        case unlock
    }

    init(
        _ code: String, retry: Retry, exit: ExitCode, _ summary: String, remedy: String, example: Example,
        details: [FieldSpec] = []
    ) {
        self.code = code
        self.retry = retry
        self.exit = exit
        self.summary = summary
        self.remedy = remedy
        self.example = example
        self.details = details
    }

    /// Errors are the same when their codes are.
    public static func == (left: ErrorSpec, right: ErrorSpec) -> Bool {
        left.code == right.code
    }
}
