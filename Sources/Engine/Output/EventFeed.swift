import Reactor
import Store
import Time

/// Events on their way to one reader.
///
/// Durable events are told from the store's log, in the order of `seq` and without holes. When the reader falls
/// behind they stay in the store, and only the numbers of the last one told and the last one written are kept here;
/// when it has caught up with what waits, they are read back. Ephemeral events are told at once or not at all, and
/// one `dropped` says how many were not.
@NetworkActor final class EventFeed {
    /// Where durable events are read back from.
    struct Log {
        /// Reads those behind a `seq`, in order, at most so many.
        let events: @NetworkActor (_ after: Int64, _ limit: Int) async throws -> [LoggedEvent]
        /// Notes that a reader is about to be told some.
        let open: @NetworkActor (ReaderMark) async -> Void
    }

    /// How many durable events are read back at once.
    private static let pageSize = 64
    /// How long to wait before the log is read again after it could not be: longer each time, up to a minute.
    private static let retry = (first: Duration.seconds(1), longest: Duration.seconds(60))

    private let output: LineQueue
    private let world: World
    private var log: Log?
    /// What the reader wants.
    private var filter = EventFilter.everything
    /// The last `seq` that was given to the queue, or that the reader does not want.
    private var told: Int64 = 0
    /// The greatest `seq` that was ever given to the queue.
    private var toldMost: Int64 = 0
    /// Counts the reader's choices, so that what was read for an earlier one is not told.
    private var subscription = 0
    /// The last `seq` in the log.
    private(set) var latest: Int64 = 0
    /// The last `seq` that the reader's side has taken.
    private var written: Int64 = 0
    /// The last one of which that is on the disk, or on its way there.
    private var saved: Int64 = 0
    /// What the reader at this end of the pipe may have been told, before this engine too, if it is one that is known.
    private var readerMark: ReaderMark?
    /// The same for the consumer that it has subscribed as.
    private var consumerMark: ReaderMark?
    /// How many more events the reader is told; nil for all.
    private var left: Int?
    /// Called when the reader has been told as many events as it wants.
    var onLimit: (() -> Void)?
    private var dropped = 0
    private var isReadingBack = false
    /// How long to wait after the next failure to read the log.
    private var pause = retry.first

    init(output: LineQueue, world: World) {
        self.output = output
        self.world = world
    }

    /// Whether every durable event has been given to the queue.
    var isCaughtUp: Bool { log == nil || told >= latest || left == 0 || !output.takesLines }

    /// Whether it was ever started.
    var hasBegun: Bool { subscription > 0 || log != nil }

    /// Begins telling: first what the log has behind `cursor`.
    ///
    /// - Parameter mark: What the reader may have been told before; nil if it is new.
    func start(
        after cursor: Int64, latest: Int64, mark: ReaderMark?, _ filter: EventFilter = .everything,
        limit: Int? = nil, log: Log
    ) {
        self.filter = filter
        left = limit
        self.log = log
        readerMark = mark
        self.latest = max(self.latest, latest)
        told = cursor
        written = cursor
        saved = cursor
        resume()
    }

    /// Tells nothing, and only counts durable events, from the last one that the log has.
    func count(from latest: Int64) {
        self.latest = max(self.latest, latest)
        left = 0
    }

    /// How far the reader is: the last `seq` that its side has taken, and the greatest that was given to its queue.
    var position: (written: Int64, toldMost: Int64) { (written, toldMost) }

    /// Goes on telling what the reader has chosen, from where it was, now that the log is open again.
    func goOn(latest: Int64, log: Log) {
        self.log = log
        self.latest = max(self.latest, latest)
        resume()
    }

    /// Tells no durable event until it is started again, or goes on.
    func stop() {
        guard log != nil else { return }
        log = nil
        subscription += 1
    }

    /// Tells from now on what `filter` admits, beginning behind `seq`.
    ///
    /// - Parameter consumer: The reader that it is told as, if that has a name.
    func subscribe(_ filter: EventFilter, after seq: Int64, as consumer: ReaderMark?) {
        self.filter = filter
        told = min(seq, latest)
        consumerMark = consumer
        subscription += 1
        resume()
    }

    /// Tells durable events that the store has just committed.
    func publish(_ events: [LoggedEvent]) {
        for event in events {
            latest = max(latest, event.seq)
            let isNext = log != nil && left != 0 && !isReadingBack && event.seq == told + 1
            if isNext, !output.isFull, output.takesLines, marks.allSatisfy(\.isOpen) { pass(event) }
        }
        resume()
    }

