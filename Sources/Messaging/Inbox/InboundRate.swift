import Identity
import Time

/// How much each peer may send us. Peers that have been quiet long enough are forgotten; while `maximumPeers` are not,
/// no further one is taken.
struct InboundRate: Sendable {
    private struct Buckets {
        var messages: TokenBucket
        var bytes: TokenBucket
    }

    /// Peers that are remembered at most.
    static let maximumPeers = 1024
    private let configuration: MessagingConfiguration
    private var peers: [PeerID: Buckets] = [:]

    init(_ configuration: MessagingConfiguration) { self.configuration = configuration }

    /// Admits a message of `byteCount` bytes, or returns after how long it may come again.
    mutating func admit(_ byteCount: Int, from peer: PeerID, now: Instant) -> Duration? {
        if peers[peer] == nil {
            if peers.count >= Self.maximumPeers { forgetQuietPeers(now) }
            guard peers.count < Self.maximumPeers else { return .seconds(1) }
        }
        var buckets =
            peers[peer]
            ?? Buckets(
                messages: TokenBucket(
                    burst: configuration.inboundMessages.burst, perSecond: configuration.inboundMessages.perSecond,
                    now: now),
                bytes: TokenBucket(
                    burst: configuration.inboundBytes.burst, perSecond: configuration.inboundBytes.perSecond, now: now))
        let delay = buckets.messages.take(1, now: now) ?? buckets.bytes.take(Double(byteCount), now: now)
        peers[peer] = buckets
        return delay
    }

    private mutating func forgetQuietPeers(_ now: Instant) {
        for peer in Array(peers.keys) {
            guard var buckets = peers[peer] else { continue }
            if buckets.messages.isFull(now: now), buckets.bytes.isFull(now: now) { peers[peer] = nil }
        }
    }
}
