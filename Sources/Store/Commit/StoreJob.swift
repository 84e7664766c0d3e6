import Reactor

/// Work that waits for the store's thread, whatever it yields.
protocol StoreJob: AnyObject, Sendable {
    /// Writes share a transaction; reads run after its commit.
    var isWrite: Bool { get }

    /// On the store's thread: runs the body, keeps its result, and returns what it threw.
    func execute(in transaction: Transaction) -> StoreError?

    /// On the loop, once the work is durable or has failed: hands the result over.
    @NetworkActor func complete(_ failure: StoreError?)
}

/// A body, its result while that travels between the threads, and whom to tell.
///
/// Unchecked: `value` is written by the store's thread before, and read by the loop after, the hop that connects them.
final class BodyJob<T: Sendable>: StoreJob, @unchecked Sendable {
    let isWrite: Bool
    private let body: @Sendable (Transaction) throws -> T
    private let completion: @NetworkActor (Result<T, StoreError>) -> Void
    private var value: T?

    init(
        isWrite: Bool, body: @escaping @Sendable (Transaction) throws -> T,
        completion: @escaping @NetworkActor (Result<T, StoreError>) -> Void
    ) {
        self.isWrite = isWrite
        self.body = body
        self.completion = completion
    }

    func execute(in transaction: Transaction) -> StoreError? {
        do {
            value = try body(transaction)
            return nil
        } catch let error as StoreError {
            return error
        } catch {
            return StoreError(.aborted, "the change was given up: \(error)", underlying: error)
        }
    }

    func complete(_ failure: StoreError?) {
        if let failure {
            completion(.failure(failure))
        } else if let value {
            completion(.success(value))
        } else {
            completion(.failure(StoreError(.internal, "the store did not run a body")))
        }
    }
}