    /// Tells an ephemeral event, or counts it as dropped.
    func publish(_ spec: EventSpec, at time: Timestamp, _ body: (inout LineWriter) -> Void) {
        guard output.takesLines, left != 0, filter.admits(spec.name, chat: nil) else { return }
        guard !output.isFull else {
            dropped += 1
            output.counters.eventsDropped += 1
            return
        }
        tellDropped(at: time)
        output.counters.eventsTold += 1
        output.line(spec.name) { line in
            line.expect([Fields.time] + spec.fields)
            line.time(Fields.time, time)
            body(&line)
        }
        countDown()
    }

    /// Goes on after the reader has taken lines.
    func moved(through seq: Int64?) {
        if let seq { written = max(written, seq) }
        guard !output.isFull else { return }
        tellDropped(at: world.wallClock.now)
        resume()
    }

    /// The last `seq` that the reader's side has taken, if it has moved since this was last asked.
    func takeProgress() -> Int64? {
        // With nothing on its way, what the reader does not want is behind it too.
        if log != nil, output.isIdle, output.takesLines { written = max(written, told) }
        guard written > saved else { return nil }
        saved = written
        return written
    }

    /// What was asked for by ``takeProgress()`` did not come to the disk.
    func losesProgress(_ seq: Int64) {
        if saved == seq { saved = 0 }
    }

    private func tellDropped(at time: Timestamp) {
        guard dropped > 0 else { return }
        let count = dropped
        dropped = 0
        output.line(Events.dropped.name) { line in
            line.expect([Fields.time] + Events.dropped.fields)
            line.time(Fields.time, time)
            line.count(Fields.droppedCount, count)
        }
    }

    /// Tells an event, if the reader wants it.
    private func pass(_ event: LoggedEvent) {
        told = event.seq
        guard filter.admits(event.type, chat: event.chat) else { return }
        let isAgain = event.seq <= toldMost || marks.contains { event.seq <= $0.told }
        toldMost = max(toldMost, event.seq)
        for mark in marks { mark.tell(event.seq) }
        output.event(event.type, seq: event.seq) { line in
            line.expect([Fields.sequence, Fields.time, Fields.again])
            line.integer(Fields.sequence, event.seq)
            line.time(Fields.time, event.time)
            if isAgain { line.bool(Fields.again, true) }
            line.members(event.payload)
        }
        countDown()
    }

    private func countDown() {
        guard let count = left, count > 0 else { return }
        left = count - 1
        if count == 1 { onLimit?() }
    }

    /// Tells that the log no longer has the events from the next one through `last`.
    private func tellGap(through last: Int64) {
        guard last > told, output.takesLines else { return }
        output.line(Events.gap.name) { line in
            line.expect([Fields.time] + Events.gap.fields)
            line.time(Fields.time, world.wallClock.now)
            line.integer(EventFields.from, told + 1)
            line.integer(EventFields.to, last)
        }
        told = last
    }

    /// Reads back what the reader has not been told, until it is up to date or has enough before it.
    private func resume() {
        guard log != nil, !isReadingBack, isBehind else { return }
        isReadingBack = true
        spawn { [self] in
            while let log, isBehind {
                let (choice, last) = (subscription, latest)
                for mark in marks { await log.open(mark) }
                let page: [LoggedEvent]
                do {
                    page = try await log.events(told, Self.pageSize)
                } catch {
                    guard choice == subscription else { continue }
                    await pause(after: error)
                    continue
                }
                pause = Self.retry.first
                guard choice == subscription else { continue }
                if page.isEmpty { tellGap(through: last) }
                for event in page {
                    guard !output.isFull, output.takesLines, left != 0 else { break }
                    tellGap(through: event.seq - 1)
                    pass(event)
                }
            }
            isReadingBack = false
        }
    }

    /// Tells the reader once that the log cannot be read, and suspends until it is time to try again.
    private func pause(after error: any Error) async {
        if pause == Self.retry.first, output.takesLines { output.error(CommandFailure(anyOf: error)) }
        await world.clock.sleep(for: pause)
        pause = min(pause * 2, Self.retry.longest)
    }

    private var marks: [ReaderMark] { [readerMark, consumerMark].compactMap(\.self) }

    private var isBehind: Bool { told < latest && left != 0 && !output.isFull && output.takesLines }
}
