import Identity
import Reactor
import Swarm
import Time

/// Whom to connect to of those who were found, and when.
///
/// Of two peers the one with the lesser id dials at once and the other a moment later, so that they do not end with two
/// connections. A dial that failed is tried again, ever more seldom, as long as the peer is heard of. Peers of senders
/// whose word led nowhere wait for the others.
struct DialPlan {
    private struct Candidate {
        /// When to dial; nil while it is connected or being dialed.
        var due: Instant?
        var failures = 0
        /// Who has told of it; nil for a program of this host.
        let source: IPAddress?
    }

    private let localPeer: PeerID
    private let configuration: LocalDiscoveryConfiguration
    /// As many as there are found peers.
    private var candidates: [PeerID: Candidate] = [:]
    private var running: Set<PeerID> = []
    /// Dials that have failed, and that run, for each sender. As many as there are senders of found peers.
    private var disappointments: [IPAddress: Int] = [:]
    private var budget: TokenBucket

    init(localPeer: PeerID, configuration: LocalDiscoveryConfiguration, now: Instant) {
        self.localPeer = localPeer
        self.configuration = configuration
        budget = TokenBucket(rate: configuration.dials.perSecond, burst: configuration.dials.burst, now: now)
    }

    /// A peer was found.
    ///
    /// - Parameter source: who has told of it; nil for a program of this host.
    mutating func found(_ peer: PeerID, from source: IPAddress? = nil, isConnected: Bool, _ now: Instant) {
        guard candidates[peer] == nil else { return }
        candidates[peer] = Candidate(due: isConnected ? nil : now + courtesy(peer), source: source)
    }

    /// How long to leave it to the other to connect.
    private func courtesy(_ peer: PeerID) -> Duration { localPeer < peer ? .zero : configuration.dialDelay }

    /// A peer tells other addresses: one that could not be reached may be now.
    mutating func moved(_ peer: PeerID, _ now: Instant) {
        guard var candidate = candidates[peer], let due = candidate.due, candidate.failures > 0 else { return }
        candidate.failures = 0
        candidate.due = min(due, now + configuration.dialDelay)
        candidates[peer] = candidate
    }

    /// A peer is heard of no more.
    mutating func lost(_ peer: PeerID) {
        guard let source = candidates.removeValue(forKey: peer)?.source else { return }
        if !candidates.values.contains(where: { $0.source == source }) { disappointments[source] = nil }
    }

    /// There is a connection.
    mutating func connected(_ peer: PeerID) {
        candidates[peer]?.due = nil
        candidates[peer]?.failures = 0
    }

    /// There is none any more. One that was closed on purpose, by whatever side, is not made again.
    mutating func disconnected(_ peer: PeerID, wasWanted: Bool, _ now: Instant) {
        guard candidates[peer] != nil, !wasWanted else { return }
        let due = now + configuration.firstRedial + courtesy(peer)
        candidates[peer]?.due = due
    }

    /// A dial has ended.
    mutating func dialed(_ peer: PeerID, isConnected: Bool, _ now: Instant) {
        running.remove(peer)
        guard var candidate = candidates[peer] else { return }
        if isConnected, let source = candidate.source { disappointments[source, default: 1] -= 1 }
        if isConnected {
            candidate.due = nil
            candidate.failures = 0
        } else {
            // Beyond the tenth the longest time has been reached, so the count need not grow on.
            candidate.failures = min(candidate.failures + 1, 10)
            let wait = configuration.firstRedial * (1 << (candidate.failures - 1))
            candidate.due = now + min(wait, configuration.longestRedial) + courtesy(peer)
        }
        candidates[peer] = candidate
    }

    /// When ``takeDue(connected:_:)`` may have somebody; nil for not before something happens.
    func nextDeadline(connected: Int) -> Instant? {
        guard running.count < configuration.maximumDials, connected + running.count < configuration.maximumConnected
        else { return nil }
        let due = candidates.values.lazy.compactMap(\.due).min()
        return due.map { max($0, heldUntil ?? $0) }
    }

    /// Since the budget is used up, nobody before then.
    private var heldUntil: Instant?

    /// Whom to dial now.
    ///
    /// - Parameter connected: how many peers are connected.
    mutating func takeDue(connected: Int, _ now: Instant) -> [PeerID] {
        heldUntil = nil
        var due: [(peer: PeerID, due: Instant, source: IPAddress?)] = []
        for (peer, candidate) in candidates {
            if let time = candidate.due, time <= now, !running.contains(peer) {
                due.append((peer, time, candidate.source))
            }
        }
        var taken: [PeerID] = []
        while !due.isEmpty {
            guard running.count < configuration.maximumDials, connected + running.count < configuration.maximumConnected
            else { break }
            guard budget.take(now: now) else {
                heldUntil = now + .milliseconds(Int64(1000 / configuration.dials.perSecond))
                break
            }
            guard let next = due.indices.min(by: { isBefore(due[$0], due[$1]) }) else { break }
            let (peer, _, source) = due.remove(at: next)
            running.insert(peer)
            if let source { disappointments[source, default: 0] += 1 }
            candidates[peer]?.due = nil
            taken.append(peer)
        }
        return taken
    }

    private func isBefore(
        _ one: (peer: PeerID, due: Instant, source: IPAddress?),
        _ other: (peer: PeerID, due: Instant, source: IPAddress?)
    ) -> Bool {
        let (left, right) = (disappointment(one.source), disappointment(other.source))
        if left != right { return left < right }
        return one.due == other.due ? one.peer < other.peer : one.due < other.due
    }

    private func disappointment(_ source: IPAddress?) -> Int { source.flatMap { disappointments[$0] } ?? 0 }
}
