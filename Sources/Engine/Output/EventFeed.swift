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
    /// Reads durable events behind a `seq`, in order, at most so many.
    typealias Log = @NetworkActor (_ after: Int64, _ limit: Int) async throws -> [LoggedEvent]

    /// How many durable events are read back at once.
    private static let pageSize = 64

    private let output: LineQueue
    private var log: Log?
    /// The last `seq` given to the queue.
    private var told: Int64 = 0
    /// The last `seq` in the log.
    private(set) var latest: Int64 = 0
    /// The last `seq` that the reader's side has taken.
    private var written: Int64 = 0
    /// The last one of which that is on the disk, or on its way there.
    private var saved: Int64 = 0
    /// Events up to this one may have been told by an engine before this one.
    private var againThrough: Int64 = 0
    private var dropped = 0
    private var isReadingBack = false

    init(output: LineQueue) {
        self.output = output
    }

    /// Whether every durable event has been given to the queue.
    var isCaughtUp: Bool { log == nil || told >= latest || !output.isOpen }

    /// Begins telling: first, again, what the log has behind `cursor`.
    func start(after cursor: Int64, latest: Int64, log: @escaping Log) {
        self.log = log
        self.latest = max(self.latest, latest)
        told = cursor
        written = cursor
        saved = cursor
        againThrough = latest
        resume()
    }

    /// Tells no durable event, and only counts them, from the last one that the log has.
    func count(from latest: Int64) {
        self.latest = max(self.latest, latest)
    }

    /// Tells durable events that the store has just committed.
    func publish(_ events: [LoggedEvent]) {
        for event in events {
            latest = max(latest, event.seq)
            if log != nil, !isReadingBack, !output.isFull, event.seq == told + 1 { tell(event) }
        }
        resume()
    }

    /// Tells an ephemeral event, or counts it as dropped.
    func publish(_ spec: EventSpec, at time: Timestamp, _ body: (inout LineWriter) -> Void) {
        guard output.isOpen else { return }
        guard !output.isFull else { return dropped += 1 }
        tellDropped(at: time)
        output.line(spec.name) { line in
            line.expect([Fields.time] + spec.fields)
            line.time(Fields.time, time)
            body(&line)
        }
    }

    /// Goes on after the reader has taken lines.
    func moved(through seq: Int64?, at time: Timestamp) {
        if let seq { written = max(written, seq) }
        guard !output.isFull else { return }
        tellDropped(at: time)
        resume()
    }

    /// The last `seq` that the reader's side has taken, if it has moved since this was last asked.
    func takeProgress() -> Int64? {
        guard written > saved else { return nil }
        saved = written
        return written
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

    private func tell(_ event: LoggedEvent) {
        told = event.seq
        output.event(event.type, seq: event.seq) { line in
            line.expect([Fields.sequence, Fields.time, Fields.again])
            line.integer(Fields.sequence, event.seq)
            line.time(Fields.time, event.time)
            if event.seq <= againThrough { line.bool(Fields.again, true) }
            line.members(event.payload)
        }
    }

    /// Reads back what the reader has not been told, until it is up to date or has enough before it.
    private func resume() {
        guard let log, !isReadingBack, told < latest, !output.isFull, output.isOpen else { return }
        isReadingBack = true
        spawn { [self] in
            var page: [LoggedEvent] = []
            repeat {
                page = (try? await log(told, Self.pageSize)) ?? []
                for event in page where event.seq > told && !output.isFull { tell(event) }
            } while !page.isEmpty && told < latest && !output.isFull && output.isOpen
            isReadingBack = false
        }
    }
}
