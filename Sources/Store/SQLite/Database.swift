import CSQLite
import Reactor

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// One SQLite connection with its prepared statements, used from one thread at a time.
///
/// SQL is a `StaticString` everywhere but in migrations and pragmas: values can only come in as bound parameters, and
/// the literal's address finds the prepared statement without hashing its text.
final class Database {
    let path: String
    private let handle: OpaquePointer
    private var statements: [UnsafePointer<UInt8>: Statement] = [:]
    /// The encrypted files that this is a connection to; they stay open as long.
    private let sealed: SealedStore?

    /// Opens or creates the database and sets what holds for every connection. Does not look at the content yet, unless
    /// it is encrypted, or is to be.
    convenience init(_ location: StoreLocation, configuration: StoreConfiguration) throws(StoreError) {
        if case .directory(let directory) = location, let key = configuration.key {
            let sealed = try SealedStore.open(directory, key: key, configuration: configuration)
            try self.init(opening: location.path, sealed: sealed, configuration: configuration)
        } else {
            try location.prepare()
            if SealedStore.isThere(location) { throw StoreError.keyless(location.path) }
            try self.init(opening: location.path, configuration: configuration)
        }
    }

    /// Opens the database at `path` as it is, through the VFS of `sealed` if it is encrypted. `takesURIs` is for SQL that
    /// names files and their VFS.
    convenience init(
        opening path: String, sealed: SealedStore? = nil, configuration: StoreConfiguration, takesURIs: Bool = false
    ) throws(StoreError) {
        try self.init(
            path, name: path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | (takesURIs ? SQLITE_OPEN_URI : 0),
            busyTimeout: configuration.busyTimeout, sealed)
    }

    /// Opens a database to look at it.
    ///
    /// - Parameter isImmutable: Whether nobody writes to it meanwhile.
    convenience init(inspecting path: String, isImmutable: Bool) throws(StoreError) {
        try self.init(
            path, name: Self.uri(path, isImmutable ? "?immutable=1" : ""), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI,
            busyTimeout: StoreConfiguration().busyTimeout, nil)
    }

    /// A path as SQLite takes it with parameters behind.
    static func uri(_ path: String, _ parameters: String) -> String {
        var name = "file:"
        for byte in PathText.bytes(path) {
            // What a URI gives a meaning to (sqlite.org/uri.html) is no part of a path; nor is what ends a text in SQL.
            let isPlain = byte > 0x20 && byte < 0x7F && !"?#%'".utf8.contains(byte)
            if isPlain {
                name.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                name += (byte < 16 ? "%0" : "%") + String(byte, radix: 16)
            }
        }
        return name + parameters
    }

    /// Whether there are changes beside a database that are not folded into it yet.
    static func hasLog(_ path: String) -> Bool {
        var status = stat()
        return stat((path + "-wal").systemPath, &status) == 0 && status.st_size > 0
    }

    private init(
        _ path: String, name: String, _ mode: Int32, busyTimeout: Int32, _ sealed: SealedStore?
    ) throws(StoreError) {
        self.path = path
        self.sealed = sealed
        let flags =
            mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE
        var opened: OpaquePointer?
        let result = sqlite3_open_v2(name.systemPath, &opened, flags, sealed?.vfs)
        guard result == SQLITE_OK, let opened else {
            let detail = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            let systemError = opened.map { sqlite3_system_errno($0) } ?? 0
            sqlite3_close_v2(opened)
            if let error = sealed?.files.takeFailure(result) { throw error }
            throw .sqlite(result, detail: detail, path: path, systemError: systemError)
        }
        handle = opened
        sqlite3_busy_timeout(handle, busyTimeout)
        linnet_sqlite_set_defensive(handle)
    }

    deinit {
        // The statements must go before their connection.
        statements.removeAll()
        sqlite3_close_v2(handle)
    }

    /// False inside BEGIN … COMMIT, and true again when SQLite had to roll back by itself.
    var isAutocommit: Bool { sqlite3_get_autocommit(handle) != 0 }

    /// Rows changed by the last statement that was run.
    var changes: Int { Int(sqlite3_changes64(handle)) }

