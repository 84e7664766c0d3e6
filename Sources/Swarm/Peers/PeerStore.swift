import Identity

/// What is known about peers, by id: of every connected one, and of those seen last among the others.
public struct PeerStore: Sendable {
    /// The most peers kept.
    public static let maximumPeers = 4096

    private struct Entry: Sendable {
        var info: PeerInfo
        var touched: UInt64
    }

    private var entries: [PeerID: Entry] = [:]
    private var clock: UInt64 = 0

    init() {}

    /// What is known about a peer, nil when nothing is.
    public internal(set) subscript(peer: PeerID) -> PeerInfo? {
        get { entries[peer]?.info }
        set {
            guard let newValue else {
                entries[peer] = nil
                return
            }
            clock += 1
            entries[peer] = Entry(info: newValue, touched: clock)
            if entries.count > Self.maximumPeers { forgetOldest() }
        }
    }

    /// The peers about which something is known, sorted.
    public var peers: [PeerID] { entries.keys.sorted() }

    /// Drops an eighth at once, so that the cost of finding the oldest is paid seldom.
    private mutating func forgetOldest() {
        let oldest = entries.sorted { $0.value.touched < $1.value.touched }.prefix(Self.maximumPeers / 8)
        for entry in oldest { entries[entry.key] = nil }
    }
}
