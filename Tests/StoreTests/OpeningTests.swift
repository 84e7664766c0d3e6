import Foundation
import Testing

@testable import Store

@Suite(.everyStoreKind) struct OpeningTests {
    let directory = TemporaryDirectory()
    private let configuration = StoreKind.current.configuration

    private func open(_ migrations: [Migration] = Schema.migrations) throws -> Database {
        let database = try Database(.directory(directory.path), configuration: configuration)
        try database.prepareSchema(migrations)
        return database
    }

    private func failure(_ migrations: [Migration] = Schema.migrations) -> StoreError? {
        do throws(any Error) {
            _ = try open(migrations)
            return nil
        } catch {
            return error as? StoreError
        }
    }

    @Test func aNewStoreIsItsOwnersAlone() throws {
        let database = try open()
        try database.run("INSERT INTO settings VALUES ('a', x'00')")
        #expect(try directory.mode(of: directory.path) == 0o700)
        let suffixes = StoreKind.current == .plain ? ["", "-wal", "-shm"] : ["", "-wal", "-seals"]
        for suffix in suffixes { #expect(try directory.mode(of: directory.file + suffix) == 0o600) }
    }

    @Test func aModeThatIsTooOpenIsMended() throws {
        _ = try open()
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: directory.file)
        _ = try open()
        #expect(try directory.mode(of: directory.file) == 0o600)
    }

    @Test func durabilityIsSetUp() throws {
        let database = try open()
        #expect(try database.pragma("synchronous") == 2)
        #expect(try database.pragma("foreign_keys") == 1)
        #expect(try database.first("SELECT journal_mode FROM pragma_journal_mode") { $0.text(0) } == "wal")
        #expect(try database.pragma("user_version") == Schema.migrations.last?.version)
    }

    @Test func everyTableIsStrict() throws {
        let loose = try open().all(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite%'"
        ) { $0.text(0) }
        #expect(loose == [])
    }

    @Test func migrationsAreNumberedWithoutGaps() {
        #expect(Schema.migrations.map(\.version) == Array(1...Int64(Schema.migrations.count)))
    }

    @Test func migrationsRunOnceAndKeepWhatIsThere() throws {
        let first = Migration(version: 1, script: "CREATE TABLE t (a TEXT) STRICT;")
        let second = Migration(version: 2, script: "ALTER TABLE t ADD COLUMN b TEXT;")
        try open([first]).run("INSERT INTO t VALUES ('kept')")
        let database = try open([first, second])
        #expect(try database.pragma("user_version") == 2)
        #expect(try database.first("SELECT a FROM t WHERE b IS NULL") { $0.text(0) } == "kept")
        #expect(try open([first, second]).pragma("user_version") == 2)
    }

