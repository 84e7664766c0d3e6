import Crypto

/// Makes an encrypted store, empty or from one in the clear, beside the place where it will be, and puts it there when
/// it is whole and on the disk. A crash leaves either the old files or the new ones, or a last step for `finish`.
struct StoreBuilding {
    let directory: String
    /// Where the database will be.
    let path: String
    let key: SecretBytes
    let configuration: StoreConfiguration

    private var disk: any Disk { configuration.disk }
    private var newPath: String { path + "-building" }
    private var newSealPath: String { newPath + SealFile.suffix }
    /// Zeros are written in pieces of this size.
    private static let pieceByteCount = 1 << 20

    /// A store without a schema yet.
    func make() throws(StoreError) {
        try build { _ throws(StoreError) in }
        try publish()
    }

    /// The same content as the database in the clear. Throws `foreign` or `newerVersion` without having changed
    /// anything when that is not a store of ours.
    func encrypt() throws(StoreError) {
        try build { (store) throws(StoreError) in
            let plain = try Database(opening: path, configuration: configuration, takesURIs: true)
            _ = try plain.checkOwner()
            // The page size first: it resets what is reserved.
            try plain.execute(script: "PRAGMA page_size = \(SealedPage.byteCount)")
            try plain.reserve(SealedPage.reservedByteCount)
            // Without its log it has nobody else's changes, and while it is locked it gets none.
            try plain.execute(
                script: """
                    PRAGMA temp_store = MEMORY;
                    PRAGMA locking_mode = EXCLUSIVE;
                    PRAGMA journal_mode = DELETE;
                    VACUUM INTO '\(Database.uri(newPath, "?vfs=" + store.vfs))';
                    """)
        }
        for companion in ["-wal", "-journal"] {
            guard let file = try disk.open(path + companion, creates: false) else { continue }
            guard try file.size() == 0 else { throw StoreError(.locked, "\(path) is in use by another process") }
            try disk.remove(path + companion)
        }
        let plain = try disk.open(path, creates: false)
        try publish()
        if let plain { try Self.overwrite(plain) }
    }

    /// Puts the seals beside a database that a crash has left alone. False if there is nothing to finish.
    func finish() throws(StoreError) -> Bool {
        guard try disk.open(newSealPath, creates: false) != nil else { return false }
        try disk.rename(newSealPath, to: path + SealFile.suffix)
        try disk.syncDirectory(directory)
        return true
    }

    /// Removes what was not built to the end.
    func clear() throws(StoreError) {
        for suffix in ["", "-wal", SealFile.suffix] { try disk.remove(newPath + suffix) }
    }

    private func build(_ fill: (SealedStore) throws(StoreError) -> Void) throws(StoreError) {
        try clear()
        // SQLite would make it readable by others.
        let database = try disk.open(newPath, creates: true)
        let seals = try SealFile(creating: newSealPath, in: directory, key: key, disk: disk)
        let files = SealedFiles(building: newPath, seals: seals)
        let store = try SealedStore(files, lock: nil, over: configuration.vfsBelow)
        try fill(store)
        do {
            let new = try Database(opening: newPath, sealed: store, configuration: configuration)
            try new.reserve(SealedPage.reservedByteCount)
            // From here on every change goes through the log, which is what makes it safe.
            try new.execute(script: "PRAGMA journal_mode = WAL")
        }
        try files.finishBuilding()
        try database?.sync()
    }

    private func publish() throws(StoreError) {
        try disk.syncDirectory(directory)
        try disk.rename(newPath, to: path)
        try disk.syncDirectory(directory)
        guard try finish() else { throw StoreError(.io, "\(newSealPath) is gone") }
    }

    /// Writes zeros over a file that has lost its name. Where a file system writes elsewhere than before, the old bytes
    /// stay until it uses their place.
    private static func overwrite(_ file: any DiskFile) throws(StoreError) {
        let count = try file.size()
        for offset in stride(from: 0, to: count, by: pieceByteCount) {
            try file.write([UInt8](repeating: 0, count: min(pieceByteCount, count - offset)), at: offset)
        }
        try file.sync()
    }
}
