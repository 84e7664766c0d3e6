import Reactor

/// Writes that are under way together, and somebody who waits for all of them.
@NetworkActor final class PendingWrites {
    private var count = 0
    private var hasFailed = false
    private var waiter: CheckedContinuation<Void, Never>?

    func begin() { count += 1 }

    func end(_ isStored: Bool) {
        count -= 1
        if !isStored { hasFailed = true }
        guard count == 0 else { return }
        waiter?.resume()
        waiter = nil
    }

    /// Suspends until all have ended. Whether all are on the disk. To be called once, when all have begun.
    func succeed() async -> Bool {
        if count > 0 { await withCheckedContinuation { waiter = $0 } }
        return !hasFailed
    }
}

/// What has come could not be written down.
struct NotKept: Error {}
