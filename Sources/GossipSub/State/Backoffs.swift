import Identity
import Time

/// Who was pruned from which topic, and until when it stays out.
///
/// Bounded: a topic is one of ours, a peer one that was connected; expired entries are removed by the heartbeat, and
/// no back-off is longer than ``GossipSubConfiguration/maximumBackoff``.
struct Backoffs {
    /// Entries of one topic, at most; beyond, a back-off is not kept, so the peer is grafted too early.
    static let maximumPeers = 10_000

    private var topics: [GossipSub.Topic: [PeerID: Instant]] = [:]

    func end(_ peer: PeerID, _ topic: GossipSub.Topic) -> Instant? { topics[topic]?[peer] }

    func isActive(_ peer: PeerID, _ topic: GossipSub.Topic, _ now: Instant) -> Bool {
        end(peer, topic).map { $0 > now } ?? false
    }

    /// A back-off only gets longer.
    mutating func extend(_ peer: PeerID, _ topic: GossipSub.Topic, until end: Instant) {
        let present = topics[topic]?[peer]
        guard present != nil || (topics[topic]?.count ?? 0) < Self.maximumPeers else { return }
        topics[topic, default: [:]][peer] = max(end, present ?? end)
    }

    /// Removes those that ended before `deadline`.
    mutating func removeExpired(before deadline: Instant) {
        for (topic, peers) in topics {
            let kept = peers.filter { $0.value >= deadline }
            topics[topic] = kept.isEmpty ? nil : kept
        }
    }

    var count: Int { topics.values.reduce(0) { $0 + $1.count } }
}
