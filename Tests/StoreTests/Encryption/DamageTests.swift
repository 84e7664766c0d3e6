import Foundation
import TestSupport
import Testing

@testable import Store

/// What was changed in the files behind the store's back is an error that names the file, or is never met; it is never
/// another content.
@Suite struct DamageTests {
    /// A store that was closed: two states of it, so that there are older pages.
    private func closed() throws -> (old: Sealed, new: Sealed, content: [String: [UInt8]]) {
        let sealed = Sealed()
        for index in 0..<40 { try sealed.open().put("\(index)", [UInt8](repeating: UInt8(index), count: 700)) }
        let old = try sealed.copy()
        let database = try sealed.open()
        for index in 0..<40 { try database.put("\(index)", [UInt8](repeating: UInt8(index), count: 701)) }
        let content = try contents(database)
        return (old, sealed, content)
    }

    /// The files of a store in use, with some transactions in the log, as a crash would leave them.
    private func crashed() throws -> (files: Sealed, states: [[String: [UInt8]]]) {
        let sealed = Sealed()
        let database = try sealed.open()
        try database.put("first", [1])
        try database.checkpoint()
        var states = [try contents(database)]
        for index in 0..<8 {
            try database.run("BEGIN")
            for part in 0...index % 3 {
                try database.put("\(index).\(part)", [UInt8](repeating: UInt8(index), count: 900))
            }
            try database.run("COMMIT")
            states.append(try contents(database))
        }
        return (try sealed.copy(), states)
    }

