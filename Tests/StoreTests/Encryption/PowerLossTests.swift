import Foundation
import TestSupport
import Testing

@testable import Store

/// A crash at any moment, of the process or of the system, leaves the content of a finished transaction, and none that
/// was acknowledged is lost.
@Suite struct PowerLossTests {
    /// What a run came to: how many changes there were on the disk when each state was acknowledged.
    private struct Run {
        let record: DiskRecord
        var states: [(changes: Int, content: [String: [UInt8]])] = []
    }

    /// Runs `body` over a store whose disk is recorded; it calls the closure after each transaction.
    private func run(
        in directory: TemporaryDirectory = TemporaryDirectory(),
        _ body: (Database, () throws -> Void) throws -> Void
    ) throws -> Run {
        var run = Run(record: try DiskRecord(of: directory.path))
        let below = try VirtualFileSystem(RecordedSource(run.record), over: nil)
        do {
            let database = try Self.sealed(directory, run.record, below).open()
            run.states.append((run.record.changes.count, try contents(database)))
            try body(database) {
                run.states.append((run.record.changes.count, try settings(database)))
            }
        }
        withExtendedLifetime(below) {}
        return run
    }

    /// A store that knows no other disk than a record.
    private static func sealed(
        _ directory: TemporaryDirectory, _ record: DiskRecord, _ below: VirtualFileSystem
    ) -> Sealed {
        var sealed = Sealed(directory)
        sealed.configuration.disk = RecordedDisk(record)
        sealed.configuration.vfsBelow = below.name
        return sealed
    }

