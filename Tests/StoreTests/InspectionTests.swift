import Foundation
import Testing

@testable import Store

@Suite struct InspectionTests {
    let directory = TemporaryDirectory()

    private func make(_ migrations: [Migration] = Schema.migrations) throws -> Database {
        let database = try Database(.directory(directory.path), configuration: .init())
        try database.prepareSchema(migrations)
        return database
    }

    private func inspect(isInUse: Bool = false) throws -> StoreInspection {
        try StoreInspection(directory: directory.path, isInUse: isInUse)
    }

    private var files: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []).sorted()
    }

    @Test func aSoundStoreStaysAsItIs() throws {
        try make().run("INSERT INTO settings VALUES ('a', x'00')")
        let before = try Data(contentsOf: URL(fileURLWithPath: directory.file))
        let inspection = try inspect()
        #expect(inspection.faults.isEmpty && inspection.version == StoreInspection.currentVersion)
        #expect(files == ["linnet.db"])
        #expect(try Data(contentsOf: URL(fileURLWithPath: directory.file)) == before)
    }

    @Test func aStoreInUseIsReadWithItsLog() throws {
        let database = try make()
        try database.run("BEGIN IMMEDIATE")
        try database.run("INSERT INTO settings VALUES ('a', x'00')")
        #expect(try inspect(isInUse: true).faults.isEmpty)
        try database.run("COMMIT")
        #expect(Database.hasLog(directory.file))
        #expect(try inspect(isInUse: true).version == StoreInspection.currentVersion)
        // The writer minds nothing.
        try database.run("INSERT INTO settings VALUES ('b', x'00')")
    }

    @Test func versionsAndOwners() throws {
        _ = try make([Schema.migrations[0]])
        #expect(try inspect().version == 1)
        _ = try make(Schema.migrations + [Migration(version: 99, script: "")])
        #expect(throws: StoreError(.newerVersion, "")) { try inspect() }
        try Database(.directory(directory.path), configuration: .init()).execute(
            script: "PRAGMA user_version = 1; PRAGMA application_id = 7")
        #expect(throws: StoreError(.foreign, "")) { try inspect() }
    }

    @Test func damageIsFound() throws {
        do {
            let database = try make()
            try database.run("BEGIN IMMEDIATE")
            for index in 0..<2000 {
                try database.run("INSERT INTO settings VALUES (?, zeroblob(500))", .text("\(index)"))
            }
            try database.run("COMMIT")
        }
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: directory.file))
        try handle.seek(toOffset: 4096 * 100)
        try handle.write(contentsOf: Data(repeating: 0xA5, count: 4096 * 4))
        try handle.close()
        do throws(StoreError) {
            let faults = try StoreInspection(directory: directory.path, isInUse: false).faults
            #expect(!faults.isEmpty && faults.count <= 8)
        } catch {
            // Damage that SQLite cannot walk past ends the look.
            #expect(error.code == .corrupt)
        }
    }

    @Test func oddPaths() throws {
        let odd = directory.path + "/a?b=1#c%41 ü"
        let database = try Database(.directory(odd), configuration: .init())
        try database.prepareSchema()
        #expect(try StoreInspection(directory: odd, isInUse: true).version == StoreInspection.currentVersion)
        #expect(throws: StoreError(.io, "")) { try inspect() }
    }
}