    private func expectRefusal(
        _ sealed: Sealed, _ file: String, _ what: String, location: SourceLocation = #_sourceLocation
    ) {
        let failure = sealed.failure()
        #expect(failure?.code == .corrupt, "\(what)", sourceLocation: location)
        let message = failure?.message ?? ""
        // SQLite's own check of everything says it in its words.
        #expect(
            message.contains(file) || message.contains("unable to get the page"), "\(what): \(message)",
            sourceLocation: location)
    }

    @Test func aFlippedBitAnywhereInThePagesIsRefused() throws {
        let (_, sealed, content) = try closed()
        let spoiled = try sealed.copy()
        let size = try sealed.bytes(sealed.file).count
        var random = SplitMix64(seed: 1)
        for page in 0..<size / 4096 {
            for region in [
                0..<16, 16..<100, 100..<4040, 4040..<4056, 4056..<4064, 4064..<4072, 4072..<4080, 4080..<4096,
            ] {
                let offset = page * 4096 + region.lowerBound + random.next(below: region.count)
                let bit = UInt8(1) << UInt8(random.next(below: 8))
                try spoiled.change(spoiled.file) { $0[offset] ^= bit }
                expectRefusal(spoiled, spoiled.file, "page \(page + 1), byte \(offset % 4096)")
                try spoiled.change(spoiled.file) { $0[offset] ^= bit }
            }
        }
        #expect(try contents(spoiled.open()) == content)
    }

    @Test func theErrorNamesThePage() throws {
        let (old, sealed, _) = try closed()
        let page = try pageOfSettings(sealed)
        let damaged = try sealed.copy()
        try damaged.change(damaged.file) { $0[(page - 1) * 4096 + 50] ^= 1 }
        #expect(damaged.failure()?.message.hasPrefix("page \(page) of \(damaged.file) is damaged") == true)
        let older = try sealed.copy()
        try older.putPage(page, old.page(page))
        #expect(older.failure()?.message.hasPrefix("page \(page) of \(older.file) is from an older copy") == true)
    }

    private func pageOfSettings(_ sealed: Sealed) throws -> Int {
        let root = try sealed.copy().open().first("SELECT rootpage FROM sqlite_schema WHERE name = 'settings'") {
            $0.integer(0)
        }
        return Int(try #require(root))
    }

    @Test func everyPageFromAnOlderCopyIsRefused() throws {
        let (old, sealed, content) = try closed()
        var changed = 0
        for page in 1...(try old.bytes(old.file).count / 4096) where try old.page(page) != sealed.page(page) {
            changed += 1
            let mixed = try sealed.copy()
            try mixed.putPage(page, old.page(page))
            expectRefusal(mixed, mixed.file, "page \(page)")
        }
        #expect(changed > 5)
        #expect(try contents(sealed.open()) == content)
    }

    @Test func pagesInEachOthersPlaceAreRefused() throws {
        let (_, sealed, _) = try closed()
        let count = try sealed.bytes(sealed.file).count / 4096
        for page in 1..<count {
            let swapped = try sealed.copy()
            try swapped.putPage(page, sealed.page(page + 1))
            try swapped.putPage(page + 1, sealed.page(page))
            expectRefusal(swapped, swapped.file, "pages \(page) and \(page + 1)")
        }
    }

    @Test func filesOfDifferentTimesAreRefused() throws {
        let (old, sealed, _) = try closed()
        for suffix in ["", "-seals"] {
            let mixed = try sealed.copy()
            try mixed.write(old.bytes(old.file + suffix), to: mixed.file + suffix)
            expectRefusal(mixed, mixed.file, "an older linnet.db\(suffix)")
        }
        // All of them together are a state that once was: nothing in them tells that there was a later one.
        #expect(old.failure() == nil)
    }

    @Test func missingAndCutFilesAreRefused() throws {
        let (_, sealed, _) = try closed()
        for suffix in ["", "-seals"] {
            let whole = try sealed.bytes(sealed.file + suffix)
            let without = try sealed.copy()
            try FileManager.default.removeItem(atPath: without.file + suffix)
            expectRefusal(without, without.file, "no linnet.db\(suffix)")
            for count in [0, 1, 15, 16, 79, 80, 81, 1000, 4095, 4096, 5000, whole.count - 1] where count < whole.count {
                let cut = try sealed.copy()
                try cut.write(Array(whole.prefix(count)), to: cut.file + suffix)
                expectRefusal(cut, cut.file, "linnet.db\(suffix) of \(count) bytes")
            }
        }
    }

    @Test func aFlippedBitAnywhereInTheSealsIsRefused() throws {
        let (_, sealed, _) = try closed()
        let size = try sealed.bytes(sealed.seals).count
        for offset in Array(0..<130) + Array(stride(from: 130, to: size, by: 37)) + [size - 1] {
            let spoiled = try sealed.copy()
            try spoiled.change(spoiled.seals) { $0[offset] ^= 0x10 }
            expectRefusal(spoiled, spoiled.seals, "byte \(offset)")
        }
    }

    @Test func somethingBehindTheSealsIsRefused() throws {
        let (_, sealed, _) = try closed()
        try sealed.change(sealed.seals) { $0 += [0] }
        expectRefusal(sealed, sealed.seals, "one byte more")
    }

    @Test func aFlippedBitAnywhereInTheLogIsRefused() throws {
        let (files, states) = try crashed()
        let size = try files.bytes(files.log).count
        let frames = WALLayout.frameCount(byteCount: size)
        #expect(frames > 12)
        var offsets = Array(0..<32)
        for frame in 1...frames {
            let start = WALLayout.offset(ofFrame: frame)
            offsets += [0, 3, 4, 7, 8, 15, 16, 19, 20, 23, 24, 2000, 4063, 4064, 4087, 4088, 4103, 4104, 4119]
                .map { start + $0 }
        }
        for offset in offsets {
            let spoiled = try files.copy()
            try spoiled.change(spoiled.log) { $0[offset] ^= 4 }
            expectRefusal(spoiled, spoiled.log, "byte \(offset)")
        }
        #expect(try contents(files.open()) == states.last)
    }

    /// The mark behind the last transaction only says that it was finished: without it, nothing is lost.
    @Test func aSpoiledMarkIsNoHarm() throws {
        let (files, states) = try crashed()
        let size = try files.bytes(files.log).count
        #expect((size - 32) % WALLayout.frameByteCount == SyncMark.byteCount)
        for offset in size - SyncMark.byteCount..<size {
            let spoiled = try files.copy()
            try spoiled.change(spoiled.log) { $0[offset] ^= 4 }
            #expect(try contents(spoiled.open()) == states.last)
        }
    }

    /// Whoever takes the end of the log away as a whole, takes back transactions; but never a part of one.
    @Test func aCutLogHoldsWholeTransactions() throws {
        let (files, states) = try crashed()
        let whole = try files.bytes(files.log)
        var last = -1
        for frame in 1...WALLayout.frameCount(byteCount: whole.count) + 1 {
            let end = WALLayout.offset(ofFrame: frame)
            for count in [end, end + 1, end + 24, end + 100, end + 4119] where count <= whole.count {
                let cut = try files.copy()
                try cut.write(Array(whole.prefix(count)), to: cut.log)
                let found = try contents(cut.open())
                let state = try #require(states.firstIndex(of: found), "cut to \(count) bytes")
                #expect(state >= last)
                last = state
                // It goes on from there.
                try cut.open().put("later", [7])
                #expect(try contents(cut.open()).count == found.count + 1)
            }
        }
        #expect(last == states.count - 1)
        for count in [0, 1, 24, 31, 32] {
            let cut = try files.copy()
            try cut.write(Array(whole.prefix(count)), to: cut.log)
            #expect(try contents(cut.open()) == states[0])
        }
    }

    @Test func aFrameFromAnotherPlaceOrTimeIsRefused() throws {
        let (files, _) = try crashed()
        let whole = try files.bytes(files.log)
        let frames = WALLayout.frameCount(byteCount: whole.count)
        func frame(_ index: Int) -> ArraySlice<UInt8> {
            whole[WALLayout.offset(ofFrame: index)..<WALLayout.offset(ofFrame: index + 1)]
        }
        for index in 1..<frames {
            let swapped = try files.copy()
            try swapped.change(swapped.log) { bytes in
                bytes.replaceSubrange(
                    WALLayout.offset(ofFrame: index)..<WALLayout.offset(ofFrame: index + 2),
                    with: frame(index + 1) + frame(index))
            }
            expectRefusal(swapped, swapped.log, "frames \(index) and \(index + 1)")
        }
        // A log of an earlier time has a frame of the same page in the same place.
        let sealed = try files.copy()
        let database = try sealed.open()
        let older = try sealed.bytes(sealed.log)
        try database.checkpoint()
        for index in 0..<8 { try database.put("\(index).0", [UInt8](repeating: 99, count: 800)) }
        let newer = try sealed.copy()
        for index in 1..<frames {
            let mixed = try newer.copy()
            let place = WALLayout.offset(ofFrame: index)..<WALLayout.offset(ofFrame: index + 1)
            guard place.upperBound <= (try newer.bytes(newer.log)).count else { break }
            try mixed.change(mixed.log) { $0.replaceSubrange(place, with: older[place]) }
            expectRefusal(mixed, mixed.log, "frame \(index) of an older log")
        }
    }

    /// A log that was folded and begun anew says nothing any more, wherever it comes from: the database is what it was
    /// when its own log began.
    @Test func aWholeLogOfAnEarlierTimeIsNotRead() throws {
        let sealed = Sealed()
        let database = try sealed.open()
        try database.put("a", [1])
        let first = try sealed.copy()
        try database.put("a", [2])
        try database.checkpoint()
        let folded = try contents(database)
        try database.put("a", [3])
        let mixed = try sealed.copy()
        try mixed.write(first.bytes(first.log), to: mixed.log)
        #expect(try contents(mixed.open()) == folded)
        // Nor is a later one, over a database that was put back.
        let back = try first.copy()
        try back.write(sealed.bytes(sealed.log), to: back.log)
        #expect(back.failure() == nil || back.failure()?.code == .corrupt)
    }

    /// A page that changes under a running engine.
    @Test func damageIsSeenByARunningStoreToo() throws {
        let sealed = Sealed()
        let database = try sealed.open()
        for index in 0..<200 { try database.put("\(index)", [UInt8](repeating: 5, count: 2000)) }
        try database.checkpoint()
        let handle = try FileHandle(forUpdating: URL(filePath: sealed.file))
        for page in 3..<80 {
            try handle.seek(toOffset: UInt64(page * 4096 + 10))
            try handle.write(contentsOf: Data([0xee]))
        }
        try handle.close()
        try database.execute(script: "PRAGMA shrink_memory")
        let error = #expect(throws: StoreError.self) {
            for index in 0..<200 {
                _ = try database.first("SELECT value FROM settings WHERE name = ?", .text("\(index)")) { $0.blob(0) }
            }
        }
        #expect(error?.code == .corrupt)
        #expect(error?.message.contains(sealed.file) == true)
    }

    /// Whatever bytes are changed, cut, moved or repeated in whichever file: the content of some finished transaction, or
    /// an error.
    @Test func randomDamageNeverChangesTheContent() throws {
        let (files, states) = try crashed()
        var random = SplitMix64(seed: 11)
        var refused = 0
        for _ in 0..<300 {
            let spoiled = try files.copy()
            let suffix = Sealed.suffixes[random.next(below: 3)]
            try spoiled.change(spoiled.file + suffix) { $0 = random.mutate($0) }
            do throws(any Error) {
                let found = try contents(spoiled.open())
                #expect(states.contains(found))
            } catch {
                refused += 1
                #expect((error as? StoreError)?.code == .corrupt, "\(error)")
            }
        }
        #expect(refused > 150)
    }
}
