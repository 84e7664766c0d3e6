/// One thread that runs jobs in the order of their submission. To answer, a job calls `EventLoop.shared.execute`
/// (one hop) or resumes a continuation.
///
/// The queue has no bound of its own: whoever submits bounds what it has under way.
@NetworkActor public protocol SerialWorker: AnyObject, Sendable {
    /// Queues a job. In a simulation it runs on the loop, as an event of its own without delay.
    func submit(_ job: @escaping @Sendable () -> Void)

    /// Ends the thread after the jobs submitted so far; later ones are dropped. Also happens when the last reference
    /// to the worker goes.
    func close()
}

extension SerialWorker {
    /// Runs `body` on the worker and comes back with what it returned or threw. Not affected by cancellation. Must not
    /// be called after `close`.
    public func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withUnsafeThrowingContinuation { continuation in
            submit { continuation.resume(with: Result(catching: body)) }
        }
    }
}

/// A serial worker on a thread.
final class SerialThread: SerialWorker {
    private let queue = JobQueue()
    private var isClosed = false

    init(name: String) {
        let queue = queue
        startThreadOrTrap(named: name) { queue.work() }
    }

    deinit { queue.close() }

    func submit(_ job: @escaping @Sendable () -> Void) {
        if !isClosed { queue.append(job) }
    }

    func close() {
        isClosed = true
        queue.close()
    }
}
