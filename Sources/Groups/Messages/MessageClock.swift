import Ledger
import Time

/// What decides the next message's number, time and predecessors: the messages that were seen.
public struct MessageClock: Sendable {
    /// The number of our next message.
    var sequence: UInt64 = 0
    private(set) var latest: Timestamp?
    /// The latest that no other has named yet, by time.
    private var heads: [(id: GroupMessageID, time: Timestamp)] = []

    /// Takes note of a message; of one of ours, that its number is taken.
    public mutating func note(_ message: GroupMessage, isOwn: Bool) {
        note(message.id, time: message.time, after: message.after)
        if isOwn { sequence = max(sequence, message.sequence == .max ? .max : message.sequence + 1) }
    }

    /// Takes note of a message.
    mutating func note(_ id: GroupMessageID, time: Timestamp, after: [GroupMessageID]) {
        if latest.map({ $0 < time }) ?? true { latest = time }
        heads.removeAll { after.contains($0.id) || $0.id == id }
        heads.append((id, time))
        heads.sort { ($0.time, $0.id) < ($1.time, $1.id) }
        if heads.count > GroupMessage.maximumAfter { heads.removeFirst(heads.count - GroupMessage.maximumAfter) }
    }

    /// What the next message follows, ascending.
    var after: [GroupMessageID] { heads.map(\.id).sorted() }

    /// The time of the next message: later than all that were seen, and no earlier than `start`.
    func time(_ now: Timestamp, from start: Timestamp) -> Timestamp {
        let earliest = latest.map { max($0 + .milliseconds(1), start) } ?? start
        return min(max(now, earliest), Timestamp(milliseconds: 1 << 48 - 1))
    }
}

/// The ids of the messages that came last, to know them again: two generations of 4096.
struct RecentMessages: Sendable {
    private static let generation = 4096
    private var young: Set<GroupMessageID> = []
    private var old: Set<GroupMessageID> = []

    func contains(_ id: GroupMessageID) -> Bool { young.contains(id) || old.contains(id) }

    mutating func insert(_ id: GroupMessageID) {
        if young.count >= Self.generation {
            old = young
            young = []
        }
        young.insert(id)
    }
}
