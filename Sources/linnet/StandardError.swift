import Engine
import Reactor

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
        for _ in 1...40 where waiting > 0 { await world.clock.sleep(for: .milliseconds(5)) }
    }

    private func put(_ record: LogRecord) {
        let line = record.line(format)
        waiting += line.count
        worker.submit { [weak self] in
            _ = line.withUnsafeBytes { StandardOutput.write($0, to: 2) }
            EventLoop.shared.execute { self?.waiting -= line.count }
        }
    }
}
