import Identity

/// What is known about peers, by id: of every connected one, and of those seen last among the others.
public struct PeerStore: Sendable {
    /// The most peers kept.
    public static let maximumPeers = 4096
    /// The most addresses kept of a peer that is not connected (go-libp2p: 20).
    public static let maximumAddressesWhenGone = 20
    /// The most protocols kept of a peer that is not connected.
    public static let maximumProtocolsWhenGone = 128

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

    /// The peer has gone: what is kept of it is bounded more tightly, since there may be many such peers.
    mutating func shrink(_ peer: PeerID) {
        guard let info = entries[peer]?.info else { return }
        entries[peer]?.info.listenAddresses = Array(info.listenAddresses.prefix(Self.maximumAddressesWhenGone))
        entries[peer]?.info.protocols = Array(info.protocols.prefix(Self.maximumProtocolsWhenGone))
    }

    /// Drops an eighth at once, so that the cost of finding the oldest is paid seldom.
    private mutating func forgetOldest() {
        let oldest = entries.sorted { $0.value.touched < $1.value.touched }.prefix(Self.maximumPeers / 8)
        for entry in oldest { entries[entry.key] = nil }
    }
}
