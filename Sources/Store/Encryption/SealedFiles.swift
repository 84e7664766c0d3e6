import CSQLite
import Crypto
import Synchronization

/// What is known of an encrypted store's files, as the connections of this process share it.
///
/// | file | holds |
/// |---|---|
/// | `linnet.db` | the pages, sealed (`SealedPage`) |
/// | `linnet.db-wal` | SQLite's write-ahead log, its pages sealed and its frames chained (`FrameCoder`) |
/// | `linnet.db-seals` | which version of each page the database holds (`SealFile`) |
///
/// A page that is read is opened with its number, and is the version that was written last: in the database by the
/// table of seals, in the log by its frame. So a flipped bit, a page in another's place and a page from an older copy
/// are errors. What cannot be told is an older state of all the files together, or a log that lost its last
/// transactions as a whole: for that, something outside of these files would have to remember.
///
/// A crash leaves the three consistent. The log is only begun anew, or removed, when its pages are in the database and
/// the seals say so (`discardLog`). Until then they are read from the log.
///
/// Unchecked: what changes is changed under the lock.
final class SealedFiles: @unchecked Sendable {
    /// The database's path.
    let path: String
    let keys: StoreKeys
    /// True while a new store is made: pages go to the database directly, without a log.
    let isBuilding: Bool
    let index = SharedIndex()

    private let mutex = Mutex<Void>(())
    private let seals: SealFile
    private var log: FrameLog
    /// True if frames of this step may lie in the log's file although none of them counts.
    private var hasTraces: Bool
    /// True if the database was written since it was last known to be on the disk.
    private var isUnsynced = false
    private var failure: (result: Int32, error: StoreError)?

    var logPath: String { path + "-wal" }

    /// The files of a database that was found, with what its log holds.
    init(path: String, seals: SealFile, log: LogAudit.Outcome) {
        self.path = path
        self.seals = seals
        self.log = log.log
        hasTraces = log.hasTraces
        keys = seals.keys
        isBuilding = false
    }

    /// The files of a database that is being built.
    init(building path: String, seals: SealFile) {
        self.path = path
        self.seals = seals
        log = FrameLog(base: seals.step, salts: 0)
        hasTraces = false
        keys = seals.keys
        isBuilding = true
    }

    /// Whether `key` is the one that the files are sealed with.
    func isOpened(by key: SecretBytes) -> Bool { seals.isSealed(by: key) }

    // MARK: The database

    /// The version of a page that the database holds.
    func stamp(of page: UInt32) -> Stamp {
        mutex.withLock { _ in seals.table.stamp(of: page) }
    }

    /// The database now holds that version of a page.
    func wrote(_ page: UInt32, _ stamp: Stamp) {
        mutex.withLock { _ in
            seals.table.set(stamp, of: page)
            isUnsynced = true
        }
    }

    /// The database was cut to that many pages.
    func cut(to count: UInt32) {
        mutex.withLock { _ in
            seals.table.truncate(to: count)
            isUnsynced = true
        }
    }

    /// The database is on the disk.
    func synced() {
        mutex.withLock { _ in isUnsynced = false }
    }

    /// Why a page of the database is not the one that was written last.
    func refusal(of page: UInt32, isAuthentic: Bool) -> StoreError {
        let hasTornEnd = mutex.withLock { _ in seals.hasTornEnd }
        // The record that told of this page may be the one that is not whole.
        if hasTornEnd { return .damagedSeals(seals.path) }
        return isAuthentic ? .oldPage(page, of: path) : .damagedPage(page, of: path)
    }

    // MARK: The log

    /// Frame `index` and the log's salts; nil if there is no such frame.
    func frame(_ index: Int) -> (frame: Frame, salts: UInt64)? {
        mutex.withLock { _ in log.frame(index).map { ($0, log.salts) } }
    }

    /// What frame `index` is to be linked to.
    func link(of index: Int) -> FrameLink {
        mutex.withLock { _ in
            FrameLink(
                base: log.base, salts: log.salts, previous: log.code(before: index),
                transactionStart: log.transactionStart(of: index))
        }
    }

    /// A frame was written; those behind it are gone. False if it does not follow on those that are there.
    func append(_ frame: Frame, at index: Int) -> Bool {
        mutex.withLock { _ in log.put(frame, at: index) }
    }

    /// A frame was written anew in its place.
    func replace(_ index: Int, by frame: Frame) {
        mutex.withLock { _ in log.replace(index, by: frame) }
    }

    /// The log was cut.
    func cutLog(to count: Int) {
        mutex.withLock { _ in log.cut(to: count) }
    }

    /// The log goes: writes down which pages the database holds, if that is not written down yet. From then on no frame
    /// that may still lie in the log's file counts. `sync` brings the database to the disk; nil if that cannot be done.
    func discardLog(_ sync: (() -> Int32)?) -> Int32 {
        if mutex.withLock({ _ in isUnsynced }) {
            guard let sync else { return SQLITE_IOERR_FSYNC }
            let result = sync()
            guard result == SQLITE_OK else { return result }
        }
        return mutex.withLock { _ in
            isUnsynced = false
            do throws(StoreError) {
                if seals.table.hasChanges || log.count > 0 || hasTraces { try seals.record() }
            } catch {
                failure = (SQLITE_IOERR_FSYNC, error)
                return SQLITE_IOERR_FSYNC
            }
            log = FrameLog(base: seals.step, salts: 0)
            hasTraces = false
            return SQLITE_OK
        }
    }

    /// A new log begins; the one before was discarded.
    func beginLog(salts: UInt64) {
        mutex.withLock { _ in log = FrameLog(base: seals.step, salts: salts) }
    }

    /// The store is built: writes down all of its pages.
    func finishBuilding() throws(StoreError) {
        try mutex.withLock { _ throws(StoreError) in try seals.record() }
    }

    // MARK: Errors

    /// Keeps the typed error for whom SQLite hands `result` to, and returns that.
    func fail(_ error: StoreError, as result: Int32 = SQLITE_CORRUPT) -> Int32 {
        mutex.withLock { _ in failure = (result, error) }
        return result
    }

    /// The error behind SQLite's `result`, once.
    func takeFailure(_ result: Int32) -> StoreError? {
        mutex.withLock { _ in
            guard let found = failure, found.result & 0xff == result & 0xff else { return nil }
            failure = nil
            return found.error
        }
    }
}