    /// What was written in the language's old words is read in the new ones, and no text in it changes.
    @Test func oldWordsAreWrittenAnew() throws {
        let old = try open(Array(Schema.migrations.prefix(5)))
        let said = #""message":"01","text":"\"from_self\":1","from_self":true"#
        let invited = #""group":"g","expires":"2026""#
        for (type, payload) in [("message", said), ("group.invited", invited)] {
            try old.run(
                "INSERT INTO events (seq, type, time, payload, logged_at) SELECT count(*) + 1, ?, 0, ?, 0 FROM events",
                .text(type), .blob(Array(payload.utf8)))
        }
        let failed = #"{"code":"message.failed","message":"no","details":{"message_id":"01"}}"#
        for (key, outcome, answer) in [("a", "ok", invited), ("b", "error", failed)] {
            try old.run(
                "INSERT INTO keys VALUES (?, x'00', 0, NULL, ?, ?)", .text(key), .text(outcome),
                .blob(Array(answer.utf8)))
        }
        let new = try open()
        let payloads = try new.all("SELECT payload FROM events ORDER BY seq") {
            String(decoding: $0.blob(0), as: UTF8.self)
        }
        #expect(
            payloads == [
                #""message":"01","text":"\"from_self\":1","is_from_self":true"#, #""group":"g","expires_time":"2026""#,
            ])
        let answers = try new.all("SELECT answer FROM keys ORDER BY key") {
            String(decoding: $0.blob(0), as: UTF8.self)
        }
        #expect(
            answers == [
                #""group":"g","expires_time":"2026""#,
                #"{"code":"message.failed","text":"no","details":{"message":"01"}}"#,
            ])
    }

    @Test func aFailedMigrationLeavesNoTrace() throws {
        let first = Migration(version: 1, script: "CREATE TABLE t (a TEXT) STRICT;")
        let broken = Migration(version: 2, script: "CREATE TABLE u (a TEXT) STRICT; CREATE TABLE t (a TEXT) STRICT;")
        _ = try open([first])
        #expect(failure([first, broken])?.code == .internal)
        let database = try open([first])
        #expect(try database.pragma("user_version") == 1)
        #expect(try database.first("SELECT count(*) FROM sqlite_schema WHERE name = 'u'") { $0.integer(0) } == 0)
    }

    @Test func aNewerStoreIsRefusedUntouched() throws {
        try open().execute(script: "PRAGMA user_version = 99")
        let error = failure()
        #expect(error?.code == .newerVersion)
        #expect(error?.message.contains("99") == true)
        #expect(try Database(.directory(directory.path), configuration: configuration).pragma("user_version") == 99)
    }

    @Test func anotherProgramsDatabaseIsRefusedUntouched() throws {
        let other = try Database(.directory(directory.path), configuration: configuration)
        try other.execute(script: "CREATE TABLE theirs (a)")
        #expect(failure()?.code == .foreign)
        #expect(try other.first("SELECT count(*) FROM sqlite_schema") { $0.integer(0) } == 1)
    }

    @Test func bytesThatAreNoDatabaseAreCorrupt() throws {
        _ = try open()
        try Data(repeating: 0x41, count: 8192).write(to: URL(filePath: directory.file))
        let error = failure()
        #expect(error?.code == .corrupt)
        #expect(error?.message.contains(directory.file) == true)
    }

    @Test func aTruncatedFileIsCorrupt() throws {
        _ = try open()
        let whole = try Data(contentsOf: URL(filePath: directory.file))
        #expect(whole.count > 8192)
        for count in [whole.count / 2, 4096, 600, 50] {
            try? FileManager.default.removeItem(atPath: directory.file + "-wal")
            try? FileManager.default.removeItem(atPath: directory.file + "-shm")
            try whole.prefix(count).write(to: URL(filePath: directory.file))
            #expect(failure()?.code == .corrupt, "cut to \(count) bytes")
        }
    }

    /// Damage anywhere is an error or is never met; it is not a crash.
    @Test func flippedBytesNeverCrash() throws {
        let database = try open()
        let transaction = Transaction(database)
        for index in 0..<200 { try transaction.add(incoming("m\(index)", body: Array(repeating: 7, count: 300))) }
        try database.execute(script: "PRAGMA wal_checkpoint(TRUNCATE)")
        let whole = try Data(contentsOf: URL(filePath: directory.file))
        var random = SystemRandomNumberGenerator()
        for round in 0..<40 {
            let spoiled = TemporaryDirectory()
            try FileManager.default.createDirectory(atPath: spoiled.path, withIntermediateDirectories: true)
            var bytes = whole
            for _ in 0...round { bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(in: 1...255) }
            try bytes.write(to: URL(filePath: spoiled.file))
            try? FileManager.default.copyItem(atPath: directory.file + "-seals", toPath: spoiled.file + "-seals")
            do throws(StoreError) {
                let database = try Database(.directory(spoiled.path), configuration: configuration)
                try database.prepareSchema()
                let transaction = Transaction(database)
                _ = try transaction.messages(in: "bob", .latest, limit: 500)
                _ = try transaction.append(event("x"))
                _ = try transaction.insert(incoming("new"))
            } catch {
                #expect([.corrupt, .foreign, .newerVersion, .internal, .io, .constraint].contains(error.code))
            }
        }
    }

    @Test func aDirectoryThatIsAFileIsRefused() throws {
        _ = FileManager.default.createFile(atPath: directory.path, contents: Data())
        #expect(failure()?.code == .io)
    }

    @Test func aSymbolicLinkIsNotFollowed() throws {
        try FileManager.default.createDirectory(atPath: directory.path, withIntermediateDirectories: true)
        let target = TemporaryDirectory()
        _ = FileManager.default.createFile(atPath: target.path, contents: Data())
        try FileManager.default.createSymbolicLink(atPath: directory.file, withDestinationPath: target.path)
        #expect(failure()?.code == .io)
    }

    @Test func aDatabaseThatIsHeldIsLocked() throws {
        let holder = try open()
        try holder.execute(script: "BEGIN EXCLUSIVE")
        var impatient = configuration
        impatient.busyTimeout = 20
        let database = try Database(.directory(directory.path), configuration: impatient)
        let error = #expect(throws: StoreError.self) { try database.run("BEGIN IMMEDIATE") }
        #expect(error?.code == .locked)
    }
}
