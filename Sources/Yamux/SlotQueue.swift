/// A queue of stream slots, each in it at most once; every operation takes constant time.
///
/// Bound: as long as the stream table.
struct SlotQueue {
    private struct Links {
        var previous = SlotQueue.none
        var next = SlotQueue.none
        var isQueued = false
    }

    private static let none: Int32 = -1
    private var links: ContiguousArray<Links> = []
    private var front = none
    private var back = none

    var isEmpty: Bool { front == Self.none }

    /// The slot that has waited longest.
    var first: Int? { front == Self.none ? nil : Int(front) }

    /// Puts a slot at the end unless it is queued already.
    mutating func append(_ slot: Int) {
        while links.count <= slot { links.append(Links()) }
        guard !links[slot].isQueued else { return }
        links[slot] = Links(previous: back, next: Self.none, isQueued: true)
        let index = Int32(truncatingIfNeeded: slot)
        if back == Self.none { front = index } else { links[Int(back)].next = index }
        back = index
    }

    /// Takes a slot out, wherever it stands; nothing happens if it is not queued.
    mutating func remove(_ slot: Int) {
        guard slot < links.count, links[slot].isQueued else { return }
        let link = links[slot]
        if link.previous == Self.none { front = link.next } else { links[Int(link.previous)].next = link.next }
        if link.next == Self.none { back = link.previous } else { links[Int(link.next)].previous = link.previous }
        links[slot] = Links()
    }

    /// Sends the first slot to the end.
    mutating func rotate() {
        guard let slot = first, front != back else { return }
        remove(slot)
        append(slot)
    }
}
