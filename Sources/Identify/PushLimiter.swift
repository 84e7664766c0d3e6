import Identity
import Multiformats
import Swarm
import Time

/// How many pushes are taken, from each group of peers and from all.
///
/// A push makes us store and tell others inside this process; a peer that sends many costs more than it gives. What is
/// beyond the limit is dropped: the peer's next change will be seen. Bounded to 1024 groups; when more push, those that
/// pushed longest ago are forgotten. A familiar peer is a group by itself and does not count against all together, so
/// nobody else can use up what it may push.
public struct PushLimiter: Sendable {
    private enum Group: Hashable, Sendable {
        case network(NetworkPrefix)
        case peer(PeerID)
    }

    /// The most groups of which something is remembered.
    static let maximumGroups = 1024

    private let rate: Double
    private let burst: Int
    private var total: TokenBucket
    private var groups: [Group: Entry] = [:]

    private struct Entry: Sendable {
        var bucket: TokenBucket
        var lastPush: Instant
        /// Groups in the order of their coming.
        let order: UInt64
    }

    private var lastOrder: UInt64 = 0

    /// A limiter that has let nothing through yet.
    ///
    /// - Parameters:
    ///   - rate: pushes per second of one group.
    ///   - burst: pushes of one group at once.
    ///   - totalRate: pushes per second of all, and as many at once.
    ///   - now: the time.
    public init(rate: Double, burst: Int, totalRate: Double, now: Instant) {
        self.rate = rate
        self.burst = burst
        total = TokenBucket(rate: totalRate, burst: max(Int(totalRate), 1), now: now)
    }

    /// Whether a push of this peer, at this address, is taken.
    public mutating func admit(
        _ peer: PeerID, at remote: Multiaddr, isFamiliar: Bool = false, now: Instant
    ) -> Bool {
        let group = isFamiliar ? .peer(peer) : Self.group(of: peer, at: remote)
        if groups[group] == nil, groups.count >= Self.maximumGroups { forgetSome(now: now) }
        var entry = groups[group] ?? newEntry(now: now)
        entry.lastPush = now
        let isWithinShare = entry.bucket.take(now: now)
        groups[group] = entry
        return isWithinShare && (isFamiliar || total.take(now: now))
    }

    private mutating func newEntry(now: Instant) -> Entry {
        lastOrder += 1
        return Entry(bucket: TokenBucket(rate: rate, burst: burst, now: now), lastPush: now, order: lastOrder)
    }

    /// Neighbours on the internet count together, since one person can have many addresses of a network. On a local
    /// network each machine counts for itself, and on this machine each peer.
    private static func group(of peer: PeerID, at remote: Multiaddr) -> Group {
        guard let ip = remote.leadingIP, let scope = AddressScope(remote), scope > .loopback else { return .peer(peer) }
        let length = ip.isIPv4 ? (scope == .site ? 32 : 24) : (scope == .site ? 128 : 56)
        return .network(NetworkPrefix(ip, length: length))
    }

    /// Forgets the groups that have rested; failing that, the eighth that pushed longest ago.
    private mutating func forgetSome(now: Instant) {
        groups = groups.filter { entry in
            var bucket = entry.value.bucket
            return !bucket.isFull(now: now)
        }
        guard groups.count >= Self.maximumGroups else { return }
        let oldest = groups.sorted { ($0.value.lastPush, $0.value.order) < ($1.value.lastPush, $1.value.order) }
        for entry in oldest.prefix(Self.maximumGroups / 8) { groups[entry.key] = nil }
    }
}
