import Identity

/// The messages of the last heartbeats, to be told of and asked for.
///
/// Bounded in bytes: beyond, the oldest go before their time.
///
/// Source: gossipsub v1.0, "Message Cache".
struct MessageCache {
    struct Entry {
        let message: PubsubMessage
        let from: PeerID?
        /// How often each peer was sent it.
        var transmissions: [PeerID: Int] = [:]
        var size: Int { message.data.count + 256 }
    }

    private var entries: [MessageID: Entry] = [:]
    /// The ids of each heartbeat, the latest first.
    private var windows: [[MessageID]]
    private let gossipWindows: Int
    private let capacity: Int
    private(set) var size = 0

    /// - Parameters:
    ///   - history: heartbeats that a message stays.
    ///   - gossip: heartbeats that it is told of.
    ///   - capacity: bytes of all messages.
    init(history: Int, gossip: Int, capacity: Int) {
        windows = Array(repeating: [], count: history)
        gossipWindows = gossip
        self.capacity = capacity
    }

    var count: Int { entries.count }

    mutating func put(_ id: MessageID, _ message: PubsubMessage, from: PeerID?) {
        guard entries[id] == nil, !windows.isEmpty else { return }
        let entry = Entry(message: message, from: from)
        size += entry.size
        entries[id] = entry
        windows[0].append(id)
        var oldest = windows.count - 1
        while size > capacity, oldest > 0 {
            drop(oldest)
            oldest -= 1
        }
        // One heartbeat alone is too much: its first half goes.
        if size > capacity {
            let half = windows[0].prefix(windows[0].count / 2)
            for id in half { remove(id) }
            windows[0].removeFirst(half.count)
        }
    }

    subscript(id: MessageID) -> PubsubMessage? { entries[id]?.message }

    /// A message for a peer that asks for it; nil if it is not here, or was sent to it `limit` times.
    mutating func take(_ id: MessageID, for peer: PeerID, limit: Int) -> PubsubMessage? {
        guard let entry = entries[id] else { return nil }
        let count = entry.transmissions[peer, default: 0]
        guard count < limit else { return nil }
        entries[id]?.transmissions[peer] = count + 1
        return entry.message
    }

    /// The messages of a topic to tell of.
    func gossipIDs(_ topic: GossipSub.Topic) -> [MessageID] {
        windows.prefix(gossipWindows).flatMap { $0.filter { entries[$0]?.message.topic == topic } }
    }

    /// The messages to tell of, by topic.
    func gossipIDs() -> [GossipSub.Topic: [MessageID]] { ids(ofWindows: gossipWindows) }

    /// All messages, by topic, those of the latest heartbeats first.
    func recentIDs() -> [GossipSub.Topic: [MessageID]] { ids(ofWindows: windows.count) }

    private func ids(ofWindows count: Int) -> [GossipSub.Topic: [MessageID]] {
        var ids: [GossipSub.Topic: [MessageID]] = [:]
        for id in windows.prefix(count).joined() {
            if let topic = entries[id]?.message.topic { ids[topic, default: []].append(id) }
        }
        return ids
    }

    /// A heartbeat has passed.
    mutating func shift() {
        guard !windows.isEmpty else { return }
        drop(windows.count - 1)
        windows.removeLast()
        windows.insert([], at: 0)
    }

    private mutating func drop(_ window: Int) {
        for id in windows[window] { remove(id) }
        windows[window] = []
    }

    private mutating func remove(_ id: MessageID) {
        guard let entry = entries.removeValue(forKey: id) else { return }
        size -= entry.size
    }
}
