import Ledger

/// Which entries of a graph follow which, directly or not: one bit for each pair, in the order of arrival.
///
/// For the 16,384 entries of ``GraphLimits`` that is 16 MiB, for the thousand of a large group 60 KiB.
struct Ancestry: Sendable {
    private var rows: [[UInt64]] = []

    /// How many entries it knows of.
    var count: Int { rows.count }

    /// Takes in what has arrived in the graph since.
    mutating func update(from graph: EntryGraph) {
        while rows.count < graph.count {
            rows.append(row(following: graph.predecessors(ofArrival: rows.count), at: rows.count))
        }
    }

    /// Whether the entry at `first` is among those that the one at `second` follows. No entry follows itself.
    func isPast(_ first: Int, of second: Int) -> Bool {
        guard first >= 0, first < second, second < rows.count else { return false }
        return rows[second][first >> 6] >> UInt64(first & 63) & 1 == 1
    }

    /// Whether an entry is one of `seconds`, or is among those that one of them follows.
    func isPast(_ first: Int, ofOrIn seconds: [Int]) -> Bool {
        seconds.contains { $0 == first || isPast(first, of: $0) }
    }

    private func row(following predecessors: [Int], at place: Int) -> [UInt64] {
        // Of all places before this one: nothing follows what has not come.
        var row = [UInt64](repeating: 0, count: place >> 6 + 1)
        for predecessor in predecessors where predecessor < place {
            for (word, bits) in rows[predecessor].enumerated() { row[word] |= bits }
            row[predecessor >> 6] |= 1 << UInt64(predecessor & 63)
        }
        return row
    }
}
