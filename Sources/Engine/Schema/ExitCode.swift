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
    public static let success = ExitCode(0, "All went well; also when the reader of stdout has gone.")
    /// A command failed, in one-shot use.
    public static let commandFailed = ExitCode(1, "A command failed.")
    /// A mistake of linnet's own.
    public static let `internal` = ExitCode(2, "A mistake in linnet itself.")
    /// The network said no.
    public static let network = ExitCode(3, "The network or a peer said no.")
    /// Somebody is not who they were said to be.
    public static let untrusted = ExitCode(4, "Somebody is not who they were said to be.")
    /// Too much, too fast.
    public static let rateLimited = ExitCode(5, "Too much, or too fast.")
    /// Another engine has the profile open.
    public static let profileInUse = ExitCode(6, "Another engine has the profile open.")
    /// Time ran out.
    public static let timedOut = ExitCode(7, "Time ran out.")
    /// The command line, or a command, makes no sense (`EX_USAGE`).
    public static let usage = ExitCode(
        64, "The command line, or a command, makes no sense, or names what is not there.")
    /// A line makes no sense (`EX_DATAERR`).
    public static let badData = ExitCode(65, "A line of input makes no sense.")
    /// The store, the disk, stdin or stdout failed (`EX_IOERR`).
    public static let storage = ExitCode(
        74, "The store or the disk failed; stdin could not be read, or stdout not written; an engine went away.")
    /// The account is locked, or the passphrase is wrong (`EX_NOPERM`).
    public static let noPermission = ExitCode(77, "The account is locked, or the passphrase is wrong.")
    /// The set-up is wrong (`EX_CONFIG`).
    public static let configuration = ExitCode(78, "The set-up is wrong: the profile, its key, its directory.")
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
