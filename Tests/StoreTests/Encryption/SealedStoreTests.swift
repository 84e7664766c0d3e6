import CSQLite
import Crypto
import Foundation
import Testing

@testable import Store

@Suite struct SealedStoreTests {
    @Test func whatWasWrittenIsRead() throws {
        let sealed = Sealed()
        do {
            let database = try sealed.open()
            try database.run("BEGIN")
            let transaction = Transaction(database)
            for index in 0..<3000 { try transaction.add(incoming("m\(index)", body: Array("body \(index)".utf8))) }
            try database.run("COMMIT")
            #expect(try database.first("SELECT count(*) FROM messages") { $0.integer(0) } == 3000)
        }
        let database = try sealed.open()
        #expect(try database.first("PRAGMA integrity_check") { $0.text(0) } == "ok")
        #expect(try Transaction(database).message("m77", by: "bob")?.content.body == Array("body 77".utf8))
    }

    @Test func itIsOpenToItsKeyAlone() throws {
        let sealed = Sealed()
        try sealed.open().put("a", [1])
        var other = sealed
        other.configuration.key = SecretBytes(copying: [UInt8](repeating: 9, count: 32))
        let before = try sealed.bytes(sealed.file)
        let error = other.failure()
        #expect(error?.code == .keyWrong)
        #expect(error?.message.contains(sealed.file) == true)
        other.configuration.key = nil
        #expect(other.failure()?.code == .keyWrong)
        #expect(try sealed.bytes(sealed.file) == before)
        #expect(try contents(sealed.open()) == ["a": [1]])
    }

    @Test func anotherKeyIsRefusedWhileItIsOpen() throws {
        let sealed = Sealed()
        let database = try sealed.open()
        var other = sealed
        other.configuration.key = SecretBytes(copying: [UInt8](repeating: 9, count: 32))
        #expect(other.failure()?.code == .keyWrong)
        try database.put("a", [1])
    }

    @Test func twoStoresWithOneKeyHaveNothingInCommon() throws {
        let (first, second) = (Sealed(), Sealed())
        for sealed in [first, second] { try sealed.open().put("a", [1]) }
        // The pages of one are not those of the other.
        for page in 1...3 {
            let spoiled = try first.copy()
            try spoiled.putPage(page, second.page(page))
            #expect(spoiled.failure()?.code == .corrupt)
        }
        let mixed = try first.copy()
        try mixed.write(second.bytes(second.seals), to: mixed.seals)
        #expect(mixed.failure()?.code == .corrupt)
    }

    @Test func noOtherFileIsThere() throws {
        let sealed = Sealed()
        let database = try sealed.open()
        try database.put("a", [1])
        func names() throws -> Set<String> {
            Set(try FileManager.default.contentsOfDirectory(atPath: sealed.directory.path))
        }
        #expect(try names() == ["linnet.db", "linnet.db-wal", "linnet.db-seals"])
    }

    /// A journal beside the database is somebody's attempt to have it played back.
    @Test func aJournalIsIgnored() throws {
        let sealed = Sealed()
        try sealed.open().put("a", [1])
        var journal: [UInt8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7, 0, 0, 0, 1, 0, 0, 0, 0]
        journal += [0, 0, 0, 2, 0, 0, 2, 0, 0, 0, 0x10, 0] + [UInt8](repeating: 0, count: 484)
        journal += [0, 0, 0, 2] + [UInt8](repeating: 0x41, count: 4096) + [0, 0, 0, 0]
        try sealed.write(journal, to: sealed.file + "-journal")
        #expect(try contents(sealed.open()) == ["a": [1]])
    }

    @Test func nothingIsWrittenPastTheLog() throws {
        let sealed = Sealed()
        let database = try sealed.open()
        try database.put("a", [1])
        // Leaving the log would write the database in place, which no crash may interrupt.
        #expect(throws: StoreError.self) { try database.execute(script: "PRAGMA journal_mode = DELETE") }
        try database.put("b", [2])
        #expect(try contents(database) == ["a": [1], "b": [2]])
    }

