import Identity

/// Entries whose predecessors have not all come. Bounded; when it is full, the author with the most entries here loses
/// its oldest.
struct WaitingEntries: Sendable {
    private struct Waiter {
        let entry: Entry
        var missing: Set<EntryID>
    }

    private var waiters: [EntryID: Waiter] = [:]
    private var followers: [EntryID: [EntryID]] = [:]
    /// By author, in the order of arrival.
    private var arrivals: [PeerID: [EntryID]] = [:]
    private(set) var byteCount = 0
    private let maximumCount: Int
    private let maximumBytes: Int

    init(maximumCount: Int, maximumBytes: Int) {
        self.maximumCount = maximumCount
        self.maximumBytes = maximumBytes
    }

    var count: Int { waiters.count }

    func contains(_ id: EntryID) -> Bool { waiters[id] != nil }

    /// What the entry waits for, ascending; nil if it does not wait.
    func missing(for id: EntryID) -> [EntryID]? { waiters[id]?.missing.sorted() }

    /// What would have to come for something here to stand, and is not here itself; ascending.
    var missing: [EntryID] { followers.keys.filter { waiters[$0] == nil }.sorted() }

    mutating func add(_ entry: Entry, missing: [EntryID]) {
        guard waiters[entry.id] == nil else { return }
        waiters[entry.id] = Waiter(entry: entry, missing: Set(missing))
        for id in missing { followers[id, default: []].append(entry.id) }
        arrivals[entry.author, default: []].append(entry.id)
        byteCount += entry.encoded.count
        while count > maximumCount || byteCount > maximumBytes { evict() }
    }

    /// Those that waited for nothing but `id`, in the order of their arrival; they wait no more.
    mutating func release(_ id: EntryID) -> [Entry] {
        guard let ids = followers.removeValue(forKey: id) else { return [] }
        var ready: [Entry] = []
        for follower in ids {
            guard var waiter = waiters[follower] else { continue }
            waiter.missing.remove(id)
            waiters[follower] = waiter
            if waiter.missing.isEmpty {
                remove(waiter.entry)
                ready.append(waiter.entry)
            }
        }
        return ready
    }

    /// Forgets all that waits for `id`, directly or not: it will never stand.
    mutating func discard(followersOf id: EntryID) {
        var gone = [id]
        while let id = gone.popLast() {
            for follower in followers.removeValue(forKey: id) ?? [] {
                guard let waiter = waiters[follower] else { continue }
                forget(waiter)
                gone.append(follower)
            }
        }
    }

    private mutating func evict() {
        let loudest = arrivals.max { left, right in
            left.value.count == right.value.count ? left.key < right.key : left.value.count < right.value.count
        }
        guard let oldest = loudest?.value.first, let waiter = waiters[oldest] else { return }
        forget(waiter)
    }

    private mutating func forget(_ waiter: Waiter) {
        for id in waiter.missing {
            followers[id]?.removeAll { $0 == waiter.entry.id }
            if followers[id]?.isEmpty == true { followers[id] = nil }
        }
        remove(waiter.entry)
    }

    private mutating func remove(_ entry: Entry) {
        guard waiters.removeValue(forKey: entry.id) != nil else { return }
        arrivals[entry.author]?.removeAll { $0 == entry.id }
        if arrivals[entry.author]?.isEmpty == true { arrivals[entry.author] = nil }
        byteCount -= entry.encoded.count
    }
}
