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

    /// The defaults.
    public init() {}
}