    private func settings(_ database: Database) throws -> [String: [UInt8]] {
        let rows = try database.all("SELECT name, value FROM settings") { ($0.text(0), $0.blob(1)) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// Opens what a crash left after `count` changes, and compares with what was acknowledged by then.
    private func check(_ run: Run, after count: Int, _ crash: DiskImage.Crash) throws {
        let image = DiskImage(run.record, after: count, crash)
        // Nothing that follows has to outlive anything: no fsync, which is what takes the time.
        let record = DiskRecord()
        let below = try VirtualFileSystem(RecordedSource(record), over: nil)
        let sealed = Self.sealed(TemporaryDirectory(), record, below)
        try image.restore(to: sealed.directory.path)
        let acknowledged = run.states.lastIndex { $0.changes <= count } ?? 0
        let told = Comment(rawValue: "after \(count) of \(run.record.changes.count) changes, \(crash)")
        do throws(any Error) {
            let database = try sealed.open()
            let found = try contents(database)
            // The next transaction may have come to its end without anybody being told.
            let possible = run.states[acknowledged..<min(acknowledged + 2, run.states.count)]
            #expect(possible.contains { $0.content == found }, told)
            try database.put("after the crash", [UInt8](repeating: 1, count: 6000))
            try database.checkpoint()
            try database.put("and once more", [1])
            #expect(try contents(database).count == found.count + 2, told)
            let again = try sealed.copy()
            #expect(try contents(again.open()).count == found.count + 2, told)
        } catch {
            Issue.record(error, told)
        }
        withExtendedLifetime(below) {}
    }

    /// Looks at every `step`th moment, or at all of them when `LINNET_CRASH_ROUNDS` asks for more than one round.
    private func checkEverywhere(_ run: Run, step: Int) throws {
        let step = Self.rounds > 1 ? 1 : step
        for count in stride(from: run.record.firstCount, through: run.record.changes.count, by: step) {
            try check(run, after: count, .ofProcess)
            for round in 0..<Self.rounds { try check(run, after: count, .ofSystem(seed: UInt64(count * 1000 + round))) }
        }
    }

    private static let rounds = max(1, Int(ProcessInfo.processInfo.environment["LINNET_CRASH_ROUNDS"] ?? "") ?? 1)

    @Test func whileItIsMadeAndUsed() throws {
        let run = try run { database, acknowledge in
            try database.execute(script: "PRAGMA wal_autocheckpoint = 12")
            var random = SplitMix64(seed: 5)
            for round in 0..<14 {
                try database.run("BEGIN")
                for _ in 0...random.next(below: 4) {
                    try database.put("\(random.next(below: 12))", random.bytes(random.next(below: 5000)))
                }
                if round % 5 == 3 { try database.run("DELETE FROM settings WHERE name < '5'") }
                if round % 4 == 2 {
                    try database.run("ROLLBACK")
                } else {
                    try database.run("COMMIT")
                    try acknowledge()
                }
            }
        }
        #expect(run.record.changes.count > 150)
        try checkEverywhere(run, step: 1)
    }

    /// Transactions larger than the cache: frames are written twice, and rolled back after they were written.
    @Test func whileTransactionsSpill() throws {
        let run = try run { database, acknowledge in
            try database.execute(script: "PRAGMA wal_autocheckpoint = 40; PRAGMA cache_size = 5")
            for round in 0..<6 {
                try database.run("BEGIN")
                for pass in 0..<2 {
                    for index in 0..<14 {
                        try database.put("\(index)", [UInt8](repeating: UInt8(round * 2 + pass), count: 2500 + pass))
                    }
                }
                if round % 2 == 0 {
                    try database.run("COMMIT")
                    try acknowledge()
                } else {
                    try database.run("ROLLBACK")
                }
            }
        }
        try checkEverywhere(run, step: 4)
    }

    @Test func whileItIsVacuumedAndItsSealsAreWrittenAnew() throws {
        let run = try run { database, acknowledge in
            try database.execute(script: "PRAGMA wal_autocheckpoint = 1000000")
            for round in 0..<4 {
                try database.run("BEGIN")
                for index in 0..<300 { try database.put("\(round).\(index)", [UInt8](repeating: 1, count: 3900)) }
                try database.run("COMMIT")
                try acknowledge()
                try database.checkpoint()
                try database.run("DELETE FROM settings WHERE name LIKE '%9'")
                try acknowledge()
                try database.execute(script: "VACUUM")
                try acknowledge()
                try database.checkpoint()
            }
            // Most of what the records tell is of no use now.
            try database.run("DELETE FROM settings WHERE name NOT LIKE '1.1%'")
            try acknowledge()
            try database.execute(script: "VACUUM")
            try acknowledge()
            try database.checkpoint()
        }
        // Too much to look at every moment.
        var random = SplitMix64(seed: 9)
        for _ in 0..<15 * Self.rounds {
            let count = random.next(below: run.record.changes.count + 1)
            try check(run, after: count, .ofProcess)
            try check(run, after: count, .ofSystem(seed: random.next()))
        }
        var renames = 0
        for (count, change) in run.record.changes.enumerated() {
            guard case .rename(_, "linnet.db-seals") = change else { continue }
            renames += 1
            for near in count - 3...count + 3 { try check(run, after: near, .ofSystem(seed: UInt64(near))) }
        }
        // The first one is that of the store's making.
        #expect(renames == 2)
    }

    /// Several crashes in a row: each start finds what the one before left half done.
    @Test func crashAfterCrash() throws {
        for seed in 0..<UInt64(12 * Self.rounds) {
            var random = SplitMix64(seed: seed)
            var directory = TemporaryDirectory()
            var possible: [[String: [UInt8]]] = [[:]]
            for life in 0..<6 {
                let run = try run(in: directory) { database, acknowledge in
                    try database.execute(script: "PRAGMA wal_autocheckpoint = 9; PRAGMA cache_size = 5")
                    for round in 0..<1 + random.next(below: 5) {
                        try database.run("BEGIN")
                        for _ in 0...random.next(below: 6) {
                            try database.put("\(random.next(below: 9))", random.bytes(random.next(below: 6000)))
                        }
                        try database.put("life", [UInt8(life), UInt8(round)])
                        if random.next(below: 4) == 0 {
                            try database.run("ROLLBACK")
                        } else {
                            try database.run("COMMIT")
                            try acknowledge()
                        }
                    }
                }
                let isPossible = possible.contains { $0 == run.states.first?.content }
                #expect(isPossible, "seed \(seed), life \(life)")
                let (first, last) = (run.record.firstCount, run.record.changes.count)
                let count = first + random.next(below: last - first + 1)
                let image = DiskImage(run.record, after: count, .ofSystem(seed: random.next()))
                let acknowledged = run.states.lastIndex { $0.changes <= count } ?? 0
                possible = run.states[acknowledged..<min(acknowledged + 2, run.states.count)].map(\.content)
                directory = TemporaryDirectory()
                try image.restore(to: directory.path)
            }
        }
    }
}
