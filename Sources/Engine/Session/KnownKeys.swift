import Store
import Time

/// The hashes of the idempotency keys that the store may know, in the order in which they were given.
///
/// It has no more than ``maximumCount`` and a fourth of that: when that is reached, the oldest are to be forgotten in the
/// store, and then here. As long as that cannot be done, further keys are not added; whether the store knows one of those
/// is then to be asked of the store.
struct KnownKeys: Sendable {
    /// How many keys are remembered.
    static let maximumCount = 65_536
    /// How many more there may be for a while, so that not each new key costs the store a deletion.
    private static let slack = maximumCount / 4

    private let limit: Int
    private let slack: Int
    private var hashes: Set<Int> = []
    private var order: [(hash: Int, time: Timestamp)] = []
    /// Whether the store knows none but these.
    private var isComplete = true

    /// None but those that the store has, the oldest first.
    init(_ stored: [(key: String, time: Timestamp)] = [], limit: Int = maximumCount, slack: Int = slack) {
        (self.limit, self.slack) = (limit, slack)
        order.reserveCapacity(stored.count)
        for (key, time) in stored { append(Self.hash(key), time) }
    }

    /// How many there are.
    var count: Int { order.count }

    /// Whether it is time to forget the oldest.
    var isFull: Bool { order.count >= limit + slack }

    /// All that were given before this are to be forgotten; nil if there are not too many.
    var horizon: Timestamp? { order.count > limit ? order[order.count - limit].time : nil }

    /// Adds a key.
    ///
    /// - Returns: whether it is new for certain.
    mutating func insert(_ key: String, at time: Timestamp) -> Bool {
        let hash = Self.hash(key)
        if hashes.contains(hash) { return false }
        // Twice the room is the end of it: the store does not forget, and so it fails.
        guard order.count < limit + 2 * slack else {
            isComplete = false
            return false
        }
        append(hash, time)
        return isComplete
    }

    /// The store has none any more that were given before this.
    mutating func removeAll(before time: Timestamp) {
        let kept = order.firstIndex { $0.time >= time } ?? order.endIndex
        for known in order[..<kept] { hashes.remove(known.hash) }
        order.removeFirst(kept)
    }

    private mutating func append(_ hash: Int, _ time: Timestamp) {
        guard hashes.insert(hash).inserted else { return }
        order.append((hash, time))
    }

    /// By the bytes: two texts that look the same are two keys, as in the store.
    private static func hash(_ key: String) -> Int { Array(key.utf8).hashValue }
}
