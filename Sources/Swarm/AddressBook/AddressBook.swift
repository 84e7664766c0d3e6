import Identity
import Multiformats
import Reactor
import Time

/// Where peers can be reached: for each peer a bounded list of addresses, without `/p2p`, each with where it was
/// learned, until when it is kept, and how dialing it went.
@NetworkActor
public final class AddressBook {
    /// One address of a peer.
    public struct Entry: Sendable {
        /// The address, without `/p2p`.
        public let address: Multiaddr
        /// The best source that gave it.
        public internal(set) var source: AddressSource
        /// Whether the peer has signed it in a peer record.
        public internal(set) var isCertified: Bool
        /// Until when it is kept.
        public internal(set) var expires: Instant
        /// How dialing it went.
        var backoff = DialBackoff()
    }

    /// The most bytes of the addresses of one peer: 128 for each of 64, which is more than common ones have.
    static let maximumBytes = 8 << 10

    private struct Peer {
        var entries: [Entry] = []
        var recordSequence: UInt64?
        var touched: UInt64 = 0
    }

    private let clock: any MonotonicClock
    private let maximumAddresses: Int
    private let maximumPeers: Int
    private var book: [PeerID: Peer] = [:]
    private var touches: UInt64 = 0

    /// Whether a peer is connected: its addresses are not the ones to give way. Set by the swarm.
    var isConnected: (PeerID) -> Bool = { _ in false }

    init(clock: any MonotonicClock, maximumAddresses: Int, maximumPeers: Int) {
        self.clock = clock
        self.maximumAddresses = maximumAddresses
        self.maximumPeers = maximumPeers
    }

    /// Adds addresses of a peer, or renews them.
    ///
    /// Addresses that name another peer are left out, and so are those that cannot be dialed: port 0, unspecified and
    /// multicast hosts. What was learned over the open internet may not name the local network or this machine.
    ///
    /// - Parameters:
    ///   - peer: whose addresses they are.
    ///   - addresses: with or without `/p2p`.
    ///   - source: where they were learned.
    ///   - lifetime: how long to keep them; nil for the source's.
    ///   - certified: whether the peer has signed them.
    ///   - heardFrom: the address of the connection over which they came, when they came over one.
    public func add(
        _ peer: PeerID, _ addresses: [Multiaddr], source: AddressSource, lifetime: Duration? = nil,
        certified: Bool = false, heardFrom: Multiaddr? = nil
    ) {
        let now = clock.now
        var record = book[peer] ?? Peer()
        record.entries.removeAll { $0.expires <= now }
        for address in addresses {
            if let named = address.peerID, named != peer { continue }
            guard let bare = address.withoutPeerIDs, AddressScope.mayLearn(bare, from: heardFrom, source: source)
            else { continue }
            let expires = (lifetime ?? source.lifetime).map { now + $0 } ?? .distantFuture
            if let index = record.entries.firstIndex(where: { $0.address == bare }) {
                record.entries[index].source = max(record.entries[index].source, source)
                record.entries[index].expires = max(record.entries[index].expires, expires)
                record.entries[index].isCertified = record.entries[index].isCertified || certified
            } else {
                record.entries.append(
                    Entry(address: bare, source: source, isCertified: certified, expires: expires))
            }
        }
        trim(&record.entries, to: maximumAddresses)
        guard !record.entries.isEmpty else {
            book[peer] = nil
            return
        }
        touches += 1
        record.touched = touches
        book[peer] = record
        if book.count > maximumPeers { forgetOldest() }
    }

    /// Takes the addresses of a peer record that was verified. Addresses the peer had certified before and does not
    /// any more are dropped; a record older than the one known is ignored.
    ///
    /// - Returns: whether the record was taken.
    @discardableResult
    public func add(_ record: PeerRecord, source: AddressSource, heardFrom: Multiaddr? = nil) -> Bool {
        if let known = book[record.peerID]?.recordSequence, record.sequence < known { return false }
        let certified = Set(record.addresses.compactMap(\.withoutPeerIDs))
        book[record.peerID]?.entries.removeAll { $0.isCertified && !certified.contains($0.address) }
        add(record.peerID, record.addresses, source: source, certified: true, heardFrom: heardFrom)
        book[record.peerID]?.recordSequence = record.sequence
        return true
    }

