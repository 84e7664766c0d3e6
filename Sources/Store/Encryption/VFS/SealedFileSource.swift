import CSQLite

/// Makes the files of an encrypted store for SQLite. Everything but the database and its log stays in memory.
final class SealedFileSource: VirtualFileSource {
    private let files: SealedFiles

    init(_ files: SealedFiles) { self.files = files }

    func open(
        _ name: UnsafePointer<CChar>?, flags: Int32, below: FileBelow?
    ) -> Result<VirtualFile, VirtualFileRefusal> {
        guard let below else { return .success(TransientFile()) }
        guard flags & SQLITE_OPEN_WAL != 0 else { return .success(SealedDatabaseFile(files, below: below)) }
        // The name is the one that SQLite made for this database's log, which leads back to the database.
        let database = VirtualFileSystem.file(sqlite3_database_file_object(name)) as? SealedDatabaseFile
        guard let database else { return .failure(VirtualFileRefusal(code: SQLITE_CANTOPEN)) }
        return .success(SealedLogFile(files, below: below, database: database))
    }

    func remove(_ name: String) -> Int32 {
        if name.hasSuffix("-journal") { return SQLITE_OK }
        guard name.hasSuffix("-wal") else { return SQLITE_NOTFOUND }
        let discarded = files.discardLog(nil)
        return discarded == SQLITE_OK ? SQLITE_NOTFOUND : discarded
    }

    func exists(_ name: String) -> Bool? {
        // A journal that lies there is none of ours, and must not be played back.
        name.hasSuffix("-journal") ? false : nil
    }
}
