import Foundation
import TestSupport
import Testing

@testable import Store

/// A disk that is full is an error that says so, and costs nothing but the transaction.
@Suite struct FullDiskTests {
    /// Fills the disk at some moment, goes on until a transaction fails, makes room, and goes on.
    @Test(arguments: 0..<12) func whatWasThereStays(round: Int) throws {
        var random = SplitMix64(seed: UInt64(round))
        let record = DiskRecord()
        let below = try VirtualFileSystem(RecordedSource(record), over: nil)
        var sealed = Sealed()
        sealed.configuration.disk = RecordedDisk(record)
        sealed.configuration.vfsBelow = below.name
        var expected: [String: [UInt8]] = [:]
        do {
            let database = try sealed.open()
            try database.execute(script: "PRAGMA wal_autocheckpoint = 10")
            for phase in 0..<4 {
                record.room = phase % 2 == 0 ? 100 + random.next(below: 200_000) : nil
                var hasFailed = false
                for index in 0..<60 where !hasFailed {
                    let (name, value) = ("\(index % 17)", random.bytes(random.next(below: 4000)))
                    do throws(any Error) {
                        try database.put(name, value)
                        expected[name] = value
                    } catch {
                        #expect((error as? StoreError)?.code == .full, "\(error)")
                        hasFailed = true
                    }
                    if !database.isAutocommit { try database.run("ROLLBACK") }
                }
                #expect(hasFailed == (phase % 2 == 0))
                record.room = nil
                #expect(try contents(database) == expected)
            }
        }
        #expect(try contents(sealed.open()) == expected)
        withExtendedLifetime(below) {}
    }

    @Test func aStoreThatCannotBeMadeIsMadeLater() throws {
        for room in [0, 79, 100, 3000, 5000, 8000, 20_000] {
            let record = DiskRecord()
            let below = try VirtualFileSystem(RecordedSource(record), over: nil)
            var sealed = Sealed()
            sealed.configuration.disk = RecordedDisk(record)
            sealed.configuration.vfsBelow = below.name
            record.room = room
            #expect(sealed.failure()?.code == .full, "\(room) bytes")
            record.room = nil
            #expect(try contents(sealed.open()) == [:])
            withExtendedLifetime(below) {}
        }
    }

    @Test func aStoreThatCannotBeEncryptedStaysInTheClear() throws {
        for room in [0, 100, 5000, 20_000, 60_000] {
            let directory = TemporaryDirectory()
            do {
                let database = try Database(.directory(directory.path), configuration: .init())
                try database.prepareSchema()
                for index in 0..<30 { try database.put("\(index)", [UInt8](repeating: 1, count: 2500)) }
            }
            let record = DiskRecord()
            let below = try VirtualFileSystem(RecordedSource(record), over: nil)
            var sealed = Sealed(directory)
            sealed.configuration.disk = RecordedDisk(record)
            sealed.configuration.encryptsPlaintext = true
            sealed.configuration.vfsBelow = below.name
            record.room = room
            #expect(sealed.failure()?.code == .full, "\(room) bytes")
            #expect(try contents(Database(.directory(directory.path), configuration: .init())).count == 30)
            record.room = nil
            #expect(try contents(sealed.open()).count == 30)
            withExtendedLifetime(below) {}
        }
    }
}
