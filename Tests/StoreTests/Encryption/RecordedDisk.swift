import CPageVFS
import CSQLite
import Foundation
import TestSupport

@testable import Store

/// Everything that was done to the files of a directory, in order: through SQLite's VFS, and past it. From it follows
/// what may be on the disk after a crash at any moment.
///
/// Unchecked: a test writes on one thread.
final class DiskRecord: @unchecked Sendable {
    /// A change, to a file that keeps its number whatever its name.
    enum Change {
        case write(file: Int, offset: Int, bytes: [UInt8])
        case cut(file: Int, size: Int)
        case sync(file: Int)
        case make(file: Int, name: String)
        case rename(String, String)
        case remove(String)
        case syncNames
    }

    private(set) var changes: [Change] = []
    /// How many of them are what was there at first.
    private(set) var firstCount = 0
    private var files: [String: Int] = [:]
    private var fileCount = 0
    /// Refuses writes from this many bytes on; nil for a disk without end.
    var room: Int?

    /// A record of a disk on which nothing is yet.
    init() {}

    /// A record that begins with the files of a directory, safely on the disk.
    init(of directory: String) throws {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        for name in names.sorted() {
            let content = try Data(contentsOf: URL(filePath: directory + "/" + name))
            let file = file(name)
            changes += [.write(file: file, offset: 0, bytes: [UInt8](content)), .sync(file: file)]
        }
        changes.append(.syncNames)
        firstCount = changes.count
    }

    func add(_ change: Change) { changes.append(change) }

    /// The number of a file by its name; a new one if there was none.
    func file(_ path: String) -> Int {
        let name = Self.name(path)
        if let file = files[name] { return file }
        fileCount += 1
        files[name] = fileCount
        changes.append(.make(file: fileCount, name: name))
        return fileCount
    }

    func rename(_ path: String, _ target: String) {
        files[Self.name(target)] = files.removeValue(forKey: Self.name(path))
        changes.append(.rename(Self.name(path), Self.name(target)))
    }

    func remove(_ path: String) {
        guard files.removeValue(forKey: Self.name(path)) != nil else { return }
        changes.append(.remove(Self.name(path)))
    }

    /// Takes room on the disk; false if there is none left.
    func take(_ count: Int) -> Bool {
        guard let left = room else { return true }
        guard left >= count else { return false }
        room = left - count
        return true
    }

    private static func name(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}

/// The system's files, with every change recorded.
struct RecordedDisk: Disk {
    let record: DiskRecord
    private let system = SystemDisk()

    init(_ record: DiskRecord) { self.record = record }

    func open(_ path: String, creates: Bool) throws(StoreError) -> (any DiskFile)? {
        guard let file = try system.open(path, creates: creates) else { return nil }
        return RecordedFile(file, record.file(path), record)
    }

    func rename(_ path: String, to target: String) throws(StoreError) {
        try system.rename(path, to: target)
        record.rename(path, target)
    }

    func remove(_ path: String) throws(StoreError) {
        try system.remove(path)
        record.remove(path)
    }

    func syncDirectory(_ path: String) throws(StoreError) {
        try system.syncDirectory(path)
        record.add(.syncNames)
    }

    private final class RecordedFile: DiskFile {
        private let below: any DiskFile
        private let number: Int
        private let record: DiskRecord

        init(_ below: any DiskFile, _ number: Int, _ record: DiskRecord) {
            (self.below, self.number, self.record) = (below, number, record)
        }

        func size() throws(StoreError) -> Int { try below.size() }

        func read(_ count: Int, at offset: Int) throws(StoreError) -> [UInt8] { try below.read(count, at: offset) }

        func write(_ bytes: [UInt8], at offset: Int) throws(StoreError) {
            guard record.take(bytes.count) else { throw .system(ENOSPC, "a file") }
            record.add(.write(file: number, offset: offset, bytes: bytes))
            try below.write(bytes, at: offset)
        }

        func truncate(to size: Int) throws(StoreError) {
            record.add(.cut(file: number, size: size))
            try below.truncate(to: size)
        }

        func sync() throws(StoreError) {
            // The test's disk is this record.
            record.add(.sync(file: number))
        }
    }
}

/// A VFS that records, to stand under the one of an encrypted store.
final class RecordedSource: VirtualFileSource {
    private let record: DiskRecord

    init(_ record: DiskRecord) { self.record = record }

    func open(
        _ name: UnsafePointer<CChar>?, flags: Int32, below: FileBelow?
    ) -> Result<VirtualFile, VirtualFileRefusal> {
        guard let below, let name else { return .failure(VirtualFileRefusal(code: SQLITE_CANTOPEN)) }
        return .success(File(below, record.file(String(cString: name)), record))
    }

    func remove(_ name: String) -> Int32 {
        record.remove(name)
        return SQLITE_NOTFOUND
    }

    func exists(_ name: String) -> Bool? { nil }

    private final class File: VirtualFile {
        private let below: FileBelow
        private let number: Int
        private let record: DiskRecord

        init(_ below: FileBelow, _ number: Int, _ record: DiskRecord) {
            (self.below, self.number, self.record) = (below, number, record)
        }

        override func read(_ bytes: UnsafeMutableRawBufferPointer, at offset: Int64) -> Int32 {
            below.read(bytes, at: offset)
        }

        override func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) -> Int32 {
            guard record.take(bytes.count) else { return SQLITE_FULL }
            record.add(.write(file: number, offset: Int(offset), bytes: Array(bytes)))
            return below.write(bytes, at: offset)
        }

        override func truncate(to size: Int64) -> Int32 {
            record.add(.cut(file: number, size: Int(size)))
            return below.truncate(to: size)
        }

        override func sync(_ flags: Int32) -> Int32 {
            record.add(.sync(file: number))
            return SQLITE_OK
        }

        override func size(_ size: inout Int64) -> Int32 { below.size(&size) }
    }
}
