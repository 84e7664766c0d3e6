import Reactor
import Store

/// Tasks that wait for messages to reach a state.
@NetworkActor
final class StateWaiters {
    private struct Waiter {
        let token: UInt64
        let wanted: MessageState
        let continuation: CheckedContinuation<Result<MessageState, MessagingError>, Never>
    }

    private var waiters: [MessageID: [Waiter]] = [:]
    private var lastToken: UInt64 = 0

    nonisolated init() {}

    func nextToken() -> UInt64 {
        lastToken += 1
        return lastToken
    }

    func add(
        _ token: UInt64, for id: MessageID, _ wanted: MessageState,
        _ continuation: CheckedContinuation<Result<MessageState, MessagingError>, Never>
    ) {
        waiters[id, default: []].append(Waiter(token: token, wanted: wanted, continuation: continuation))
    }

    /// The message is in `state` now.
    func reached(_ state: MessageState, _ id: MessageID) {
        guard let all = waiters[id] else { return }
        let waiting = all.filter { !state.satisfies($0.wanted) }
        waiters[id] = waiting.isEmpty ? nil : waiting
        for waiter in all where state.satisfies(waiter.wanted) {
            waiter.continuation.resume(returning: .success(state))
        }
    }

    /// Ends one waiter.
    func fail(_ token: UInt64, for id: MessageID, _ error: MessagingError) {
        guard let index = waiters[id]?.firstIndex(where: { $0.token == token }),
            let waiter = waiters[id]?.remove(at: index)
        else { return }
        if waiters[id]?.isEmpty == true { waiters[id] = nil }
        waiter.continuation.resume(returning: .failure(error))
    }

    /// Ends all.
    func failAll(_ error: MessagingError) {
        let all = waiters
        waiters = [:]
        for id in all.keys.sorted() {
            for waiter in all[id] ?? [] { waiter.continuation.resume(returning: .failure(error)) }
        }
    }
}

extension MessageState {
    /// True when who waits for `wanted` need not wait any longer.
    func satisfies(_ wanted: MessageState) -> Bool {
        if isFinal { return true }
        return switch wanted {
        case .accepted: true
        case .sent: self == .sent
        case .received, .delivered, .failed, .expired: false
        }
    }
}
