import Identity
import Time

extension EntryGraph {
    /// Takes the bytes of an entry that a peer sent. As ``insert(_:now:admit:)``, but the signature is verified, unless
    /// the entry is known already.
    @discardableResult
    public mutating func insert(
        decoding bytes: [UInt8], now: Timestamp, admit: (EntryGraph, Entry) -> Bool = { _, _ in true }
    ) -> Insertion {
        let entry: Entry
        do throws(EntryRefusal) {
            entry = try Entry(stored: bytes)
        } catch {
            return .refused(error)
        }
        if isKnown(entry.id) { return .duplicate }
        guard entry.isSigned else { return .refused(.invalidSignature) }
        return insert(entry, now: now, admit: admit)
    }

    /// Whether an entry stands or waits.
    private func isKnown(_ id: EntryID) -> Bool { places[id] != nil || waiting.contains(id) }

    /// Takes an entry, and with it those that waited for nothing else.
    ///
    /// - Parameters:
    ///   - now: our wall clock, against which the author's is held. Nil for entries of our own, and for those that
    ///     were stored before: then it is not.
    ///   - admit: whether an entry may stand that is sound in itself. Asked when all that it follows stands, with the
    ///     graph as it is then, and with the entry. For nodes to agree, the answer must depend on the entry and on what
    ///     it follows alone.
    @discardableResult
    public mutating func insert(
        _ entry: Entry, now: Timestamp?, admit: (EntryGraph, Entry) -> Bool = { _, _ in true }
    ) -> Insertion {
        guard entry.ledger == ledger else { return .refused(.anotherLedger) }
        guard !isKnown(entry.id) else { return .duplicate }
        if let now, entry.time > now + limits.clockTolerance { return .refused(.clockAhead) }
        let missing = entry.predecessors.filter { places[$0] == nil }
        guard missing.isEmpty else {
            waiting.add(entry, missing: missing)
            // It may have been the one to go, if there was no room.
            return waiting.contains(entry.id) ? .waiting(missing.sorted()) : .refused(.ledgerFull)
        }
        if let refusal = place(entry, admit) {
            waiting.discard(followersOf: entry.id)
            return .refused(refusal)
        }
        var stored = [entry]
        var next = 0
        while next < stored.count {
            for follower in waiting.release(stored[next].id) {
                if place(follower, admit) == nil {
                    stored.append(follower)
                } else {
                    // Dropped, and all that follows: there is nobody left to tell.
                    waiting.discard(followersOf: follower.id)
                }
            }
            next += 1
        }
        return .stored(stored)
    }

    /// Puts an entry into the graph whose predecessors stand; or says why not.
    private mutating func place(_ entry: Entry, _ admit: (EntryGraph, Entry) -> Bool) -> EntryRefusal? {
        let predecessors = entry.predecessors.compactMap { places[$0] }
        if let previous = entry.previous {
            guard let before = self[previous], before.author == entry.author,
                before.sequence < entry.sequence, entry.sequence - before.sequence == 1
            else { return .brokenChain }
        }
        let deepest = predecessors.map { arrivals[$0].depth }.max()
        // The depth of what stands is less than the number of entries.
        guard entry.depth == (deepest.map { $0 + 1 } ?? 0) else { return .wrongDepth }
        if let refusal = roomFor(entry) { return refusal }
        guard admit(self, entry) else { return .notAdmitted }

        let place = nodes.count
        let time = predecessors.map { nodes[$0].time }.max().map { max($0, entry.time) } ?? entry.time
        nodes.append(Node(predecessors: predecessors, time: time))
        arrivals.append(entry)
        places[entry.id] = place
        byteCount += entry.encoded.count
        order.insert(place, at: positionInOrder(of: place))
        headPlaces.subtract(predecessors)
        headPlaces.insert(place)
        link(entry, at: place)
        return nil
    }

    private func roomFor(_ entry: Entry) -> EntryRefusal? {
        let own = count(of: entry.author)
        guard own < limits.entriesPerAuthor else { return .authorFull }
        let factor = own < limits.reservedPerAuthor ? 2 : 1
        guard count < limits.entries * factor, byteCount + entry.encoded.count <= limits.bytes * factor else {
            return .ledgerFull
        }
        return nil
    }

    private func positionInOrder(of place: Int) -> Int {
        var (low, high) = (0, order.count)
        while low < high {
            let middle = (low + high) / 2
            if precedes(order[middle], place) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Adds an entry to its author's chain, and looks whether that has forked.
    private mutating func link(_ entry: Entry, at place: Int) {
        var chain = chains[entry.author] ?? Chain(latest: place)
        chain.count += 1
        chain.bySequence[entry.sequence, default: []].append(entry.id)
        let latest = arrivals[chain.latest]
        if (entry.sequence, latest.id) > (latest.sequence, entry.id) { chain.latest = place }
        let twins = chain.bySequence[entry.sequence, default: []].sorted()
        chains[entry.author] = chain
        guard twins.count > 1, entry.sequence <= (forksByAuthor[entry.author]?.sequence ?? .max) else { return }
        forksByAuthor[entry.author] = Fork(
            author: entry.author, sequence: entry.sequence, first: twins[0], second: twins[1])
    }
}
