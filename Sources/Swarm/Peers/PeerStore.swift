import Identity

/// What is known about peers, by id: of every connected one, and of those seen last among the others.
public struct PeerStore: Sendable {
    /// The most peers kept.
    public static let maximumPeers = 4096
    /// The most addresses kept of a peer that is not connected (go-libp2p: 20).
    public static let maximumAddressesWhenGone = 20
    /// The most protocols kept of a peer that is not connected.
    public static let maximumProtocolsWhenGone = 128
    /// The most bytes of either kept of a peer that is not connected.
    public static let maximumBytesWhenGone = 8 << 10

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
        entries[peer]?.info.listenAddresses = Self.first(
            Self.maximumAddressesWhenGone, of: info.listenAddresses
        ) { $0.bytes.count }
        entries[peer]?.info.protocols = Self.first(Self.maximumProtocolsWhenGone, of: info.protocols) { $0.utf8.count }
    }

    /// The first `count` of a list, fewer when they have more than ``maximumBytesWhenGone`` together.
    private static func first<Element>(_ count: Int, of list: [Element], size: (Element) -> Int) -> [Element] {
        var bytes = 0
        return Array(
            list.prefix(count).prefix { element in
                bytes += size(element)
                return bytes <= maximumBytesWhenGone
            })
    }

    /// Drops an eighth at once, so that the cost of finding the oldest is paid seldom.
    private mutating func forgetOldest() {
        let oldest = entries.sorted { $0.value.touched < $1.value.touched }.prefix(Self.maximumPeers / 8)
        for entry in oldest { entries[entry.key] = nil }
    }
}
