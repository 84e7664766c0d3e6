import Foundation
import Testing

@testable import Store

/// What is in an encrypted store stands in none of its files, whatever SQLite does with it.
@Suite struct SecrecyTests {
    private let sealed = Sealed()

    /// Texts of every kind that the store keeps.
    private static let needles = [
        "needle-in-a-body", "needle-in-a-chat", "needle-in-an-alias", "needle-in-an-event", "needle-in-a-setting",
        "needle-in-an-id", "needlesearched",
    ]
    /// What tells a SQLite file, and what stands in the schema.
    private static let structure = [
        "SQLite format 3", "CREATE TABLE", "CREATE INDEX", "messages_by_chat", "peer_addresses",
    ]

    private func expectNothingReadable(_ when: String, location: SourceLocation = #_sourceLocation) throws {
        var names: Set<String> = []
        for name in try FileManager.default.contentsOfDirectory(atPath: sealed.directory.path) {
            names.insert(name)
            let content = try Data(contentsOf: URL(filePath: sealed.directory.path + "/" + name))
            for text in Self.needles + Self.structure {
                // SQLite's texts may be in UTF-16 as well, and in FTS5's index without their first letters.
                for form in [
                    Data(text.utf8), text.data(using: .utf16LittleEndian) ?? Data(), Data(text.utf8.dropFirst(5)),
                ] {
                    #expect(
                        content.range(of: form) == nil, "\(text) stands in \(name) \(when)", sourceLocation: location)
                }
            }
        }
        #expect(names.isSubset(of: ["linnet.db", "linnet.db-wal", "linnet.db-seals"]), sourceLocation: location)
    }

    private func fill(_ database: Database, _ count: Int) throws {
        let transaction = Transaction(database)
        try database.run("BEGIN")
        for index in 0..<count {
            var message = incoming(
                "needle-in-an-id-\(index)", from: "bob", body: Array("needle-in-a-body \(index)".utf8))
            message.chat = "needle-in-a-chat"
            try transaction.add(message)
            try transaction.append(event("message", "\"text\":\"needle-in-an-event \(index)\""))
        }
        try transaction.setSetting("a", to: Array("needle-in-a-setting".utf8))
        try database.run(
            "INSERT OR REPLACE INTO contacts (peer, alias, added_at) VALUES ('bob', 'needle-in-an-alias', 1)")
        try database.run("COMMIT")
    }

    @Test func notInTheDatabaseNorInTheLog() throws {
        do {
            let database = try sealed.open()
            try expectNothingReadable("when it is new")
            try fill(database, 300)
            try expectNothingReadable("with a log")
            try database.checkpoint()
            try expectNothingReadable("after a checkpoint")
            try database.run("DELETE FROM messages WHERE position % 3 = 0")
            try database.execute(script: "VACUUM")
            try expectNothingReadable("after VACUUM")
        }
        try expectNothingReadable("when it is closed")
    }

    /// Sorts, indexes and statement journals that are too large for memory go into temporary files, if SQLite may.
    @Test func notInTemporaryFiles() throws {
        let database = try sealed.open()
        try fill(database, 20_000)
        try database.execute(script: "PRAGMA temp_store = FILE; PRAGMA cache_size = 20; PRAGMA cache_spill = 1")
        let before = try Self.temporaryFiles()
        try database.run("BEGIN")
        // A statement that fails at its end, after it has changed more than a journal keeps in memory.
        #expect(throws: StoreError.self) {
            try database.execute(
                script: "UPDATE messages SET id = CASE position WHEN 20000 THEN NULL ELSE id || 'x' END")
        }
        try database.execute(
            script: """
                CREATE TEMP TABLE sorted AS SELECT body, id FROM messages ORDER BY id DESC, body;
                CREATE INDEX temp.by_body ON sorted (body, id);
                """)
        let last = try database.first("SELECT id FROM messages ORDER BY substr(id, 3), body DESC LIMIT 1 OFFSET 19999")
        {
            $0.text(0)
        }
        #expect(last?.hasPrefix("needle-in-an-id") == true)
        #expect(try database.first("SELECT count(*) FROM sorted") { $0.integer(0) } == 20_000)
        // While it is all still there.
        #expect(try Self.temporaryFiles().subtracting(before).isEmpty)
        try expectNothingReadable("in the middle of a large transaction")
        try database.run("COMMIT")
        try database.execute(script: "VACUUM")
        #expect(try Self.temporaryFiles().subtracting(before).isEmpty)
        try expectNothingReadable("after all that")
        #expect(try database.first("PRAGMA integrity_check") { $0.text(0) } == "ok")
    }

    /// The files that this process has open or deleted under temporary directories, as SQLite names its own.
    private static func temporaryFiles() throws -> Set<String> {
        let links = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + $0)
        }
        return Set(links.filter { $0.contains("etilqs_") })
    }

    @Test func fullTextSearchAndSortingWork() throws {
        do {
            let database = try sealed.open()
            try database.execute(
                script: """
                    CREATE VIRTUAL TABLE search USING fts5 (body, prefix = '2 3');
                    WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 8000)
                    INSERT INTO search (rowid, body)
                    SELECT i, CASE WHEN i % 100 = 0 THEN 'needlesearched ' ELSE 'haystack ' END || i FROM n;
                    INSERT INTO search (search) VALUES ('optimize');
                    """)
            #expect(
                try database.first("SELECT count(*) FROM search WHERE search MATCH 'needlesearched'") { $0.integer(0) }
                    == 80)
            #expect(
                try database.first("SELECT count(*) FROM search WHERE search MATCH 'needl*'") { $0.integer(0) } == 80)
            try expectNothingReadable("with a full-text index in the log")
            try database.checkpoint()
        }
        try expectNothingReadable("with a full-text index")
        let database = try sealed.open()
        let found = try database.all(
            "SELECT rowid FROM search WHERE search MATCH 'needlesearched' ORDER BY rank, rowid DESC LIMIT 3"
        ) { $0.integer(0) }
        #expect(found == [8000, 7900, 7800])
        #expect(
            try database.first("SELECT snippet(search, 0, '[', ']', '', 3) FROM search WHERE search MATCH '\"7700\"'") {
                $0.text(0)
            } == "needlesearched [7700]")
        try database.run("INSERT INTO search (search) VALUES ('integrity-check')")
    }

    /// The same content twice looks different each time, and equal pages do not look alike.
    @Test func equalPagesDoNotLookAlike() throws {
        let database = try sealed.open()
        for index in 0..<50 { try database.put("\(index)", [UInt8](repeating: 0, count: 20_000)) }
        try database.checkpoint()
        let bytes = try sealed.bytes(sealed.file)
        var seen: Set<[UInt8]> = []
        for offset in stride(from: 0, to: bytes.count - 16, by: 16) { seen.insert(Array(bytes[offset..<offset + 16])) }
        // But for the empty fields of the database's pages, no sixteen bytes stand twice.
        #expect(seen.count == bytes.count / 16 - bytes.count / 4096 + 1)
        let nonces = stride(from: 0, to: bytes.count, by: 4096).map { Array(bytes[$0 + 4040..<$0 + 4064]) }
        #expect(Set(nonces).count == nonces.count)
    }

    @Test func theKeysGoWithTheLastConnection() throws {
        weak var store: SealedStore?
        do {
            let first = try sealed.open()
            store = try SealedStore.open(
                sealed.directory.path, key: StoreKind.key, configuration: sealed.configuration)
            let second = try sealed.open()
            #expect(store != nil)
            withExtendedLifetime((first, second)) {}
        }
        #expect(store == nil)
    }
}
