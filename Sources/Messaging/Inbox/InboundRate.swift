import Identity
import Time

/// How much each peer may send us. What one peer sends is never held against another: when more peers than are
/// remembered have sent something lately, those heard longest ago are forgotten and begin with a full measure, which a
/// new identity would have in any case.
struct InboundRate: Sendable {
    private struct Buckets {
        var messages: TokenBucket
        var bytes: TokenBucket
        var lastHeard: Instant
    }

    /// Peers that are remembered at most.
    static let maximumPeers = 1024
    private let configuration: MessagingConfiguration
    private var peers: [PeerID: Buckets] = [:]

    init(_ configuration: MessagingConfiguration) { self.configuration = configuration }

    /// Admits a message of `byteCount` bytes, or returns after how long it may come again.
    mutating func admit(_ byteCount: Int, from peer: PeerID, now: Instant) -> Duration? {
        if peers[peer] == nil, peers.count >= Self.maximumPeers { forgetSome(now) }
        var buckets =
            peers[peer]
            ?? Buckets(
                messages: TokenBucket(
                    rate: configuration.inboundMessages.perSecond, burst: configuration.inboundMessages.burst,
                    now: now),
                bytes: TokenBucket(
                    rate: configuration.inboundBytes.perSecond, burst: configuration.inboundBytes.burst, now: now),
                lastHeard: now)
        buckets.lastHeard = now
        let delay = buckets.messages.shortage(1, now: now) ?? buckets.bytes.shortage(byteCount, now: now)
        peers[peer] = buckets
        return delay
    }

    /// Forgets those who have sent nothing for long enough to start anew anyway; failing that, the eighth of all that
    /// was heard longest ago, so that the cost of finding them is paid seldom.
    private mutating func forgetSome(_ now: Instant) {
        peers = peers.filter { entry in
            var buckets = entry.value
            return !buckets.messages.isFull(now: now) || !buckets.bytes.isFull(now: now)
        }
        guard peers.count >= Self.maximumPeers else { return }
        let oldest = peers.sorted { ($0.value.lastHeard, $0.key) < ($1.value.lastHeard, $1.key) }
        for entry in oldest.prefix(Self.maximumPeers / 8) { peers[entry.key] = nil }
    }
}