    /// The addresses of a peer, without `/p2p`, the most trusted first.
    public func addresses(of peer: PeerID) -> [Multiaddr] { entries(of: peer).map(\.address) }

    /// What is known about each address of a peer, the most trusted first.
    public func entries(of peer: PeerID) -> [Entry] {
        let now = clock.now
        let live = (book[peer]?.entries ?? []).filter { $0.expires > now }
        return live.enumerated().sorted { left, right in
            left.element.source == right.element.source
                ? left.offset < right.offset : left.element.source > right.element.source
        }.map(\.element)
    }

    /// Forgets one address of a peer.
    public func remove(_ peer: PeerID, _ address: Multiaddr) {
        guard let bare = address.withoutPeerIDs else { return }
        book[peer]?.entries.removeAll { $0.address == bare }
    }

    /// Forgets a peer.
    public func remove(_ peer: PeerID) { book[peer] = nil }

    /// The peers of which addresses are known, sorted.
    public var peers: [PeerID] { book.keys.sorted() }

    // MARK: How dialing went

    func backoff(_ peer: PeerID, _ address: Multiaddr) -> DialBackoff {
        book[peer]?.entries.first { $0.address == address }?.backoff ?? DialBackoff()
    }

    func dialFailed(_ peer: PeerID, _ address: Multiaddr) {
        let now = clock.now
        update(peer, address) { $0.backoff.failed(now: now) }
    }

    func dialSucceeded(_ peer: PeerID, _ address: Multiaddr) {
        // Where a name leads may change, so one that peers gave is believed no more for having led to the peer once.
        let known = book[peer]?.entries.first { $0.address == address }?.source
        let isName = if case .name = TransportAddress(address) { true } else { false }
        add(peer, [address], source: isName ? known ?? .connection : .connection)
        update(peer, address) { $0.backoff.succeeded() }
    }

    /// Forgets that dialing a peer has failed: there is reason to believe that it may not fail again.
    public func forgetFailures(of peer: PeerID) {
        guard var record = book[peer] else { return }
        for index in record.entries.indices { record.entries[index].backoff.succeeded() }
        book[peer] = record
    }

    /// Forgets it of all peers.
    func forgetFailures() {
        for peer in book.keys { forgetFailures(of: peer) }
    }

    private func update(_ peer: PeerID, _ address: Multiaddr, _ change: (inout Entry) -> Void) {
        guard var record = book[peer], let index = record.entries.firstIndex(where: { $0.address == address })
        else { return }
        change(&record.entries[index])
        book[peer] = record
    }

    // MARK: Bounds

    /// Keeps the most trusted; among equals those heard of last.
    private func trim(_ entries: inout [Entry], to count: Int) {
        guard entries.count > count || entries.reduce(0, { $0 + $1.address.bytes.count }) > Self.maximumBytes else {
            return
        }
        var bytes = 0
        let kept = entries.enumerated().sorted { left, right in
            let (one, other) = (left.element, right.element)
            if one.isCertified != other.isCertified { return one.isCertified }
            if one.source != other.source { return one.source > other.source }
            if one.expires != other.expires { return one.expires > other.expires }
            return left.offset > right.offset
        }.prefix(count).prefix { entry in
            bytes += entry.element.address.bytes.count
            return bytes <= Self.maximumBytes
        }
        entries = kept.sorted { $0.offset < $1.offset }.map(\.element)
    }

    /// Drops an eighth at once, so that the cost of finding the oldest is paid seldom. Peers that the person has named
    /// and peers that are connected stay.
    private func forgetOldest() {
        let candidates = book.filter { peer, record in
            !isConnected(peer) && !record.entries.contains { $0.source == .manual }
        }
        let oldest = candidates.sorted { $0.value.touched < $1.value.touched }.prefix(max(maximumPeers / 8, 1))
        for entry in oldest { book[entry.key] = nil }
    }
}
