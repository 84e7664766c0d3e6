import Identity
import Multiformats
import Reactor
import Swarm
import Time

/// Who is on the local network, as far as anybody knows. What was heard and the time go in; what there is to tell comes
/// out of ``takeEvents()``.
///
/// Bounded: so many peers, so many of each sender, so many addresses of each, so many new ones in a time; see
/// ``PeerRoom`` for who gives way to whom.
struct PeerTable {
    /// An address, as somebody has told it.
    struct Heard {
        let address: Multiaddr
        let source: LocalDiscovery.Source
        let interface: UInt32
        let instance: String?
        var isProved: Bool
        var expires: Instant
    }

    /// What dialing a peer has come to.
    enum Standing {
        case unknown, failed, reached
    }

    struct Entry {
        /// As it is now.
        var peer: DiscoveredPeer
        /// As it was last told.
        var told: DiscoveredPeer
        var toldAt: Instant
        /// Whether it was told at all.
        var isTold = false
        /// Whether it is called something, and was told as called nothing.
        var hasFirstName: Bool { told.nickname == nil && peer.nickname != nil }
        /// Whether a change waits to be told.
        var hasNews = false
        var heard: [Heard] = []
        /// The latest time of its own clock that it has signed.
        var proof: Int64?
        var from: IPAddress?
        var lastHeard: Instant
        var standing = Standing.unknown
        /// When something of it expires, or is to be told.
        var deadline = Instant.distantFuture
    }

    /// A peer that said goodbye, and what it had signed last: what was said before is not believed again.
    private struct Departed {
        var proof: Int64
        var until: Instant
    }

    /// The most peers that have gone and are remembered.
    static let maximumDeparted = 256
    let configuration: LocalDiscoveryConfiguration
    private(set) var entries: [PeerID: Entry] = [:]
    /// Counts of what was turned away.
    private(set) var counts = LocalDiscoveryCounts()
    private var departed: [PeerID: Departed] = [:]
    private var room: PeerRoom
    private var events: [DiscoveryEvent] = []

    init(_ configuration: LocalDiscoveryConfiguration, now: Instant) {
        self.configuration = configuration
        room = PeerRoom(configuration, now: now)
    }

    /// What has happened since it was asked last.
    mutating func takeEvents() -> [DiscoveryEvent] {
        var taken: [DiscoveryEvent] = []
        swap(&taken, &events)
        return taken
    }

    /// The peers that are known and were told, by id.
    var peers: [DiscoveredPeer] { entries.values.filter(\.isTold).map(\.told).sorted { $0.peer < $1.peer } }

    // MARK: Hearing

    /// A peer was heard of. Its addresses have been found plausible.
    mutating func observe(_ sighting: Sighting, _ now: Instant) {
        guard !sighting.addresses.isEmpty else { return }
        if sighting.source == .gigi, !isNews(sighting, now) {
            counts.unproved += 1
            return
        }
        if entries[sighting.peer] == nil {
            switch room.admit(from: sighting.from, entries, now) {
            case .refused:
                counts.refused += 1
                return
            case .admitted(inPlaceOf: let victim):
                if let victim, let entry = remove(victim), entry.isTold { events.append(.expired(entry.told)) }
            }
            let peer = DiscoveredPeer(
                sighting.peer, source: sighting.source, interface: sighting.interfaceName)
            entries[sighting.peer] = Entry(peer: peer, told: peer, toldAt: now, from: sighting.from, lastHeard: now)
            room.entered(sighting.from)
        }
        entries[sighting.peer]?.take(sighting, now, limit: configuration.maximumAddresses)
        settle(sighting.peer, now)
    }

    private mutating func remove(_ peer: PeerID) -> Entry? {
        guard let entry = entries.removeValue(forKey: peer) else { return nil }
        room.left(entry.from)
        return entry
    }

    /// Whether an announcement is one to go by: of a peer that signs, nothing is believed that it has not signed, nor
    /// what it said before what is known.
    private func isNews(_ sighting: Sighting, _ now: Instant) -> Bool {
        let entry = entries[sighting.peer]
        let gone = departed[sighting.peer].flatMap { $0.until > now ? $0.proof : nil }
        guard let proof = sighting.proof else { return entry?.peer.isVerified != true && gone == nil }
        return proof >= max(entry?.proof ?? .min, gone ?? .min)
    }

    /// An instance of mDNS has gone.
    mutating func left(instance: String, _ now: Instant) {
        let peers = entries.filter { $0.value.heard.contains { $0.instance == instance } }.keys.sorted()
        for peer in peers {
            entries[peer]?.heard.removeAll { $0.instance == instance }
            settle(peer, now)
        }
    }

