import Reactor
import Time
import Wire

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A record on disk, for its owner alone: each engine that begins adds to what is there.
///
/// A thread of its own takes secrets out, writes and may wait for the disk; the loop only hands entries over. When too
/// much waits, entries are left out and counted; when the disk says no, the record ends, and the log tells it. The
/// engine goes on in any case.
@NetworkActor public final class RecordFile: RecordSink {
    /// How much may wait for the disk.
    private static let bound = 16 << 20

    private let path: String
    private let world: World
    private let log: any LogSink
    private let worker: any SerialWorker
    private let writer: RecordWriter
    private var gathered: [RecordEntry] = []
    /// What has been handed over and is not written yet.
    private var waiting = 0
    /// Changes when something was written.
    private let progress = Condition()
    private var lost = 0
    private var hasEnded = false
    private var isScheduled = false

    /// Opens the file, or makes it with mode 0600.
    ///
    /// - Throws: `record.failed`, also if it is no record, or if another engine writes it.
    public init(_ path: String, world: World, log: any LogSink) throws(CommandFailure) {
        self.path = path
        self.world = world
        self.log = log
        writer = try RecordWriter(path, start: world.clock.now)
        worker = world.serialWorker(named: "record")
    }

    /// Takes an entry.
    public func write(_ entry: RecordEntry) {
        guard !hasEnded else { return }
        guard waiting < Self.bound else { return lost += 1 }
        waiting += entry.size
        gathered.append(entry)
        if case .input = entry.content, gathered.count == 1 {
            // The line that a turn begins with may be its last: it should be on the disk when the process dies of it.
            submit()
        } else if !isScheduled {
            isScheduled = true
            world.atEndOfTurn { [self] in submit() }
        }
    }

    /// How long what waits for the disk may take at the end.
    private static let patience = Duration.seconds(2)

    /// Returns when all is written, or the disk takes longer than two seconds.
    public func flush() async {
        submit()
        await progress.wait(until: world.clock.now + Self.patience, on: world.clock) { waiting == 0 || hasEnded }
    }

    private func submit() {
        isScheduled = false
        guard !gathered.isEmpty else { return }
        let (entries, missing, now) = (gathered, lost, world.clock.now)
        (gathered, lost) = ([], 0)
        let size = entries.reduce(0) { $0 + $1.size }
        worker.submit { [self, writer] in
            let failure = writer.write(entries, missing: missing, now)
            EventLoop.shared.execute { self.wrote(size, failure) }
        }
    }

    private func wrote(_ size: Int, _ failure: Int32?) {
        waiting -= size
        defer { progress.changed() }
        guard let failure, !hasEnded else { return }
        hasEnded = true
        guard log.level >= .warning else { return }
        let fields = [("file", path), ("reason", Files.reason(failure))]
        log.write(LogRecord(.warning, at: world.wallClock.now, "recording has ended", fields))
    }
}

/// The thread's side of a record.
///
/// Unchecked: confined to the record's serial worker once it is made.
private final class RecordWriter: @unchecked Sendable {
    private let descriptor: Int32
    private let start: Instant
    private let redaction = Redaction.standard
    /// Up to where whole lines stand.
    private var length: off_t
    private var hasFailed = false

    init(_ path: String, start: Instant) throws(CommandFailure) {
        self.start = start
        // Without waiting for the other end of a FIFO, which is refused then.
        let flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
        let descriptor = open(path.systemPath, flags, 0o600)
        guard descriptor >= 0 else { throw Self.failure(path, Files.reason()) }
        do throws(CommandFailure) {
            length = try Self.adopt(descriptor, path)
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Makes sure that lines may be added; answers the length.
    private static func adopt(_ descriptor: Int32, _ path: String) throws(CommandFailure) -> off_t {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw failure(path, "it is no file")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw failure(path, "another engine writes it") }
        var head = [UInt8](repeating: 0, count: RecordHeader.signature.count)
        let count = head.withUnsafeMutableBytes { Files.read(descriptor, into: $0) } ?? 0
        guard count == 0 || head == RecordHeader.signature else {
            throw failure(path, "it holds something else; choose another file")
        }
        if status.st_mode & 0o077 != 0, fchmod(descriptor, 0o600) != 0 { throw failure(path, Files.reason()) }
        guard status.st_size > 0 else { return 0 }
        // An engine that was killed may have left half a line.
        var last: UInt8 = 0
        guard pread(descriptor, &last, 1, status.st_size - 1) == 1 else { throw failure(path, Files.reason()) }
        guard last != UInt8(ascii: "\n") else { return status.st_size }
        guard [UInt8(ascii: "\n")].withUnsafeBytes({ Files.write($0, to: descriptor) }) else {
            throw failure(path, Files.reason())
        }
        return status.st_size + 1
    }

    private static func failure(_ path: String, _ reason: String) -> CommandFailure {
        CommandFailure(.recordFailed, "cannot record in \(path): \(reason)")
    }

    /// Adds entries.
    ///
    /// - Returns: What went wrong, as `errno` has it; nil if nothing did.
    func write(_ entries: [RecordEntry], missing: Int, _ now: Instant) -> Int32? {
        guard !hasFailed else { return nil }
        var bytes: [UInt8] = []
        for entry in entries {
            bytes += entry.line(since: start, redaction)
            entry.erase()
        }
        if missing > 0 { bytes += RecordEntry.lost(missing, at: now, since: start) }
        if bytes.withUnsafeBytes({ Files.write($0, to: descriptor) }) {
            length += off_t(bytes.count)
            return nil
        }
        let code = errno
        hasFailed = true
        // What is there stays readable.
        _ = ftruncate(descriptor, length)
        return code
    }
}
