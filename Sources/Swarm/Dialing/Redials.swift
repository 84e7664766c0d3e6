import Identity
import Time

/// Peers that were lost to the network, not by anybody's will, and are dialed again: at once, then after 1, 2, 4 … 8
/// seconds, and once more whenever the network changes, for ten minutes at most.
struct Redials: Sendable {
    private struct Entry: Sendable {
        var due: Instant?
        var attempts = 0
        let since: Instant
        var isRunning = false
    }

    /// Peers that are remembered at most.
    static let maximumPeers = 256
    /// Dials at a time.
    static let maximumRunning = 8
    /// Dials until the network changes.
    static let maximumAttempts = 7
    static let longestPause = Duration.seconds(8)
    static let lifetime = Duration.seconds(600)

    private var entries: [PeerID: Entry] = [:]

    /// A peer was lost.
    mutating func add(_ peer: PeerID, now: Instant) {
        guard entries[peer] == nil, entries.count < Self.maximumPeers else { return }
        entries[peer] = Entry(due: now, since: now)
    }

    /// The peer is there.
    mutating func remove(_ peer: PeerID) {
        if entries[peer]?.isRunning != true { entries[peer] = nil }
    }

    /// The network has changed: everybody is tried again.
    mutating func hasten(now: Instant) {
        for peer in entries.keys where entries[peer]?.isRunning != true {
            entries[peer]?.due = now
            entries[peer]?.attempts = 0
        }
    }

    /// When ``takeDue(now:)`` may have somebody.
    var deadline: Instant? {
        guard entries.values.count(where: \.isRunning) < Self.maximumRunning else { return nil }
        return entries.values.compactMap(\.due).min()
    }

    /// Whom to dial now. Each is to be handed back with ``ended(_:isReached:now:)``.
    mutating func takeDue(now: Instant) -> [PeerID] {
        entries = entries.filter { $0.value.isRunning || now - $0.value.since < Self.lifetime }
        let room = Self.maximumRunning - entries.values.count(where: \.isRunning)
        let due = entries.filter { $0.value.due.map { $0 <= now } ?? false }.keys.sorted().prefix(max(room, 0))
        for peer in due {
            entries[peer]?.due = nil
            entries[peer]?.isRunning = true
        }
        return Array(due)
    }

    /// A dial has ended.
    mutating func ended(_ peer: PeerID, isReached: Bool, now: Instant) {
        guard var entry = entries[peer] else { return }
        guard !isReached else {
            entries[peer] = nil
            return
        }
        entry.isRunning = false
        entry.attempts += 1
        let pause = min(Duration.seconds(1 << min(entry.attempts - 1, 3)), Self.longestPause)
        entry.due = entry.attempts < Self.maximumAttempts ? now + pause : nil
        entries[peer] = entry
    }
}
