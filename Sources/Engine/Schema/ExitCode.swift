/// How a linnet process ends: the number for the shell, and what it tells.
public struct ExitCode: Hashable, Sendable {
    /// The number for the shell.
    public let number: Int32
    /// One line for a person.
    public let summary: String

    private init(_ number: Int32, _ summary: String) {
        self.number = number
        self.summary = summary
    }

    /// All went well.
    public static let success = ExitCode(0, "Success; also when the reader of stdout has gone.")
    /// A command failed, in one-shot use.
    public static let commandFailed = ExitCode(1, "A command failed.")
    /// A mistake of linnet's own.
    public static let `internal` = ExitCode(2, "A bug in linnet.")
    /// The network said no.
    public static let network = ExitCode(3, "The network failed, or a peer could not be reached.")
    /// Somebody is not who they were said to be.
    public static let untrusted = ExitCode(4, "A different peer answered, or a signature is wrong.")
    /// Too much, too fast.
    public static let rateLimited = ExitCode(5, "A rate limit or a resource limit was reached.")
    /// Another engine has the profile open.
    public static let profileInUse = ExitCode(6, "Another engine has the profile open.")
    /// Time ran out.
    public static let timedOut = ExitCode(7, "A time limit was reached.")
    /// The command line, or a command, makes no sense (`EX_USAGE`).
    public static let usage = ExitCode(
        64, "The command line or a command is invalid, or names something that does not exist.")
    /// A line makes no sense (`EX_DATAERR`).
    public static let badData = ExitCode(65, "The input is invalid.")
    /// The store, the disk, stdin or stdout failed (`EX_IOERR`).
    public static let storage = ExitCode(
        74,
        "The database or the disk failed; stdin could not be read, or stdout could not be written; an engine was killed."
    )
    /// The account is locked, or the passphrase is wrong (`EX_NOPERM`).
    public static let noPermission = ExitCode(77, "The account is locked, or the passphrase is wrong.")
    /// The set-up is wrong (`EX_CONFIG`).
    public static let configuration = ExitCode(78, "The configuration or the profile cannot be used.")
    /// Stopped at once by a second signal of this number.
    public static func signal(_ number: Int32) -> ExitCode {
        ExitCode(128 + number, "Stopped at once by a second signal of number \(number).")
    }

    /// Every status, by number.
    public static let all: [ExitCode] = [
        success, commandFailed, .internal, network, untrusted, rateLimited, profileInUse, timedOut, usage, badData,
        storage, noPermission, configuration, signal(2), signal(15),
    ]
}
