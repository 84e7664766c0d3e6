import Identity
import Time

/// Who has delivered each recent message, and what became of it.
///
/// Source: gossipsub v1.1, "Message Delivery Tracking".
struct DeliveryRecords {
    enum Outcome: Equatable {
        /// Not decided.
        case unknown
        /// Good, since then.
        case valid(Instant)
        /// Bad: everyone who sends it is to blame.
        case invalid
        /// Nobody's fault and nobody's merit.
        case ignored
    }

    struct Record {
        var outcome = Outcome.unknown
        let firstSeen: Instant
        /// Who sent it, apart from the first, once each. Bounded by the connected peers.
        var peers: Set<PeerID> = []
    }

    private var records: [MessageID: Record] = [:]
    /// In the order of their beginning.
    private var order: [(id: MessageID, expiry: Instant)] = []
    private var first = 0
    private let retention: Duration
    private let capacity: Int

    init(retention: Duration, capacity: Int) {
        self.retention = retention
        self.capacity = capacity
    }

    var count: Int { records.count }

    /// Changes the record of a message, beginning one if there is none.
    mutating func update<Result>(_ id: MessageID, _ now: Instant, _ body: (inout Record) -> Result) -> Result {
        if records[id] == nil {
            if records.count >= capacity { removeFirst() }
            order.append((id, now + retention))
        }
        return body(&records[id, default: Record(firstSeen: now)])
    }

    mutating func removeExpired(_ now: Instant) {
        while first < order.count, order[first].expiry <= now { removeFirst() }
    }

    private mutating func removeFirst() {
        guard first < order.count else { return }
        records[order[first].id] = nil
        first += 1
        if first > 1024, first * 2 > order.count {
            order.removeFirst(first)
            first = 0
        }
    }
}