    /// A peer says by gigi-dns that it leaves an address.
    mutating func left(_ peer: PeerID, _ address: Multiaddr, proof: Int64?, _ now: Instant) {
        guard let entry = entries[peer] else { return }
        if entry.peer.isVerified {
            guard let proof, proof >= entry.proof ?? .min else {
                counts.unproved += 1
                return
            }
            entries[peer]?.proof = proof
        }
        entries[peer]?.heard.removeAll { $0.source == .gigi && $0.address == address }
        // The other goodbye is on its way: that nothing more than the name has gone is told a little later.
        settle(peer, now, holdsBack: true)
    }

    /// An interface has gone, and whoever was heard on it alone.
    mutating func left(interface: UInt32, _ now: Instant) {
        for peer in entries.keys.sorted() {
            entries[peer]?.heard.removeAll { $0.interface == interface }
            settle(peer, now)
        }
    }

    // MARK: Dialing

    /// A peer was connected to, or has connected to us.
    mutating func reached(_ peer: PeerID) { entries[peer]?.standing = .reached }

    /// A peer is not where it was said to be.
    mutating func failed(_ peer: PeerID) {
        if entries[peer]?.standing == .unknown { entries[peer]?.standing = .failed }
    }

    /// An address was not plausible.
    mutating func foundImplausible(_ count: Int) { counts.implausible += UInt64(max(0, count)) }

    // MARK: Time

    /// When ``advance(_:)`` has something to do; nil for never.
    var nextDeadline: Instant? { entries.values.lazy.map(\.deadline).min() }

    /// Forgets what has expired, and tells what was held back.
    mutating func advance(_ now: Instant) {
        for peer in entries.keys.sorted() {
            guard let entry = entries[peer], entry.deadline <= now else { continue }
            entries[peer]?.heard.removeAll { $0.expires <= now }
            settle(peer, now)
        }
        departed = departed.filter { $0.value.until > now }
    }

    /// Forgets everybody, without a word.
    mutating func removeAll() {
        for peer in entries.keys.sorted() { _ = remove(peer) }
        events = []
    }

    // MARK: Telling

    /// Tells what has changed about a peer, or holds it back for a while.
    private mutating func settle(_ peer: PeerID, _ now: Instant, holdsBack: Bool = false) {
        guard var entry = entries[peer] else { return }
        guard !entry.heard.isEmpty else {
            _ = remove(peer)
            remember(entry, now)
            if entry.isTold { events.append(.expired(entry.told)) }
            return
        }
        entry.refresh()
        if !entry.isTold {
            if !waitsForName(entry, now) {
                (entry.told, entry.toldAt, entry.isTold) = (entry.peer, now, true)
                events.append(.discovered(entry.peer))
            }
        } else if entry.peer.isShownAs(entry.told) {
            entry.hasNews = false
        } else if now - entry.toldAt >= configuration.updateGap && !holdsBack || entry.hasFirstName {
            (entry.told, entry.toldAt, entry.hasNews) = (entry.peer, now, false)
            events.append(.updated(entry.peer))
        } else {
            entry.hasNews = true
            if holdsBack { entry.toldAt = now }
        }
        entry.deadline = entry.heard.lazy.map(\.expires).min() ?? .distantFuture
        if !entry.isTold { entry.deadline = min(entry.deadline, entry.toldAt + configuration.nameDelay) }
        if entry.hasNews { entry.deadline = min(entry.deadline, entry.toldAt + configuration.updateGap) }
        entries[peer] = entry
    }

    /// Whether a peer is not told of yet, so that its name may come along.
    func isWaitingForName(_ peer: PeerID) -> Bool {
        entries[peer].map { !$0.isTold && $0.peer.source == .mdns } ?? false
    }

    private func waitsForName(_ entry: Entry, _ now: Instant) -> Bool {
        configuration.sources.contains(.gigi) && entry.peer.source == .mdns
            && now - entry.toldAt < configuration.nameDelay
    }

    private mutating func remember(_ entry: Entry, _ now: Instant) {
        guard let proof = entry.proof else { return }
        if departed.count >= Self.maximumDeparted {
            let oldest = departed.min { ($0.value.until, $0.key) < ($1.value.until, $1.key) }
            if let oldest { departed[oldest.key] = nil }
        }
        departed[entry.peer.peer] = Departed(proof: proof, until: now + configuration.signatureWindow)
    }
}
