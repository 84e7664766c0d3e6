import Groups
import Identity

/// Who is to be caught up with on what. A group is caught up with one member at a time, so that nothing comes twice; a
/// peer is asked about one group at a time, so that it has room for others.
struct SyncQueue {
    struct Task: Hashable {
        let group: GroupID
        let peer: PeerID
    }

    /// Members of one group who wait to be asked, at most.
    static let maximumPeersPerGroup = 16

    private var waiting: [Task] = []
    private var groups: Set<GroupID> = []
    private var peers: Set<PeerID> = []

    /// Adds what is to be done, unless it waits already, or much does for this group.
    mutating func add(_ task: Task) {
        var count = 0
        for other in waiting where other.group == task.group {
            if other.peer == task.peer { return }
            count += 1
        }
        if count < Self.maximumPeersPerGroup { waiting.append(task) }
    }

    /// The next whose group and whose peer are free; they are not any more until ``finish(_:)``.
    mutating func next() -> Task? {
        let index = waiting.firstIndex { !groups.contains($0.group) && !peers.contains($0.peer) }
        guard let index else { return nil }
        let task = waiting.remove(at: index)
        groups.insert(task.group)
        peers.insert(task.peer)
        return task
    }

    mutating func finish(_ task: Task) {
        groups.remove(task.group)
        peers.remove(task.peer)
    }
}
