import Identity
import Reactor
import Swarm
import Time

/// How often each peer may ask one handler: what it asks of one is never held against what it asks of another.
@NetworkActor
final class RequestRates {
    /// The longest that a request waits for its peer's rate.
    private static let patience = Duration.seconds(1)

    private let limits: RequestLimits
    /// Those of connected peers. Bounded by the connections: peers that leave are taken out.
    private var buckets: [PeerID: TokenBucket] = [:]

    init(_ limits: RequestLimits) { self.limits = limits }

    /// How long a request of a peer is to wait; nil to refuse it.
    func reserve(for peer: PeerID, on swarm: Swarm) -> Duration? {
        let now = swarm.world.clock.now
        var bucket = buckets[peer] ?? TokenBucket(rate: limits.rate, burst: limits.burst, now: now)
        let wait = bucket.reserve(now: now, patience: Self.patience)
        if swarm.isConnected(peer) { buckets[peer] = bucket }
        return wait
    }

    /// A peer has left.
    func forget(_ peer: PeerID) { buckets[peer] = nil }
}
