import Identity
import Multiformats
import Swarm
import Time

/// How many pushes are taken, from each group of peers and from all.
///
/// A push makes us store and tell others inside this process; a peer that sends many costs more than it gives. What is
/// beyond the limit is dropped: the peer's next change will be seen. Bounded to 1024 groups.
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
    private var groups: [Group: TokenBucket] = [:]

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
    public mutating func admit(_ peer: PeerID, at remote: Multiaddr, now: Instant) -> Bool {
        let group = Self.group(of: peer, at: remote)
        if groups[group] == nil {
            if groups.count >= Self.maximumGroups { forgetRested(now: now) }
            guard groups.count < Self.maximumGroups else { return false }
            groups[group] = TokenBucket(rate: rate, burst: burst, now: now)
        }
        return groups[group]?.take(now: now) == true && total.take(now: now)
    }

    /// Neighbours on the internet count together, since one person can have many addresses of a network. On a local
    /// network each machine counts for itself, and on this machine each peer.
    private static func group(of peer: PeerID, at remote: Multiaddr) -> Group {
        guard let ip = remote.leadingIP, let scope = AddressScope(remote), scope > .loopback else { return .peer(peer) }
        let length = ip.isIPv4 ? (scope == .site ? 32 : 24) : (scope == .site ? 128 : 56)
        return .network(NetworkPrefix(ip, length: length))
    }

    private mutating func forgetRested(now: Instant) {
        groups = groups.filter { entry in
            var bucket = entry.value
            return !bucket.isFull(now: now)
        }
    }
}