    @Test func readersSeeTheirOwnStateWhileTheLogIsFolded() throws {
        let sealed = Sealed()
        let writer = try sealed.open()
        try writer.put("a", [1])
        let reader = try sealed.open()
        try reader.execute(script: "BEGIN")
        #expect(try contents(reader) == ["a": [1]])
        for round in 0..<50 {
            try writer.put("b\(round)", [UInt8](repeating: UInt8(round), count: 3000))
            try writer.execute(script: "PRAGMA wal_checkpoint(PASSIVE)")
            #expect(try contents(reader) == ["a": [1]])
        }
        try reader.execute(script: "COMMIT")
        #expect(try contents(reader).count == 51)
        try writer.checkpoint()
        #expect(try contents(reader).count == 51)
    }

    @Test func readersAndAWriterAtOnce() async throws {
        let sealed = Sealed()
        try sealed.open().put("n", [0])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    let reader = try sealed.open()
                    var last = -1
                    for _ in 0..<150 {
                        // All rows carry the same number in every state that was committed.
                        let found = try reader.all("SELECT value FROM settings") { $0.blob(0).first ?? 255 }
                        #expect(Set(found).count == 1)
                        let number = Int(found.first ?? 0)
                        #expect(number >= last)
                        last = number
                    }
                }
            }
            group.addTask {
                let writer = try sealed.open()
                try writer.execute(script: "PRAGMA wal_autocheckpoint = 20")
                for round in 1...200 {
                    try writer.run("BEGIN IMMEDIATE")
                    try writer.put("row\(round % 40)", [])
                    try writer.run(
                        "UPDATE settings SET value = ?", .blob([UInt8](repeating: UInt8(round), count: 1500)))
                    try writer.run("COMMIT")
                }
            }
            try await group.waitForAll()
        }
        #expect(try contents(sealed.open()).count == 41)
    }

    @Test func itGrowsAndShrinks() throws {
        let sealed = Sealed()
        do {
            let database = try sealed.open()
            for round in 0..<24 {
                try database.run("BEGIN")
                for index in 0..<100 {
                    try database.put("\(round).\(index)", [UInt8](repeating: UInt8(index), count: 5000))
                }
                try database.run("COMMIT")
            }
            try database.checkpoint()
            let grown = try sealed.bytes(sealed.file).count
            #expect(grown > 12_000_000)
            try database.run("DELETE FROM settings WHERE name NOT LIKE '7.%'")
            try database.execute(script: "VACUUM")
            try database.checkpoint()
            #expect(try sealed.bytes(sealed.file).count < grown / 10)
            #expect(try contents(database).count == 100)
        }
        #expect(try contents(sealed.open())["7.99"] == [UInt8](repeating: 99, count: 5000))
    }

    /// A transaction larger than the cache spills into the log, and writes frames of it twice.
    @Test func aTransactionThatSpillsIsWholeOrNotThere() throws {
        let sealed = Sealed()
        do {
            let database = try sealed.open()
            try database.execute(script: "PRAGMA cache_size = 10")
            for (round, end) in ["COMMIT", "ROLLBACK", "COMMIT", "ROLLBACK"].enumerated() {
                try database.run("BEGIN")
                for index in 0..<60 { try database.put("\(index)", [UInt8](repeating: UInt8(round), count: 3000)) }
                for index in 0..<60 { try database.put("\(index)", [UInt8](repeating: UInt8(round), count: 3001)) }
                try database.execute(script: end)
                let copy = try sealed.copy()
                let expected = UInt8(round & ~1)
                for found in [try contents(database), try contents(copy.open())] {
                    #expect(found.count == 60)
                    #expect(found.values.allSatisfy { $0 == [UInt8](repeating: expected, count: 3001) })
                }
            }
        }
        #expect(try contents(sealed.open()).count == 60)
    }

    @Test func manyRecordsOfSealsBecomeOne() throws {
        let sealed = Sealed()
        let database = try sealed.open()
        var largest = 0
        for round in 0..<100 {
            try database.run("BEGIN")
            for index in 0..<50 {
                try database.put("\(index)", [UInt8](repeating: UInt8(truncatingIfNeeded: round), count: 3900))
            }
            try database.run("COMMIT")
            try database.checkpoint()
            largest = max(largest, try sealed.bytes(sealed.seals).count)
        }
        #expect(largest < 80_000)
        #expect(try contents(sealed.copy().open()).count == 50)
    }
}
