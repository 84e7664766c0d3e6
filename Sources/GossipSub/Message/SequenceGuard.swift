import Identity
import Time

/// Knows messages again for longer than ``SeenCache`` does, by their authors' sequence numbers.
///
/// A number not above the highest of an author as of `ttl` ago belongs to a message that was seen then, or is that
/// late. (go-libp2p's BasicSeqnoValidator compares with the highest of now, and so loses messages that overtook each
/// other on different ways.) Bounded: authors who have been silent for longest are forgotten.
struct SequenceGuard {
    private struct Numbers {
        /// All up to this one were seen more than `ttl` ago.
        var floor: UInt64 = 0
        var highest: UInt64
        var since: Instant

        mutating func age(_ now: Instant, _ ttl: Duration) {
            guard now - since > ttl else { return }
            floor = highest
            since = now
        }
    }

    private var young: [PeerID: Numbers] = [:]
    private var old: [PeerID: Numbers] = [:]
    private let generation: Int
    private let ttl: Duration

    init(ttl: Duration, capacity: Int) {
        self.ttl = ttl
        generation = max(1, capacity / 2)
    }

    /// Whether a number may be that of a message that was not seen yet.
    func mayBeNew(_ author: PeerID, _ sequence: UInt64, _ now: Instant) -> Bool {
        guard var numbers = young[author] ?? old[author] else { return true }
        numbers.age(now, ttl)
        return sequence > numbers.floor
    }

    /// Takes note of a message that was accepted.
    mutating func accept(_ author: PeerID, _ sequence: UInt64, _ now: Instant) {
        if var numbers = young[author] ?? old[author] {
            numbers.age(now, ttl)
            numbers.highest = max(numbers.highest, sequence)
            put(author, numbers)
        } else {
            put(author, Numbers(highest: sequence, since: now))
        }
    }

    private mutating func put(_ author: PeerID, _ numbers: Numbers) {
        if young[author] == nil, young.count >= generation {
            old = young
            young = [:]
        }
        young[author] = numbers
    }
}
