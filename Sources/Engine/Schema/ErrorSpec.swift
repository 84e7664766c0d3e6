/// A kind of failure as a program sees it: the stable code, whether trying again helps, the exit status.
public struct ErrorSpec: Sendable, Equatable {
    /// The value of `code`: dotted, stable for ever.
    public let code: String
    /// Whether the same command may succeed at another time.
    public let retry: Retry
    /// The status of a process that ends because of it.
    public let exit: ExitCode
    /// One line for a person.
    public let summary: String
    /// Fields beside those of every error line.
    public let details: [FieldSpec]

    /// What a program should do about a failed command.
    public enum Retry: String, Sendable {
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
        _ code: String, retry: Retry, exit: ExitCode, _ summary: String, details: [FieldSpec] = []
    ) {
        self.code = code
        self.retry = retry
        self.exit = exit
        self.summary = summary
        self.details = details
    }

    /// Errors are the same when their codes are.
    public static func == (left: ErrorSpec, right: ErrorSpec) -> Bool {
        left.code == right.code
    }
}

/// How a linnet process ends.
public struct ExitCode: Hashable, Sendable {
    /// The number for the shell.
    public let number: Int32

    private init(_ number: Int32) {
        self.number = number
    }

    /// All went well.
    public static let success = ExitCode(0)
    /// A command failed, in one-shot use.
    public static let commandFailed = ExitCode(1)
    /// A mistake of linnet's own.
    public static let `internal` = ExitCode(2)
    /// The network said no.
    public static let network = ExitCode(3)
    /// Somebody is not who they were said to be.
    public static let untrusted = ExitCode(4)
    /// Too much, too fast.
    public static let rateLimited = ExitCode(5)
    /// Another engine has the profile open.
    public static let profileInUse = ExitCode(6)
    /// Time ran out.
    public static let timedOut = ExitCode(7)
    /// The command line, or a command, makes no sense (`EX_USAGE`).
    public static let usage = ExitCode(64)
    /// A line makes no sense (`EX_DATAERR`).
    public static let badData = ExitCode(65)
    /// The store or the disk failed (`EX_IOERR`).
    public static let storage = ExitCode(74)
    /// The set-up is wrong (`EX_CONFIG`).
    public static let configuration = ExitCode(78)
    /// Stopped at once by a second signal of this number.
    public static func signal(_ number: Int32) -> ExitCode {
        ExitCode(128 + number)
    }
}
