import CSQLite
import Crypto

/// What a look at a store found. The content is left as it is.
public struct StoreInspection: Sendable {
    /// The version of the schema in the file; 0 for an empty file.
    public let version: Int64
    /// What SQLite finds wrong with the file, a sentence each, at most eight.
    public let faults: [String]

    /// The version that this linnet writes.
    public static let currentVersion = Schema.migrations.last?.version ?? 0

    /// The version of the SQLite library, such as `3.40.1`.
    public static var libraryVersion: String { String(cString: sqlite3_libversion()) }

    /// Looks at the store in a directory, also while an engine writes to it: all pages and tables, but not whether
    /// each index has every row (`PRAGMA quick_check`).
    ///
    /// - Parameters:
    ///   - isInUse: Whether an engine has it open. If not, and the last one has closed it, SQLite is told that nobody
    ///     writes, so that it makes no file of its own.
    ///   - key: The key of an encrypted store. That is opened as an engine does it, so only while none has it.
    /// - Throws: as opening does: `corrupt`, `foreign`, `newerVersion`, `permission`, `io`; `keyWrong` for an encrypted
    ///   store without its key, `locked` if it is in use.
    public init(directory: String, isInUse: Bool, key: SecretBytes? = nil) throws(StoreError) {
        let location = StoreLocation.directory(directory)
        let path = location.path
        let database: Database
        if SealedStore.isThere(location) {
            guard let key else { throw .keyless(path) }
            var configuration = StoreConfiguration()
            configuration.key = key
            configuration.busyTimeout = 0
            database = try Database(location, configuration: configuration)
        } else {
            database = try Database(inspecting: path, isImmutable: !isInUse && !Database.hasLog(path))
        }
        version = try database.checkOwner()
        faults = try database.all("PRAGMA quick_check(8)") { $0.text(0) }.filter { $0 != "ok" }
    }
}
