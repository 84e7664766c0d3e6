import Groups
import Reactor

/// Whose turn it is to change a group: one at a time for each, in the order in which they asked.
@NetworkActor final class GroupTurns {
    /// Those who wait, for each group that somebody is changing.
    private var waiting: [GroupID: [CheckedContinuation<Void, Never>]] = [:]

    /// Whether somebody has the turn.
    func isTaken(_ id: GroupID) -> Bool { waiting[id] != nil }

    /// Suspends until it is the caller's turn, who is to ``pass(_:)`` it on.
    func take(_ id: GroupID) async {
        if waiting[id] == nil {
            waiting[id] = []
        } else {
            await withCheckedContinuation { waiting[id]?.append($0) }
        }
    }

    /// Lets the next one begin.
    func pass(_ id: GroupID) {
        if waiting[id]?.isEmpty ?? true {
            waiting[id] = nil
        } else {
            waiting[id]?.removeFirst().resume()
        }
    }
}
