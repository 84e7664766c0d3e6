/// Why an account is locked.
enum LockReason: String, CaseIterable {
    /// It has a passphrase, and the engine was started without it.
    case start
    /// The command `account.lock`.
    case command
    /// Nobody has asked for anything for long enough.
    case idle
    /// There is none yet.
    case missing
}
