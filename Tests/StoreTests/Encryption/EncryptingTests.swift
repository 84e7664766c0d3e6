import CSQLite
import Foundation
import TestSupport
import Testing

@testable import Store

/// A store in the clear becomes an encrypted one when it is first opened with a key.
@Suite struct EncryptingTests {
    private let directory = TemporaryDirectory()
    private var sealed: Sealed { Self.willing(directory) }

    /// A store whose predecessor in the clear is taken over.
    private static func willing(_ directory: TemporaryDirectory = TemporaryDirectory()) -> Sealed {
        var sealed = Sealed(directory)
        sealed.configuration.encryptsPlaintext = true
        return sealed
    }

    private func plain() throws -> Database {
        let database = try Database(.directory(directory.path), configuration: .init())
        try database.prepareSchema()
        return database
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
    }

    @Test func everythingIsTakenOver() throws {
        do {
            let database = try plain()
            let transaction = Transaction(database)
            try database.run("BEGIN")
            for index in 0..<500 {
                let position = try transaction.add(outgoing("m\(index)", body: [UInt8](repeating: 9, count: index)))
                try transaction.enqueue(messageAt: position, for: "bob", expiresAt: at(7))
                try transaction.append(event("message"))
            }
            try database.run("COMMIT")
            try database.run("DELETE FROM messages WHERE position < 100")
        }
        let database = try sealed.open()
        let transaction = Transaction(database)
        #expect(try transaction.message("m77", by: "alice") == nil)
        #expect(try transaction.message("m499", by: "alice")?.position == 500)
        #expect(try transaction.message("m499", by: "alice")?.content.body.count == 499)
        #expect(try transaction.lastEventSeq() == 500)
        #expect(try database.pragma("user_version") == Schema.migrations.last?.version)
        #expect(try database.pragma("application_id") == Database.applicationID)
        #expect(try database.first("PRAGMA journal_mode") { $0.text(0) } == "wal")
        // Positions go on where they were.
        #expect(try transaction.add(outgoing("next")) == 501)
        #expect(try names() == ["linnet.db", "linnet.db-seals", "linnet.db-wal"])
        for name in try names() { #expect(try directory.mode(of: directory.path + "/" + name) == 0o600) }
    }

    @Test func whatIsInTheLogIsTakenOverToo() throws {
        let database = try plain()
        try database.put("in the log", [1])
        let crashed = Self.willing()
        try FileManager.default.createDirectory(atPath: crashed.directory.path, withIntermediateDirectories: true)
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: directory.file + suffix, toPath: crashed.file + suffix)
        }
        #expect(try contents(crashed.open()) == ["in the log": [1]])
    }

    @Test func theOldBytesAreOverwritten() throws {
        try plain().put("needle", Array("what was said in the clear".utf8))
        let old = try FileHandle(forReadingFrom: URL(filePath: directory.file))
        #expect(try contents(sealed.open()).count == 1)
        let left = try old.readToEnd() ?? Data()
        #expect(left.count >= 4096 && left.allSatisfy { $0 == 0 })
    }

    @Test func anOlderSchemaIsBroughtUpToDate() throws {
        do {
            let database = try Database(.directory(directory.path), configuration: .init())
            try database.prepareSchema([Schema.migrations[0]])
            try database.put("a", [1])
        }
        let database = try sealed.open()
        #expect(try database.pragma("user_version") == Schema.migrations.last?.version)
        #expect(try contents(database) == ["a": [1]])
    }

    @Test func anotherProgramsAndNewerStoresAreLeftAlone() throws {
        let expected: [(String, StoreError.Code)] = [
            ("PRAGMA application_id = 7", .foreign),
            ("PRAGMA user_version = 99", .newerVersion),
        ]
        for (script, code) in expected {
            try plain().execute(script: script)
            let before = try sealed.bytes(directory.file)
            #expect(sealed.failure()?.code == code)
            #expect(try sealed.bytes(directory.file) == before)
            #expect(!FileManager.default.fileExists(atPath: directory.file + "-seals"))
            try FileManager.default.removeItem(atPath: directory.path)
        }
    }

    @Test func aStoreThatSomebodyElseHasOpenIsLocked() throws {
        let holder = try plain()
        try holder.put("a", [1])
        try holder.execute(script: "BEGIN IMMEDIATE")
        var impatient = sealed
        impatient.configuration.busyTimeout = 20
        #expect(impatient.failure()?.code == .locked)
        try holder.execute(script: "COMMIT")
        #expect(try contents(holder) == ["a": [1]])
    }

    /// Once a store is encrypted, one in the clear in its place is somebody's attempt to have it believed.
    @Test func aStoreInTheClearInTheEncryptedOnesPlaceIsRefused() throws {
        try sealed.open().put("a", [1])
        let other = TemporaryDirectory()
        do {
            let database = try Database(.directory(other.path), configuration: .init())
            try database.prepareSchema()
            try database.put("a", [2])
        }
        let forged = try sealed.bytes(other.file)
        try sealed.write(forged, to: directory.file)
        #expect(sealed.failure()?.code == .corrupt)
        #expect(sealed.failure()?.message.contains("is not encrypted, as this") == true)
        // Without the seals, only the profile knows that it was.
        try FileManager.default.removeItem(atPath: directory.file + "-seals")
        #expect(Sealed(directory).failure()?.code == .corrupt)
        #expect(try sealed.bytes(directory.file) == forged)
    }

    /// A crash at any moment leaves the old store or the new one, and the next start ends with the new one.
    @Test func aCrashOnTheWayLosesNothing() throws {
        do {
            let database = try plain()
            for index in 0..<30 { try database.put("\(index)", [UInt8](repeating: UInt8(index), count: 1000)) }
        }
        let content = try contents(plain())
        let record = try DiskRecord(of: directory.path)
        let below = try VirtualFileSystem(RecordedSource(record), over: nil)
        var recorded = sealed
        recorded.configuration.disk = RecordedDisk(record)
        recorded.configuration.vfsBelow = below.name
        #expect(try contents(recorded.open()) == content)
        for count in record.firstCount...record.changes.count {
            for crash in [
                DiskImage.Crash.ofProcess, .ofSystem(seed: UInt64(count)), .ofSystem(seed: UInt64(count + 5000)),
            ] {
                let image = DiskImage(record, after: count, crash)
                let found = Self.willing()
                try image.restore(to: found.directory.path)
                #expect(try contents(found.open()) == content, "after \(count) of \(record.changes.count) changes")
                #expect(try contents(found.open()) == content, "after \(count), again")
            }
        }
        withExtendedLifetime(below) {}
    }
}
