import CPlatform

/// Threads for blocking or long work: password hashing, hashing a file, a file system that may stall.
@NetworkActor public protocol WorkerPool: AnyObject, Sendable {
    /// Runs `body` on another thread and comes back with what it returned or threw.
    ///
    /// The queue is bounded. Cancelling the task has no effect: the body runs to its end and the caller waits for it.
    /// - Throws: `WorkerPoolError.full`, without having run the body; or what the body throws.
    func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T
}

/// Why a pool did not take work.
public enum WorkerPoolError: Error, Equatable {
    /// `capacity` pieces of work wait already. Try later.
    case full(capacity: Int)
}

/// A pool of threads that start when there is work for them.
final class ThreadPool: WorkerPool {
    /// Pieces of work that may wait for a thread. Each is a suspended task, so the figure bounds those too.
    nonisolated static let defaultCapacity = 256

    private let name: String
    private let capacity: Int
    private let maximumThreads: Int
    private let queue = JobQueue()
    private var threads = 0

    /// - Parameter threads: nil for one a processor, two at least.
    nonisolated init(name: String, threads: Int? = nil, capacity: Int) {
        self.name = name
        self.capacity = capacity
        maximumThreads = threads ?? max(2, Int(platform_processor_count()))
    }

    deinit { queue.close() }

    /// Pieces of work that no thread has taken yet.
    var waiting: Int { queue.load.waiting }
    var hasThread: Bool { threads > 0 }

    func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        let (waiting, idle) = queue.load
        guard waiting < capacity else { throw WorkerPoolError.full(capacity: capacity) }
        if waiting >= idle, threads < maximumThreads {
            let queue = queue
            do {
                try startThread(named: name) { queue.work() }
                threads += 1
            } catch {
                // The threads that there are will do; without any, the work would wait for ever.
                if threads == 0 { throw error }
            }
        }
        return try await withUnsafeThrowingContinuation { continuation in
            queue.append { continuation.resume(with: Result(catching: body)) }
        }
    }
}
