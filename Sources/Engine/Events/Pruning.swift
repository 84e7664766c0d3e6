import Reactor
import Store
import Time

/// Drops what an engine keeps for a time only, events and idempotency keys: every hour, and whenever many events have
/// come.
@NetworkActor final class Pruning {
    private static let interval = Duration.seconds(3600)

    /// How much is kept; less than before is dropped soon.
    var retention: EventRetention {
        didSet { if retention != oldValue { prune() } }
    }
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
        let (retention, now) = (retention, world.steadyClock.now)
        store.write {
            try $0.pruneKeys(olderThan: now - IdempotencyKeys.lifetime)
            return try retention.prune($0, at: now)
        } completion: { [self] result in
            isPruning = false
            switch result {
            case .success(let hasMore): if hasMore { prune() }
            case .failure(let error): report(error)
            }
        }
    }
}
