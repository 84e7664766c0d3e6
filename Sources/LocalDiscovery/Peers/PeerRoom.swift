import Identity
import Reactor
import Swarm
import Time

/// Who may enter the table of peers, and who gives way.
///
/// Room is shared between senders: of whoever has told of the most peers, one that was never reached gives way to the
/// peer of somebody who has told of fewer. Between senders with as many, and within one's own, peers that could not be
/// reached give way, then those that nobody has heard of for a while. Peers that were reached stay. So who invents
/// peers in a flood takes room from himself. Programs of this host count as one sender, which has no share of its own,
/// and goes before all others: nobody else can write in its name.
struct PeerRoom {
    /// What became of a wish to enter.
    enum Answer: Equatable {
        case refused
        case admitted(inPlaceOf: PeerID?)
    }

    private struct Source {
        var count = 0
        var bucket: TokenBucket
    }

    /// How long a peer that was never reached, nor tried in vain, is safe from giving way to one of an equal.
    static let grace = Duration.seconds(30)
    /// Senders that are remembered beyond those in the table.
    static let maximumSources = 512

    private let configuration: LocalDiscoveryConfiguration
    private var sources: [IPAddress: Source] = [:]
    private var newPeers: TokenBucket
    /// The same, of programs of this host: a flood from outside takes nothing from them.
    private var newLocalPeers: TokenBucket

    init(_ configuration: LocalDiscoveryConfiguration, now: Instant) {
        self.configuration = configuration
        newPeers = TokenBucket(
            rate: configuration.newPeers.perSecond, burst: configuration.newPeers.burst, now: now)
        newLocalPeers = newPeers
    }

    /// A peer has entered.
    mutating func entered(_ source: IPAddress?) {
        if let source { sources[source]?.count += 1 }
    }

    /// A peer has left.
    mutating func left(_ source: IPAddress?) {
        if let source { sources[source]?.count -= 1 }
    }

    /// Whether a peer that this sender tells of may enter.
    mutating func admit(
        from source: IPAddress?, _ entries: [PeerID: PeerTable.Entry], _ now: Instant
    ) -> Answer {
        var victim: PeerID?
        if let source {
            guard let count = count(source, now) else { return .refused }
            if count >= configuration.maximumPeersPerSource {
                victim = dispensable(entries, now) { $0.from == source }
            } else if entries.count >= configuration.maximumPeers {
                victim =
                    greediest(than: count + 1).flatMap { unreached(entries, of: $0) }
                    ?? dispensable(entries, now) { ($0.from.flatMap { sources[$0]?.count } ?? 0) >= max(count, 1) }
            }
            if victim == nil, count >= configuration.maximumPeersPerSource { return .refused }
        } else if entries.count >= configuration.maximumPeers {
            victim =
                greediest(than: 0).flatMap { unreached(entries, of: $0) } ?? dispensable(entries, now) { _ in true }
        }
        if victim == nil, entries.count >= configuration.maximumPeers { return .refused }
        guard let source else {
            return newLocalPeers.take(now: now) ? .admitted(inPlaceOf: victim) : .refused
        }
        if sources[source]?.bucket.take(now: now) != true { return .refused }
        return newPeers.take(now: now) ? .admitted(inPlaceOf: victim) : .refused
    }

    /// How many peers a sender has in the table; nil if it cannot be remembered.
    private mutating func count(_ source: IPAddress, _ now: Instant) -> Int? {
        if let known = sources[source] { return known.count }
        if sources.count >= Self.maximumSources {
            sources = sources.filter { entry in
                var bucket = entry.value.bucket
                return entry.value.count > 0 || !bucket.isFull(now: now)
            }
            guard sources.count < Self.maximumSources else { return nil }
        }
        let (burst, rate) = configuration.newPeersPerSource
        sources[source] = Source(bucket: TokenBucket(rate: rate, burst: burst, now: now))
        return 0
    }

    /// The sender with the most peers, if these are more than `count`.
    private func greediest(than count: Int) -> IPAddress? {
        let most = sources.max { one, other in
            one.value.count == other.value.count
                ? other.key.bytes.lexicographicallyPrecedes(one.key.bytes) : one.value.count < other.value.count
        }
        return most.flatMap { $0.value.count > count ? $0.key : nil }
    }

    /// The peer of a sender that gives way first, of those that were never reached.
    private func unreached(_ entries: [PeerID: PeerTable.Entry], of source: IPAddress) -> PeerID? {
        first(entries) { $0.from == source && $0.standing != .reached }
    }

    /// The peer that gives way first, of those that nobody would miss.
    private func dispensable(
        _ entries: [PeerID: PeerTable.Entry], _ now: Instant, among isAmong: (PeerTable.Entry) -> Bool
    ) -> PeerID? {
        first(entries) { entry in
            guard isAmong(entry) else { return false }
            return entry.standing == .failed || entry.standing == .unknown && now - entry.lastHeard > Self.grace
        }
    }

    /// Those that could not be reached first, then those heard of the longest ago.
    private func first(
        _ entries: [PeerID: PeerTable.Entry], where isCandidate: (PeerTable.Entry) -> Bool
    ) -> PeerID? {
        var best: (peer: PeerID, entry: PeerTable.Entry)?
        for (peer, entry) in entries where isCandidate(entry) {
            guard let known = best else {
                best = (peer, entry)
                continue
            }
            let isBetter: Bool
            if (entry.standing == .failed) != (known.entry.standing == .failed) {
                isBetter = entry.standing == .failed
            } else if entry.lastHeard != known.entry.lastHeard {
                isBetter = entry.lastHeard < known.entry.lastHeard
            } else {
                isBetter = peer < known.peer
            }
            if isBetter { best = (peer, entry) }
        }
        return best?.peer
    }
}
