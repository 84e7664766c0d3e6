import Identity
import Time

/// Messages that peers have told of and were asked for: one of each request, so that they keep their word.
///
/// Bounded: a peer can break so many promises between two heartbeats as it may send IHAVE messages.
///
/// Source: gossipsub v1.1, "Spam Protection Measures".
struct Promises {
    private var deadlines: [MessageID: [PeerID: Instant]] = [:]

    var count: Int { deadlines.count }

    mutating func add(_ peer: PeerID, _ id: MessageID, until deadline: Instant) {
        if deadlines[id]?[peer] == nil { deadlines[id, default: [:]][peer] = deadline }
    }

    /// The message is here, whoever sent it.
    mutating func fulfill(_ id: MessageID) { deadlines[id] = nil }

    /// The peer is gone.
    mutating func forget(_ peer: PeerID) {
        for id in deadlines.keys {
            deadlines[id]?[peer] = nil
            if deadlines[id]?.isEmpty == true { deadlines[id] = nil }
        }
    }

    /// Takes out the promises that were not kept: how many by whom.
    mutating func takeBroken(_ now: Instant) -> [PeerID: Int] {
        var broken: [PeerID: Int] = [:]
        for (id, peers) in deadlines {
            for (peer, deadline) in peers where deadline < now {
                broken[peer, default: 0] += 1
                deadlines[id]?[peer] = nil
            }
            if deadlines[id]?.isEmpty == true { deadlines[id] = nil }
        }
        return broken
    }
}
