import Reactor

/// Lets a bounded number of requests to a peer run at a time; the others wait in line, and how many may wait is bounded
/// as well.
@NetworkActor
final class RequestGate {
    private let width: Int
    private let queue: Int
    private var inside = 0
    private var waiting: [(number: UInt64, continuation: UnsafeContinuation<Bool, Never>)] = []
    private var lastNumber: UInt64 = 0

    init(width: Int, queue: Int) {
        self.width = width
        self.queue = queue
    }

    /// Whether nobody is inside or waits.
    var isUnused: Bool { inside == 0 && waiting.isEmpty }

    /// Waits until there is room. Every return is to be paired with ``leave()``.
    ///
    /// - Throws: ``RequestError`` `limitExceeded` when too many wait, `cancelled`; then nothing is to be left.
    func enter() async throws(RequestError) {
        guard !Task.isCancelled else { throw .cancelled }
        guard inside >= width else {
            inside += 1
            return
        }
        guard waiting.count < queue else { throw .tooManyWaiting }
        lastNumber += 1
        let number = lastNumber
        let entered = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                if Task.isCancelled {
                    continuation.resume(returning: false)
                } else {
                    waiting.append((number, continuation))
                }
            }
        } onCancel: {
            EventLoop.shared.execute { self.giveUp(number) }
        }
        guard entered else { throw .cancelled }
    }

    /// Makes room for the next.
    func leave() {
        guard !waiting.isEmpty else {
            inside -= 1
            return
        }
        // The place passes on, so `inside` stays.
        waiting.removeFirst().continuation.resume(returning: true)
    }

    private func giveUp(_ number: UInt64) {
        guard let index = waiting.firstIndex(where: { $0.number == number }) else { return }
        waiting.remove(at: index).continuation.resume(returning: false)
    }
}

extension RequestError {
    static let cancelled = RequestError(.cancelled, "cancelled")
}
