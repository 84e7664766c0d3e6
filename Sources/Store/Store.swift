import Reactor
import Time

/// What linnet knows, kept in SQLite: messages and their outbox, peers, contacts, the durable event log, settings.
///
/// The store has a thread of its own. Writes that are asked for in one turn of the loop, and those that gather while a
/// commit is under way, share one transaction and one fsync; each is a savepoint in it, so that one which fails leaves
/// the others alone. A completion runs only when the write is on the disk:
///
/// ```swift
/// let store = try await Store.open(.directory(profile), world: world)
/// let position = try await store.write { transaction in
///     let result = try transaction.insert(message)
///     try transaction.append(event)
///     return result
/// }
/// let page = try await store.read { try $0.messages(in: chat, .latest, limit: 50) }
/// ```
///
/// The queries are methods of `ReadTransaction` and `Transaction`, one file for each table.
@NetworkActor
public final class Store {
    /// Called after each commit that logged events, in the order of their numbers, before the completions of the
    /// writes that logged them.
    public var onEvents: (@NetworkActor ([LoggedEvent]) -> Void)?

    /// Asked before each transaction that is to be committed anyway: what to write along with it, in a savepoint of its
    /// own, at no fsync's cost.
    public var passenger: (@NetworkActor () -> Passenger?)?

    /// What is written along with something else.
    public struct Passenger {
        let body: @Sendable (Transaction) throws -> Void
        let completion: @NetworkActor (Result<Void, StoreError>) -> Void

        /// A write, and what is called once it is on the disk or has failed.
        public init(
            _ body: @escaping @Sendable (Transaction) throws -> Void,
            completion: @escaping @NetworkActor (Result<Void, StoreError>) -> Void
        ) {
            (self.body, self.completion) = (body, completion)
        }
    }

    /// How many transactions have been given to the disk since the store was opened.
    public private(set) var commitCount: UInt64 = 0

    private let world: World
    private var configuration: StoreConfiguration
    private let worker: any SerialWorker
    private let commits = GroupCommit()
    private var waiting: [any StoreJob] = []
    private var phase = Phase.idle
    private var isClosing = false
    private var isClosed = false
    private var onIdle: CheckedContinuation<Void, Never>?
    private var onClosed: [CheckedContinuation<Void, Never>] = []

    private enum Phase {
        /// Nothing waits.
        case idle
        /// Jobs gather until the turn ends.
        case gathering
        /// A batch is with the worker; jobs gather until it is back.
        case committing
    }

    private init(world: World, configuration: StoreConfiguration) {
        self.world = world
        self.configuration = configuration
        // The key is for opening: what is derived from it goes when the files are closed.
        self.configuration.key = nil
        worker = world.serialWorker(named: "store")
    }

    /// Opens or creates a store.
    ///
    /// Throws `full`, `io` or `permission` when the place cannot be used, `corrupt` or `foreign` when the file is not a
    /// sound linnet store, `newerVersion` when a later linnet wrote it, `locked` when another process holds it. The
    /// file is left as it was then.
    public static func open(
        _ location: StoreLocation, world: World, configuration: StoreConfiguration = .init()
    ) async throws(StoreError) -> Store {
        let store = Store(world: world, configuration: configuration)
        let commits = store.commits
        let failure = await store.onWorker { () -> StoreError? in
            do throws(StoreError) {
                try commits.open(location, configuration: configuration)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
        return store
    }

    /// Runs `body` on the store's thread and returns its result once it is on the disk.
    ///
    /// Throws `aborted` when the body threw, otherwise what SQLite said; nothing of the body's doing remains then. The
    /// body may run a second time when a neighbour's failure costs it its transaction, so it must touch nothing but
    /// the transaction. Cancelling the task does not cancel the write.
    public func write<T: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws(StoreError) -> T {
        let result: Result<T, StoreError> = await withCheckedContinuation { continuation in
            write(body) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Runs `body` on the store's thread and calls `completion` once it is on the disk, or has failed; always after
    /// this call has returned, and in the order of the calls.
    public func write<T: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> T,
        completion: @escaping @NetworkActor (Result<T, StoreError>) -> Void
    ) {
        do throws(StoreError) {
            guard let companion = try WriteContext.cause?.begin() else {
                return enqueue(BodyJob(isWrite: true, body: body, completion: completion))
            }
            enqueue(
                BodyJob(isWrite: true) { transaction in
                    let result = try body(transaction)
                    try companion.record?(transaction, result)
                    return result
                } completion: { result in
                    completion(result)
                    if case .failure(let error) = result { companion.done(error) } else { companion.done(nil) }
                })
        } catch {
            refuse(BodyJob(isWrite: true, body: body, completion: completion), error)
        }
    }

    /// Runs `body` on the store's thread behind every write that was asked for before, and returns its result.
    public func read<T: Sendable>(
        _ body: @escaping @Sendable (ReadTransaction) throws -> T
    ) async throws(StoreError) -> T {
        let result: Result<T, StoreError> = await withCheckedContinuation { continuation in
            enqueue(BodyJob(isWrite: false, body: body) { continuation.resume(returning: $0) })
        }
        return try result.get()
    }

    /// Refuses new work with `closed`, finishes what was asked for before, and closes the file. Closing twice is
    /// closing once.
    public func close() async {
        guard !isClosing else {
            if !isClosed { await withCheckedContinuation { continuation in onClosed.append(continuation) } }
            return
        }
        isClosing = true
        if phase != .idle { await withCheckedContinuation { continuation in onIdle = continuation } }
        let commits = commits
        await onWorker { commits.close() }
        worker.close()
        isClosed = true
        for waiter in onClosed { waiter.resume() }
        onClosed = []
    }

    private func enqueue(_ job: some StoreJob) {
        if isClosing {
            refuse(job, StoreError(.closed, "the store is closed"))
        } else if waiting.count >= configuration.maximumPending {
            refuse(job, StoreError(.overloaded, "\(waiting.count) changes wait for the disk already"))
        } else {
            waiting.append(job)
            if phase == .idle { gather() }
        }
    }

    /// Waits for the turn's end, so that all who were just resumed share the next commit.
    private func gather() {
        phase = .gathering
        world.atEndOfTurn { [self] in submit() }
    }

    /// Tells of the refusal after the call has returned, as every completion comes.
    private func refuse(_ job: some StoreJob, _ error: StoreError) {
        world.atEndOfTurn { job.complete(error) }
    }

    private func submit() {
        var taken = Array(waiting.prefix(configuration.maximumBatch))
        waiting.removeFirst(taken.count)
        if taken.contains(where: \.isWrite), let passenger = passenger?() {
            taken.append(BodyJob(isWrite: true, body: passenger.body, completion: passenger.completion))
        }
        let (batch, now) = (taken, world.steadyClock.now)
        phase = .committing
        let commits = commits
        worker.submit { [self] in
            let outcome = commits.perform(batch, at: now)
            EventLoop.shared.execute { self.finish(batch, outcome) }
        }
    }

    private func finish(_ batch: [any StoreJob], _ outcome: GroupCommit.Outcome) {
        if batch.contains(where: \.isWrite) { commitCount += 1 }
        if !outcome.events.isEmpty { onEvents?(outcome.events) }
        for (job, failure) in zip(batch, outcome.failures) { job.complete(failure) }
        if waiting.isEmpty {
            phase = .idle
            onIdle?.resume()
            onIdle = nil
        } else {
            gather()
        }
    }

    private func onWorker<T: Sendable>(_ body: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in
            worker.submit { continuation.resume(returning: body()) }
        }
    }
}
