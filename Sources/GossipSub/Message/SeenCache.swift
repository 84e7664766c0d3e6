import Time

/// The messages that were seen lately. Two generations: one fills, the other is remembered; a message is known for
/// between `ttl` and twice that, unless there are more than `capacity`.
///
/// Of an id only 128 bits of a hash are kept, keyed by a secret of the process, so that nobody can make two ids that
/// are taken for one another.
struct SeenCache {
    private struct Digest: Hashable {
        let high: Int
        let low: Int

        init(_ id: MessageID) {
            var hasher = Hasher()
            hasher.combine(id)
            low = hasher.finalize()
            hasher = Hasher()
            hasher.combine(1 as UInt8)
            hasher.combine(id)
            high = hasher.finalize()
        }

        // It is a hash already.
        func hash(into hasher: inout Hasher) { hasher.combine(low) }
    }

    private var young: Set<Digest> = []
    private var old: Set<Digest> = []
    private var turn: Instant?
    private let ttl: Duration
    private let generation: Int

    init(ttl: Duration, capacity: Int) {
        self.ttl = ttl
        generation = max(1, capacity / 2)
    }

    var count: Int { young.count + old.count }

    func contains(_ id: MessageID) -> Bool {
        let digest = Digest(id)
        return young.contains(digest) || old.contains(digest)
    }

    /// Whether the message is new.
    mutating func insert(_ id: MessageID, _ now: Instant) -> Bool {
        age(now)
        let digest = Digest(id)
        guard !old.contains(digest) else { return false }
        return young.insert(digest).inserted
    }

    /// The message was none.
    mutating func remove(_ id: MessageID) {
        let digest = Digest(id)
        young.remove(digest)
        old.remove(digest)
    }

    private mutating func age(_ now: Instant) {
        guard let turn else { return self.turn = now + ttl }
        guard now >= turn || young.count >= generation else { return }
        // Both are over if nothing has come for long.
        old = now >= turn + ttl ? [] : young
        young = []
        self.turn = now + ttl
    }
}
