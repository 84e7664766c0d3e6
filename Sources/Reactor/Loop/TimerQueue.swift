/// Timers in the order of their deadlines: a four-ary heap whose members know their place, so that a cancelled timer
/// leaves at once. Schedule, cancel and fire are O(log n).
@NetworkActor final class TimerQueue {
    private struct Entry {
        let deadline: UInt64
        let sequence: UInt64
        let timer: Timer

        func isBefore(_ other: Entry) -> Bool {
            deadline < other.deadline || (deadline == other.deadline && sequence < other.sequence)
        }
    }

    private static let arity = 4
    private var heap: [Entry] = []
    private var nextSequence: UInt64 = 0

    nonisolated init() {}

    /// The time of the next timer, in nanoseconds.
    var nextDeadline: UInt64? { heap.first?.deadline }

    var count: Int { heap.count }

    @discardableResult
    func schedule(at deadline: UInt64, _ action: @escaping @NetworkActor () -> Void) -> Timer {
        let timer = Timer(deadline: deadline, sequence: nextSequence, queue: self, action: action)
        nextSequence += 1
        heap.append(Entry(deadline: deadline, sequence: timer.sequence, timer: timer))
        siftUp(from: heap.count - 1)
        return timer
    }

    /// Runs the timers whose time has come; not those that they schedule.
    func fireDue(now: UInt64) {
        let limit = nextSequence
        while let first = heap.first, first.deadline <= now, first.sequence < limit {
            remove(first.timer)
            first.timer.fire()
        }
    }

    /// Takes the first timer out. The caller fires it.
    func popFirst() -> Timer? {
        guard let timer = heap.first?.timer else { return nil }
        remove(timer)
        return timer
    }

    /// Forgets all timers without running them.
    func removeAll() {
        let entries = heap
        heap = []
        for entry in entries { entry.timer.detach() }
    }

    func remove(_ timer: Timer) {
        let position = timer.position
        guard position >= 0, position < heap.count, heap[position].timer === timer else { return }
        timer.position = -1
        let last = heap.removeLast()
        guard position < heap.count else { return }
        heap[position] = last
        last.timer.position = position
        siftUp(from: position)
        siftDown(from: last.timer.position)
    }

    private func siftUp(from start: Int) {
        var child = start
        let entry = heap[child]
        while child > 0 {
            let parent = (child - 1) / Self.arity
            guard entry.isBefore(heap[parent]) else { break }
            place(heap[parent], at: child)
            child = parent
        }
        place(entry, at: child)
    }

    private func siftDown(from start: Int) {
        var parent = start
        let entry = heap[parent]
        while true {
            let first = parent * Self.arity + 1
            guard first < heap.count else { break }
            var least = first
            for child in (first + 1)..<max(first + 1, min(first + Self.arity, heap.count))
            where heap[child].isBefore(heap[least]) { least = child }
            guard heap[least].isBefore(entry) else { break }
            place(heap[least], at: parent)
            parent = least
        }
        place(entry, at: parent)
    }

    private func place(_ entry: Entry, at position: Int) {
        heap[position] = entry
        entry.timer.position = position
    }
}
