/// Why a vault could not be read or opened. No case carries secret bytes.
public enum VaultError: Error, Equatable, Sendable {
    /// The bytes are no vault at all.
    case foreign
    /// A later linnet wrote it.
    case newer(version: Int)
    /// The file ends too early.
    case truncated
    /// The file was changed since it was written; the text says what shows it.
    case corrupt(String)
    /// The passphrase's key would take more memory or time than any honest file asks for.
    case costly(kibibytes: Int, passes: Int)
    /// The passphrase is another one, or there is one and none was given.
    case wrongPassphrase
    /// No passphrase may be what was given.
    case unfit(PassphraseError)
    /// The system has not the memory that the passphrase's key costs.
    case outOfMemory(kibibytes: Int)
    /// What was to be imported cannot be read; the text says why.
    case unreadable(String)
}

extension VaultError: CustomStringConvertible {
    /// One lower-case clause that says what is wrong, and one that says what to do.
    public var description: String {
        switch self {
        case .foreign: "it is no vault of linnet; put the vault back from a backup, or choose another profile"
        case .newer(let version):
            "a newer linnet wrote it (format \(version)); install that version again"
        case .truncated: "it ends too early; put it back from a backup"
        case .corrupt(let reason): "it is damaged: \(reason); put it back from a backup"
        case .costly(let kibibytes, let passes):
            "its passphrase would cost \(kibibytes) KiB and \(passes) passes, which no linnet asks for; "
                + "put it back from a backup"
        case .wrongPassphrase: "the passphrase is wrong"
        case .unfit(let error): "the passphrase \(error)"
        case .outOfMemory(let kibibytes): "its passphrase costs \(kibibytes) KiB of memory; free some"
        case .unreadable(let reason): reason
        }
    }
}
