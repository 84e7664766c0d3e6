import CSQLite

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Why the store refused: a stable code, and a text that tells a person what to do. Two errors are equal when their
/// codes are.
public struct StoreError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kinds of failure that a caller can tell apart.
    public enum Code: String, Sendable, CaseIterable {
        /// The disk, the quota or the configured page limit is used up. Nothing of the failed write was kept.
        case full
        /// The file is damaged, truncated, or no SQLite database.
        case corrupt
        /// A sound SQLite database of some other program.
        case foreign
        /// Another process holds the database.
        case locked
        /// The store was written by a later version of linnet.
        case newerVersion
        /// The store is encrypted, and not with the key that was given; or none was given. It is left as it was.
        case keyWrong
        /// Reading or writing the file failed.
        case io
        /// The file or its directory may not be read or written.
        case permission
        /// A unique, foreign-key or check constraint does not allow the change.
        case constraint
        /// The files were removed, moved or replaced while they are in use. Nothing is read or written then.
        case gone
        /// More writes are waiting than the store queues.
        case overloaded
        /// The body of a write threw; its changes were rolled back. `underlying` holds what it threw.
        case aborted
        /// The store has been closed.
        case closed
        /// SQLite found no memory.
        case outOfMemory
        /// A fault of this program, such as wrong SQL.
        case `internal`
    }

    /// The kind of failure.
    public let code: Code
    /// What happened and what to do, for a person.
    public let message: String
    /// SQLite's extended result code (sqlite.org/rescode.html), 0 when the error did not come from SQLite.
    public let sqliteCode: Int32
    /// What the body of a write threw, when `code` is `aborted`.
    public let underlying: (any Error)?

    /// An error.
    public init(_ code: Code, _ message: String, sqliteCode: Int32 = 0, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.sqliteCode = sqliteCode
        self.underlying = underlying
    }

    /// The code and the text.
    public var description: String {
        sqliteCode == 0 ? "store.\(code.rawValue): \(message)" : "store.\(code.rawValue) (\(sqliteCode)): \(message)"
    }

    /// By code alone.
    public static func == (left: Self, right: Self) -> Bool { left.code == right.code }

    /// True when the same call can succeed later without anybody repairing the store.
    public var isTransient: Bool {
        switch code {
        case .full, .locked, .io, .overloaded, .outOfMemory: true
        case .corrupt, .foreign, .newerVersion, .keyWrong, .permission, .constraint, .gone, .aborted, .closed,
            .internal:
            false
        }
    }
}

extension StoreError {
    /// The error for SQLite's extended `result` code on the database at `path`.
    /// `systemError` is the errno that SQLite kept: a full disk shows itself there when an fsync fails.
    static func sqlite(_ result: Int32, detail: String, path: String, systemError: Int32 = 0) -> StoreError {
        let noSpace = isOutOfRoom(systemError)
        switch result & 0xff {
        case SQLITE_FULL:
            return StoreError(.full, "no room left for \(path): free some disk space", sqliteCode: result)
        case SQLITE_IOERR where noSpace, SQLITE_CANTOPEN where noSpace:
            return StoreError(.full, "no room left for \(path): free some disk space", sqliteCode: result)
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            return StoreError(
                .corrupt, "\(path) is damaged (\(detail)): move it away or restore a copy", sqliteCode: result)
        case SQLITE_BUSY, SQLITE_LOCKED:
            return StoreError(.locked, "\(path) is in use by another process", sqliteCode: result)
        case SQLITE_IOERR, SQLITE_CANTOPEN:
            return StoreError(
                .io, "cannot read or write \(path): \(detail)\(systemText(systemError))", sqliteCode: result)
        case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH:
            return StoreError(
                .permission, "\(path) may not be written: check its owner and mode", sqliteCode: result)
        case SQLITE_CONSTRAINT:
            return StoreError(.constraint, detail, sqliteCode: result)
        case SQLITE_NOMEM:
            return StoreError(.outOfMemory, "no memory left to work on \(path)", sqliteCode: result)
        default:
            return StoreError(.internal, "SQLite failed on \(path): \(detail)", sqliteCode: result)
        }
    }

    /// What the operating system said about `path`.
    static func system(_ number: Int32, _ path: String) -> StoreError {
        let text = strerror(number).map { String(cString: $0) } ?? "error \(number)"
        switch number {
        case _ where isOutOfRoom(number):
            return StoreError(.full, "no room left for \(path): free some disk space")
        case EACCES, EPERM, EROFS: return StoreError(.permission, "cannot open \(path): \(text)")
        default: return StoreError(.io, "cannot open \(path): \(text)")
        }
    }

    /// Whether an errno says that the disk, a quota or the process's limit on files (`ulimit -f`) is used up.
    static func isOutOfRoom(_ number: Int32) -> Bool {
        number == ENOSPC || number == EDQUOT || number == EFBIG
    }

    private static func systemText(_ number: Int32) -> String {
        guard number != 0, let text = strerror(number) else { return "" }
        return " (\(String(cString: text)))"
    }
}
