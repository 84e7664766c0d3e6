import Identity
import Time

/// The entries of one ledger, as far as they are known here.
///
/// An entry stands in the graph once all that it follows does; until then it waits, in a bounded room. Entries are
/// never removed. All nodes that hold the same entries read them in the same order, whatever the order in which they
/// came: ``entries``.
///
/// Sans-I/O: the time comes in with each entry, and persisting what is stored is the caller's. Inserting costs
/// O(log n) comparisons and the move of an array of numbers.
public struct EntryGraph: Sendable {
    /// Whose entries these are.
    public let ledger: LedgerID
    /// How much is held.
    public let limits: GraphLimits

    struct Node: Sendable {
        /// Places of the predecessors in ``arrivals``.
        let predecessors: [Int]
        /// The author's time, or that of a predecessor if that is later: nothing comes before what it follows.
        let time: Timestamp
    }

    struct Chain: Sendable {
        var count = 0
        /// The place of the entry that the author's next one follows.
        var latest: Int
        var bySequence: [UInt64: [EntryID]] = [:]
    }

    /// All that stand in the order in which they came here, predecessors first: the order to save and to send them in.
    public internal(set) var arrivals: [Entry] = []
    /// What the graph knows of each of ``arrivals`` beside what it says itself.
    var nodes: [Node] = []
    var places: [EntryID: Int] = [:]
    /// Places in `arrivals`, in the order of ``entries``.
    var order: [Int] = []
    var headPlaces: Set<Int> = []
    var chains: [PeerID: Chain] = [:]
    var forksByAuthor: [PeerID: Fork] = [:]
    var waiting: WaitingEntries
    /// The bytes of all entries that stand.
    public internal(set) var byteCount = 0

    /// An empty graph.
    public init(ledger: LedgerID, limits: GraphLimits = GraphLimits()) {
        self.ledger = ledger
        self.limits = limits
        waiting = WaitingEntries(maximumCount: limits.waitingEntries, maximumBytes: limits.waitingBytes)
    }

    /// How many entries stand.
    public var count: Int { nodes.count }

    /// How many wait for others.
    public var waitingCount: Int { waiting.count }

    /// Whether an entry stands.
    public func contains(_ id: EntryID) -> Bool { places[id] != nil }

    /// An entry that stands; nil if it does not.
    public subscript(id: EntryID) -> Entry? { places[id].map { arrivals[$0] } }

    /// All that stand, in the one order: nothing before what it follows, then by the authors' times (no earlier than
    /// those of what they follow), then by depth, then by id.
    public var entries: some RandomAccessCollection<Entry> { order.lazy.map { arrivals[$0] } }

    /// Where an entry stands in ``arrivals``; nil if it does not stand.
    public func arrival(of id: EntryID) -> Int? { places[id] }

    /// Where those stand in ``arrivals`` that the entry at a place of it follows. None outside of it.
    public func predecessors(ofArrival place: Int) -> [Int] {
        nodes.indices.contains(place) ? nodes[place].predecessors : []
    }

    /// The time that an entry counts with in the order; nil if it does not stand.
    public func time(of id: EntryID) -> Timestamp? { places[id].map { nodes[$0].time } }

    /// Those that nothing follows, ascending.
    public var heads: [EntryID] { headPlaces.map { arrivals[$0].id }.sorted() }

    /// What is known of only because others follow it: to be asked for. Ascending.
    public var missing: [EntryID] { waiting.missing }

    /// Authors that wrote two entries in one place, in the order of their ids.
    public var forks: [Fork] { forksByAuthor.keys.sorted().compactMap { forksByAuthor[$0] } }

    /// How many entries of an author stand.
    public func count(of author: PeerID) -> Int { chains[author]?.count ?? 0 }

    /// Whether an entry comes before another in the order of ``entries``. False if one of them does not stand.
    public func precedes(_ first: EntryID, _ second: EntryID) -> Bool {
        guard let first = places[first], let second = places[second] else { return false }
        return precedes(first, second)
    }

    func precedes(_ first: Int, _ second: Int) -> Bool {
        let (leftTime, rightTime) = (nodes[first].time, nodes[second].time)
        if leftTime != rightTime { return leftTime < rightTime }
        let (left, right) = (arrivals[first], arrivals[second])
        return (left.depth, left.id) < (right.depth, right.id)
    }
}
