import Crypto

/// Finds out what lies in a store's directory, finishes what a crash has left half done, and makes what is missing.
struct StoreOpening {
    let directory: String
    let key: SecretBytes
    let configuration: StoreConfiguration

    private var path: String { StoreLocation.directory(directory).path }
    private var sealPath: String { path + SealFile.suffix }
    private var disk: any Disk { configuration.disk }

    /// What the database file is.
    private enum Content {
        case empty
        case plaintext
        case other
    }

    /// The files, sound as far as one can tell without reading every page.
    func run() throws(StoreError) -> SealedFiles {
        let building = StoreBuilding(
            directory: directory, path: path, key: key, configuration: configuration)
        let hasSeals = try disk.open(sealPath, creates: false) != nil
        switch (try content(), hasSeals) {
        case (.empty, false): try building.make()
        case (.empty, true): throw .missing(path, beside: sealPath)
        case (.plaintext, false):
            guard configuration.encryptsPlaintext else { throw .plaintext(path) }
            try building.encrypt()
        case (.plaintext, true): throw .plaintext(path)
        case (.other, false):
            guard try building.finish() else { throw .missing(sealPath, beside: path) }
        case (.other, true): try building.clear()
        }
        return try open()
    }

    private func content() throws(StoreError) -> Content {
        guard let file = try disk.open(path, creates: false) else { return .empty }
        let beginning = try file.read(16, at: 0)
        if beginning.isEmpty { return .empty }
        return beginning == Array("SQLite format 3\0".utf8) ? .plaintext : .other
    }

    private func open() throws(StoreError) -> SealedFiles {
        guard let seals = try SealFile(opening: sealPath, in: directory, key: key, disk: disk) else {
            throw .missing(sealPath, beside: path)
        }
        let logPath = path + "-wal"
        var outcome = LogAudit.Outcome(log: FrameLog(base: seals.step, salts: 0), hasTraces: false)
        if let log = try disk.open(logPath, creates: false) {
            let audit = LogAudit(
                path: logPath, file: log, base: seals.step, coder: FrameCoder(key: seals.keys.frames),
                cipher: PageCipher(key: seals.keys.pages))
            outcome = try audit.run()
        }
        // A record is written when there was a log, which is still there if the record did not come to its end.
        if seals.hasTornEnd && !outcome.hasTraces { throw .damagedSeals(sealPath) }
        if outcome.log.count == 0, let database = try disk.open(path, creates: false) {
            let found = try database.size() / SealedPage.byteCount
            guard found >= Int(seals.table.count) else { throw .missingPage(UInt32(clamping: found + 1), of: path) }
        }
        return SealedFiles(path: path, seals: seals, log: outcome)
    }
}
