import Crypto
import Foundation
import Testing

@testable import Store

/// An encrypted store in a directory of its own, as tests of its files need it: SQLite without the store's thread.
struct Sealed {
    let directory: TemporaryDirectory
    var configuration = StoreKind.encrypted.configuration

    init(_ directory: TemporaryDirectory = TemporaryDirectory()) { self.directory = directory }

    static let suffixes = ["", "-wal", "-seals"]

    var file: String { directory.file }
    var log: String { directory.file + "-wal" }
    var seals: String { directory.file + "-seals" }

    /// A connection to the store with its schema.
    func open() throws -> Database {
        let database = try Database(.directory(directory.path), configuration: configuration)
        try database.prepareSchema(configuration: configuration)
        return database
    }

    /// The error with which opening and reading everything ends; nil if it does not.
    func failure() -> StoreError? {
        do throws(any Error) {
            _ = try contents(open())
            return nil
        } catch {
            return error as? StoreError
        }
    }

    /// A copy of the files as they are now, also of a store in use.
    func copy() throws -> Sealed {
        var copy = Sealed()
        copy.configuration = configuration
        try FileManager.default.createDirectory(atPath: copy.directory.path, withIntermediateDirectories: true)
        for suffix in Self.suffixes where FileManager.default.fileExists(atPath: file + suffix) {
            try FileManager.default.copyItem(atPath: file + suffix, toPath: copy.file + suffix)
        }
        return copy
    }

    func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: path))) }

    func write(_ bytes: [UInt8], to path: String) throws { try Data(bytes).write(to: URL(filePath: path)) }

    /// Changes a file of the store.
    func change(_ path: String, _ body: (inout [UInt8]) throws -> Void) throws {
        var content = try bytes(path)
        try body(&content)
        try write(content, to: path)
    }

    /// Exchanges one page of the database for another one's bytes.
    func putPage(_ page: Int, _ bytes: ArraySlice<UInt8>) throws {
        try change(file) { $0.replaceSubrange((page - 1) * 4096..<page * 4096, with: bytes) }
    }

    func page(_ page: Int) throws -> ArraySlice<UInt8> {
        try bytes(file)[(page - 1) * 4096..<page * 4096]
    }
}

/// The settings in a database in which SQLite finds nothing wrong.
func contents(_ database: Database) throws -> [String: [UInt8]] {
    let rows = try database.all("SELECT name, value FROM settings") { ($0.text(0), $0.blob(1)) }
    // Walks through everything else; what it cannot read it says in words.
    let verdict = try database.first("PRAGMA integrity_check") { $0.text(0) } ?? ""
    guard verdict == "ok" else { throw StoreError(.corrupt, verdict) }
    return Dictionary(uniqueKeysWithValues: rows)
}

extension Database {
    /// Sets a setting, in a transaction of its own.
    func put(_ name: String, _ value: [UInt8]) throws {
        try run("INSERT OR REPLACE INTO settings VALUES (?, ?)", .text(name), .blob(value))
    }

    /// Folds the log into the database and begins it anew.
    func checkpoint() throws { try execute(script: "PRAGMA wal_checkpoint(TRUNCATE)") }
}
