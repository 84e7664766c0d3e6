import Identity
import Time

extension EntryGraph {
    /// The next entry of an author: after its last one, and after all heads (the latest 16, if there are more). It is
    /// signed, and not inserted.
    ///
    /// Its time is our clock's, or that of the latest entry it follows, if that is ahead.
    ///
    /// - Parameter now: our wall clock; a time before 1970 counts as 1970.
    /// - Throws: `tooLarge` for the body, `authorFull` and `ledgerFull` where there is no room.
    public func nextEntry(
        kind: EntryKind, body: [UInt8], by key: KeyPair, now: Timestamp
    ) throws(EntryRefusal) -> Entry {
        let chain = chains[key.peerID]
        let latest = chain.map { arrivals[$0.latest] }
        if let chain, chain.count >= limits.entriesPerAuthor { throw .authorFull }
        let previousPlace = chain?.latest
        let heads = headPlaces.filter { $0 != previousPlace }
            .sorted { precedes($1, $0) }.prefix(Entry.maximumParents)
        let predecessors = (previousPlace.map { [$0] } ?? []) + heads
        let latestTime = predecessors.map { nodes[$0].time }.max() ?? now
        let content = EntryContent(
            ledger: ledger, author: key.peerID, sequence: latest.map { $0.sequence + 1 } ?? 0, previous: latest?.id,
            parents: heads.map { arrivals[$0].id }.sorted(),
            depth: predecessors.map { arrivals[$0].depth }.max().map { $0 + 1 } ?? 0,
            time: min(max(now, latestTime, Timestamp(milliseconds: 0)), Timestamp(milliseconds: Entry.timeLimit - 1)),
            kind: kind)
        return try Entry.sign(content, body: body, with: key)
    }
}
