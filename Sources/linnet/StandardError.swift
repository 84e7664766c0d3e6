import Engine
import Reactor

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The log, on stderr. A terminal that is held, or a full pipe, costs records, not time: beyond a bound they are
/// counted, and one record says how many were left out.
@NetworkActor final class StandardError: LogSink {
    /// The bytes that may wait for stderr.
    private static let bound = 256 * 1024

    var level: LogLevel
    var format: LogFormat
    private let world: World
    private let worker: any SerialWorker
    private var waiting = 0
    private var leftOut = 0
    private var flushing: CheckedContinuation<Void, Never>?

    /// How long what was logged last may take to get out, and how long a word to a person may.
    private static let patience = Duration.milliseconds(200)
    private nonisolated static let sayPatience: Int32 = 1000

    init(world: World, level: LogLevel, format: LogFormat) {
        self.world = world
        self.level = level
        self.format = format
        worker = world.serialWorker(named: "stderr")
    }

    func write(_ record: LogRecord) {
        guard waiting < Self.bound else { return leftOut += 1 }
        if leftOut > 0 {
            let count = leftOut
            leftOut = 0
            put(LogRecord(.warning, at: record.time, "log records left out", [("count", "\(count)")]))
        }
        put(record)
    }

    /// Returns when what was written so far is out, or stderr takes nothing for a while.
    func flush() async {
        guard waiting > 0 else { return }
        let timer = world.clock.schedule(after: Self.patience) { [weak self] in self?.flushed() }
        await withCheckedContinuation { flushing = $0 }
        timer.cancel()
    }

    private func flushed() {
        flushing?.resume()
        flushing = nil
    }

    /// Says something at once, on the calling thread; nothing, where nobody takes it for a while. That it is not heard
    /// is no failure.
    nonisolated static func say(_ bytes: [UInt8]) {
        var ready = pollfd(fd: 2, events: Int16(POLLOUT), revents: 0)
        guard poll(&ready, 1, sayPatience) > 0 else { return }
        _ = bytes.withUnsafeBytes { StandardOutput.write($0, to: 2) }
    }

    private func put(_ record: LogRecord) {
        let line = record.line(format)
        waiting += line.count
        worker.submit { [weak self] in
            _ = line.withUnsafeBytes { StandardOutput.write($0, to: 2) }
            EventLoop.shared.execute { self?.written(line.count) }
        }
    }

    private func written(_ count: Int) {
        waiting -= count
        if waiting == 0 { flushed() }
    }
}
