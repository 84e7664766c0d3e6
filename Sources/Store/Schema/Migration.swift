/// One step of the schema. Steps are numbered 1, 2, 3 …, run once, in order, each in its own transaction together with
/// the new `user_version`, and are never edited after a release.
struct Migration: Sendable {
    let version: Int64
    let script: String
}

extension Database {
    /// "linn": tells a linnet store from the SQLite file of another program.
    static let applicationID: Int64 = 0x6c69_6e6e

    /// Checks whose file this is, sets up durability, and brings the schema up to date.
    /// Throws `newerVersion`, `foreign` or `corrupt` without having changed anything.
    func prepareSchema(
        _ migrations: [Migration] = Schema.migrations, configuration: StoreConfiguration = .init()
    ) throws(StoreError) {
        let found = try checkOwner(migrations)
        try execute(
            script: """
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = FULL;
                PRAGMA foreign_keys = ON;
                PRAGMA trusted_schema = OFF;
                PRAGMA cell_size_check = ON;
                PRAGMA temp_store = MEMORY;
                PRAGMA cache_size = -8192;
                PRAGMA journal_size_limit = 16777216;
                """)
        if let pages = configuration.maximumPageCount { _ = try pragma("max_page_count = \(pages)") }
        for migration in migrations where migration.version > found { try apply(migration) }
    }

    /// The version of the schema. Throws `foreign` if another program made the file, `newerVersion` if a later linnet did.
    func checkOwner(_ migrations: [Migration] = Schema.migrations) throws(StoreError) -> Int64 {
        let version = try pragma("user_version")
        let owner = try pragma("application_id")
        let tables = try first("SELECT count(*) FROM sqlite_schema") { $0.integer(0) } ?? 0
        let isNew = owner == 0 && version == 0 && tables == 0
        guard isNew || owner == Self.applicationID else {
            throw StoreError(.foreign, "\(path) belongs to another program: choose another directory")
        }
        let known = migrations.last?.version ?? 0
        guard version <= known else {
            throw StoreError(
                .newerVersion,
                "\(path) has schema version \(version), this linnet knows \(known): install the newer linnet")
        }
        return version
    }

    private func apply(_ migration: Migration) throws(StoreError) {
        do {
            try execute(
                script: """
                    BEGIN IMMEDIATE;
                    \(migration.script)
                    PRAGMA application_id = \(Self.applicationID);
                    PRAGMA user_version = \(migration.version);
                    COMMIT;
                    """)
        } catch {
            if !isAutocommit { try? execute(script: "ROLLBACK") }
            throw error
        }
    }
}
