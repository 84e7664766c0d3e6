import Reactor
import Store
import Time

/// How long the log of events goes back. What a reader has not got by then it is told of with `gap`.
public struct EventRetention: Sendable, Equatable {
    /// The most events that are kept.
    public var maximumCount: Int64 = 1_000_000
    /// The age that an event may reach.
    public var maximumAge = Duration.seconds(30 * 86_400)

    /// A million events, for 30 days.
    public init() {}

    /// Drops the oldest of what is too much. Returns whether there may be more to drop.
    func prune(_ transaction: Transaction, at now: Timestamp) throws(StoreError) -> Bool {
        let dropped = try transaction.pruneEvents(
            olderThan: now - maximumAge, keepingLast: maximumCount, limit: Self.batch)
        return dropped == Self.batch
    }

    /// Events that one write drops, so that it does not hold the store for long.
    private static let batch = 10_000
}

/// Prunes the log of an engine: every hour, and whenever many events have come.
@NetworkActor final class EventPruning {
    private static let interval = Duration.seconds(3600)

    private let retention: EventRetention
    private let world: World
    private let store: Store
    private let report: @NetworkActor (StoreError) -> Void
    private var timer: Timer?
    private var logged: Int64 = 0
    private var isPruning = false
    private var isStopped = false

    init(
        _ retention: EventRetention, world: World, store: Store, report: @escaping @NetworkActor (StoreError) -> Void
    ) {
        self.retention = retention
        self.world = world
        self.store = store
        self.report = report
        schedule()
    }

    /// So many events were logged.
    func logged(_ count: Int) {
        logged += Int64(count)
        // A tenth more than the limit at the very most, and not a write for each event.
        if logged >= min(max(retention.maximumCount / 10, 1), 1000) { prune() }
    }

    func stop() {
        isStopped = true
        timer?.cancel()
    }

    private func schedule() {
        timer = world.clock.schedule(after: Self.interval) { [weak self] in
            self?.prune()
            self?.schedule()
        }
    }

    private func prune() {
        guard !isPruning, !isStopped else { return }
        isPruning = true
        logged = 0
        let (retention, now) = (retention, world.wallClock.now)
        store.write {
            try retention.prune($0, at: now)
        } completion: { [self] result in
            isPruning = false
            switch result {
            case .success(let hasMore): if hasMore { prune() }
            case .failure(let error): report(error)
            }
        }
    }
}