    /// The row id of the last insertion.
    var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }

    /// Leaves the write-ahead log as it is when the database is closed.
    func keepLog() { linnet_sqlite_keep_log(handle) }

    /// Runs a statement for its effect; rows that it yields are passed over.
    func run(_ sql: StaticString, _ values: SQLValue...) throws(StoreError) {
        let statement = try prepared(sql)
        defer { statement.reset() }
        try check(statement.bind(values))
        while try step(statement) {}
    }

    /// The rows of a query, decoded one by one.
    func all<T>(
        _ sql: StaticString, _ values: SQLValue..., decode: (Row) throws(StoreError) -> T
    ) throws(StoreError) -> [T] {
        var rows: [T] = []
        try forEach(sql, values) { (row) throws(StoreError) in
            rows.append(try decode(row))
            return true
        }
        return rows
    }

    /// The first row of a query, or nil.
    func first<T>(
        _ sql: StaticString, _ values: SQLValue..., decode: (Row) throws(StoreError) -> T
    ) throws(StoreError) -> T? {
        var found: T?
        try forEach(sql, values) { (row) throws(StoreError) in
            found = try decode(row)
            return false
        }
        return found
    }

    /// Calls `body` for each row until it answers false.
    func forEach(
        _ sql: StaticString, _ values: [SQLValue], _ body: (Row) throws(StoreError) -> Bool
    ) throws(StoreError) {
        let statement = try prepared(sql)
        defer { statement.reset() }
        try check(statement.bind(values))
        while try step(statement) {
            guard try body(Row(statement: statement.handle)) else { return }
        }
    }

    /// Runs a script of statements that take no values: migrations and pragmas of our own making.
    func execute(script: String) throws(StoreError) {
        try check(sqlite3_exec(handle, script, nil, nil, nil))
    }

    /// The integer that a pragma answers.
    func pragma(_ name: String) throws(StoreError) -> Int64 {
        var pointer: OpaquePointer?
        try check(sqlite3_prepare_v2(handle, "PRAGMA \(name)", -1, &pointer, nil))
        guard let pointer else { return 0 }
        let statement = Statement(pointer)
        return try step(statement) ? Row(statement: statement.handle).integer(0) : 0
    }

    /// Leaves bytes free at the end of each page of a database that has no page yet, or is copied by VACUUM.
    func reserve(_ byteCount: Int) throws(StoreError) {
        var count = Int32(clamping: byteCount)
        try check(sqlite3_file_control(handle, nil, SQLITE_FCNTL_RESERVE_BYTES, &count))
    }

    private func prepared(_ sql: StaticString) throws(StoreError) -> Statement {
        guard sql.hasPointerRepresentation else { throw StoreError(.internal, "empty SQL") }
        if let statement = statements[sql.utf8Start] { return statement }
        var pointer: OpaquePointer?
        let count = Int32(clamping: sql.utf8CodeUnitCount)
        let result = sql.utf8Start.withMemoryRebound(to: CChar.self, capacity: Int(count)) { text in
            sqlite3_prepare_v3(handle, text, count, UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, nil)
        }
        try check(result)
        guard let pointer else { throw StoreError(.internal, "empty SQL") }
        let statement = Statement(pointer)
        statements[sql.utf8Start] = statement
        return statement
    }

    private func step(_ statement: Statement) throws(StoreError) -> Bool {
        errno = 0
        let result = sqlite3_step(statement.handle)
        switch result {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        // SQLite keeps the system's error for some failures only; for a commit's it does not.
        default: throw failure(result, systemError: errno)
        }
    }

    private func check(_ result: Int32) throws(StoreError) {
        guard result == SQLITE_OK else { throw failure(result, systemError: sqlite3_system_errno(handle)) }
    }

    private func failure(_ result: Int32, systemError: Int32) -> StoreError {
        if let error = sealed?.files.takeFailure(result) {
            return StoreError(error.code, error.message, sqliteCode: result)
        }
        return .sqlite(
            result, detail: String(cString: sqlite3_errmsg(handle)), path: path, systemError: systemError)
    }
}
