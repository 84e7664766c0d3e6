import Crypto

/// The store's parameters.
public struct StoreConfiguration: Sendable {
    /// Writes and reads that may wait for the store's thread; more are refused with `overloaded`.
    public var maximumPending = 65_536
    /// Writes that share one transaction at most, so that a long queue does not delay its first completion.
    public var maximumBatch = 4_096
    /// How long to wait for another process that holds the database (a backup, a person with `sqlite3`).
    /// Milliseconds.
    public var busyTimeout: Int32 = 5_000
    /// Pages of 4 KiB that the database may have; nil for no limit but the disk's. Full answers `full`.
    public var maximumPageCount: Int?
    /// The key that the files are encrypted with, 32 random bytes; nil for files in the clear. A store in memory has no
    /// files, and no use for it.
    ///
    /// Another key than the first one, or none, is refused with `keyWrong`. The store's own keys are derived from this
    /// one; they live in guarded memory until the store is closed.
    public var key: SecretBytes?
    /// Whether a store in the clear is encrypted in place when a key is given; the way back does not exist. Only for
    /// whoever knows that this store was never encrypted: otherwise a file in the clear is somebody else's doing, and
    /// refused with `corrupt`.
    public var encryptsPlaintext = false

    /// Asked before each batch of work, on the store's thread: what has become of the files, if they are not where they were
    /// any more. Then nothing of the batch is done (`gone`), and closing the store touches nothing that has a name.
    public var problem: (@Sendable () -> String?)?

    /// What stands under an encrypted store; tests put their own there.
    var disk: any Disk = SystemDisk()
    /// The name of the VFS under that of an encrypted store; nil for the system's default.
    var vfsBelow: String?

    /// The defaults.
    public init() {}
}
