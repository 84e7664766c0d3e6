import Reactor

/// Lines on their way to one reader, with a bound.
///
/// One batch is with the sink while the next one grows; so a fast reader gets lines at once, and a slow one gets them
/// in large batches. What may wait without limit must not be put here: answers are bounded by the commands in flight,
/// durable events by the store, ephemeral ones by being dropped.
@NetworkActor final class LineQueue {
    /// Above this many waiting bytes no event is added, and no further command is read.
    static let bound = 1 << 20
    /// How long an abandoned reader may still take over what is being written.
    private static let lastChance = Duration.milliseconds(200)

    private let world: World
    private let sink: any LineSink
    let counters: Counters
    private var writer = LineWriter()
    private var isWriting = false
    private var isFlushScheduled = false
    private var isSealed = false
    private var isReaderAbandoned = false
    /// False once the reader has gone: lines are let go from then on.
    private(set) var isOpen = true
    /// Called with each line, without its newline, when it is added.
    var onLine: (([UInt8]) -> Void)?
    /// Called when lines were taken, with the mark that was set last among them.
    var onWritten: ((Int64?) -> Void)?
    /// Called once, when the reader has gone.
    var onClosed: (() -> Void)?
    private var mark: Int64?
    private var idleWaiters: [Waiter] = []

    /// Somebody who waits for the queue to be idle, at most until a timer.
    @NetworkActor private final class Waiter {
        var continuation: CheckedContinuation<Void, Never>?
        var timer: Timer?

        func resume() {
            timer?.cancel()
            continuation?.resume()
            continuation = nil
        }
    }

    init(world: World, sink: any LineSink, counters: Counters = Counters()) {
        self.world = world
        self.sink = sink
        self.counters = counters
    }

    /// Whether so much waits that nothing should be added that can wait elsewhere.
    var isFull: Bool { writer.count >= Self.bound }

    /// Whether every line has been taken by the reader's side.
    var isIdle: Bool { !isWriting && writer.count == 0 }

    /// Whether lines are taken: the reader is there, and the last line was not written yet.
    var takesLines: Bool { isOpen && !isSealed }

    /// Adds one line.
    func line(_ type: String, _ body: (inout LineWriter) -> Void) {
        guard takesLines else { return }
        let start = writer.count
        writer.begin(type)
        body(&writer)
        writer.end()
        counters.linesOut += 1
        counters.bytesOut += UInt64(writer.count - start)
        if let onLine { onLine(writer.line(from: start)) }
        scheduleFlush()
    }

    /// Adds one durable event, already encoded but for its envelope.
    func event(_ type: String, seq: Int64, _ body: (inout LineWriter) -> Void) {
        guard takesLines else { return }
        line(type, body)
        mark = seq
    }

    /// Takes no further line.
    func seal() {
        isSealed = true
    }

    /// Lets go what waits, and all that comes: the reader has gone.
    func close() {
        guard isOpen else { return }
        isOpen = false
        _ = writer.take()
        onClosed?()
        stopWaiting()
    }

    /// Waits for the reader no longer, now and later.
    func abandonReader() {
        isReaderAbandoned = true
        stopWaiting()
    }

    private func stopWaiting() {
        let waiters = idleWaiters
        idleWaiters = []
        for waiter in waiters { waiter.resume() }
    }

    /// Suspends until every line was taken, the reader has gone, or time is up.
    func drained(within limit: Duration?) async {
        guard isOpen, !isIdle else { return }
        let limit = isReaderAbandoned ? Self.lastChance : limit
        let waiter = Waiter()
        idleWaiters.append(waiter)
        await withCheckedContinuation { continuation in
            waiter.continuation = continuation
            if let limit { waiter.timer = world.clock.schedule(after: limit) { waiter.resume() } }
        }
    }

    /// Hands over what waits, at the end of the loop's turn: one batch for all lines of the turn.
    private func scheduleFlush() {
        guard !isWriting, !isFlushScheduled else { return }
        isFlushScheduled = true
        world.atEndOfTurn { [self] in
            isFlushScheduled = false
            flush()
        }
    }

    private func flush() {
        guard isOpen, !isWriting, writer.count > 0 else { return }
        isWriting = true
        let mark = mark
        sink.write(writer.take()) { [weak self] isOpen in self?.wrote(isOpen, mark) }
    }

    private func wrote(_ stillOpen: Bool, _ mark: Int64?) {
        isWriting = false
        if stillOpen {
            flush()
            onWritten?(mark)
        } else {
            close()
        }
        if !isOpen || isIdle { stopWaiting() }
    }
}
