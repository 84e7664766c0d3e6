import Identity
import Time

/// What peers have earned by what they did.
///
/// ```
/// S(p) = min(TopicCap, Σ_t w_t·(w1·P1 + w2·P2 + w3·P3 + w3b·P3b + w4·P4)) + w5·P5 + w6·P6 + w7·P7
/// ```
///
/// Time is given to it; it holds peers that are connected, and a bounded number of those that have left.
///
/// Source: gossipsub v1.1, "Peer Scoring".
public struct PeerScore {
    struct Peer {
        var topics: [GossipSub.Topic: TopicCounters] = [:]
        var addresses: Set<String> = []
        var behaviour = 0.0
        var slowness = 0.0
        var application = 0.0
        /// When to forget it; nil while it is connected.
        var expiry: Instant?
    }

    /// How peers are scored.
    public let parameters: PeerScoreParameters
    private(set) var peers: [PeerID: Peer] = [:]
    private var retained = 0
    /// The peers of each address.
    private var colocated: [String: Set<PeerID>] = [:]
    private var deliveries: DeliveryRecords

    /// A score that knows nobody.
    ///
    /// - Parameters:
    ///   - deliveryTTL: how long a message's deliveries are remembered.
    ///   - deliveryCapacity: the deliveries of how many messages.
    public init(
        _ parameters: PeerScoreParameters, deliveryTTL: Duration = .seconds(120), deliveryCapacity: Int = 1 << 17
    ) {
        self.parameters = parameters
        deliveries = DeliveryRecords(retention: deliveryTTL, capacity: deliveryCapacity)
    }

    // MARK: The score

    /// The score of a peer; zero for strangers.
    public func score(of peer: PeerID, _ now: Instant) -> Double {
        guard let state = peers[peer] else { return 0 }
        var score = 0.0
        // In a fixed order: sums of floating-point numbers depend on it, and all that is random comes from a seed.
        for (topic, counters) in state.topics.sorted(by: { $0.key < $1.key }) {
            guard let parameters = parameters(of: topic) else { continue }
            score += counters.score(now, parameters) * parameters.weight
        }
        score = min(score, parameters.topicCap)
        score += state.application * parameters.appWeight
        score += colocation(state) * parameters.ipColocationWeight
        let behaviour = max(0, state.behaviour - parameters.behaviourThreshold)
        score += behaviour * behaviour * parameters.behaviourWeight
        score += max(0, state.slowness - parameters.slowPeerThreshold) * parameters.slowPeerWeight
        return score
    }

    /// P6: of each address with more peers than expected, the square of how many more.
    private func colocation(_ state: Peer) -> Double {
        var total = 0.0
        for address in state.addresses where !parameters.ipColocationWhitelist.contains(address) {
            let surplus = Double((colocated[address]?.count ?? 0) - parameters.ipColocationThreshold)
            if surplus > 0 { total += surplus * surplus }
        }
        return total
    }

    private func parameters(of topic: GossipSub.Topic) -> TopicScoreParameters? {
        parameters.topics[topic] ?? parameters.topicDefault
    }

    // MARK: Coming and going

    /// A peer has connected from an address. A score it left with is still its own.
    public mutating func add(_ peer: PeerID, address: String?) {
        if peers[peer]?.expiry != nil { retained -= 1 }
        peers[peer, default: Peer()].expiry = nil
        setAddresses(of: peer, address.map { [$0] } ?? [])
    }

    /// A peer is connected from these addresses, and no others.
    public mutating func setAddresses(of peer: PeerID, _ addresses: Set<String>) {
        guard let former = peers[peer]?.addresses, former != addresses else { return }
        peers[peer]?.addresses = addresses
        for address in former.subtracting(addresses) {
            colocated[address]?.remove(peer)
            if colocated[address]?.isEmpty == true { colocated[address] = nil }
        }
        for address in addresses { colocated[address, default: []].insert(peer) }
    }

    /// A peer has left. A good score goes with it; a bad one stays, so that coming back does not wash it.
    public mutating func remove(_ peer: PeerID, _ now: Instant) {
        guard var state = peers[peer], state.expiry == nil else { return }
        let isGood = score(of: peer, now) > 0
        guard !isGood, parameters.retainScore > .zero else { return forget(peer) }
        for topic in state.topics.keys.sorted() {
            guard let parameters = parameters(of: topic), state.topics[topic]?.graftedAt != nil else { continue }
            state.topics[topic]?.firstDeliveries = 0
            state.topics[topic]?.leaveMesh(now, parameters)
        }
        state.expiry = now + parameters.retainScore
        peers[peer] = state
        retained += 1
        if retained > parameters.maximumRetained { forgetEarliest() }
    }

    private mutating func forgetEarliest() {
        let earliest = peers.lazy.compactMap { entry in entry.value.expiry.map { (expiry: $0, peer: entry.key) } }
            .min { ($0.expiry, $0.peer) < ($1.expiry, $1.peer) }
        if let earliest { forget(earliest.peer) }
    }

    private mutating func forget(_ peer: PeerID) {
        guard let state = peers.removeValue(forKey: peer) else { return }
        if state.expiry != nil { retained -= 1 }
        for address in state.addresses {
            colocated[address]?.remove(peer)
            if colocated[address]?.isEmpty == true { colocated[address] = nil }
        }
    }

    /// Lets counters decay, and forgets who left long ago. To be called every ``PeerScoreParameters/decayInterval``.
    public mutating func decay(_ now: Instant) {
        deliveries.removeExpired(now)
        for (peer, state) in peers {
            if let expiry = state.expiry {
                // Who has left does not get better by waiting.
                if expiry <= now { forget(peer) }
                continue
            }
            for topic in state.topics.keys {
                guard let parameters = parameters(of: topic) else { continue }
                peers[peer]?.topics[topic]?.decay(parameters, toZero: self.parameters.decayToZero)
                if peers[peer]?.topics[topic]?.isBlank == true { peers[peer]?.topics[topic] = nil }
            }
            if state.behaviour > 0 {
                TopicCounters.decay(
                    &peers[peer, default: Peer()].behaviour, parameters.behaviourDecay, parameters.decayToZero)
            }
            if state.slowness > 0 {
                TopicCounters.decay(
                    &peers[peer, default: Peer()].slowness, parameters.slowPeerDecay, parameters.decayToZero)
            }
        }
    }

    // MARK: What they do

    /// A peer is in a topic's mesh now.
    public mutating func graft(_ peer: PeerID, _ topic: GossipSub.Topic, _ now: Instant) {
        change(peer, topic) { counters, _ in counters.graftedAt = now }
    }

    /// A peer is no longer in a topic's mesh.
    public mutating func prune(_ peer: PeerID, _ topic: GossipSub.Topic, _ now: Instant) {
        guard peers[peer]?.topics[topic]?.graftedAt != nil else { return }
        change(peer, topic) { $0.leaveMesh(now, $1) }
    }

    /// P7: a peer has misbehaved so many times.
    public mutating func penalize(_ peer: PeerID, _ count: Double = 1) {
        peers[peer]?.behaviour += count
    }

    /// A peer does not read: what was for it had to be let go.
    public mutating func noteSlowness(_ peer: PeerID, _ count: Int = 1) {
        peers[peer]?.slowness += Double(count)
    }

    /// P5: what the application thinks of a peer.
    public mutating func setApplicationScore(_ peer: PeerID, _ score: Double) {
        peers[peer]?.application = score
    }

    // MARK: What they deliver

    /// A message has come for the first time, and is being looked at.
    mutating func beginValidation(_ id: MessageID, _ now: Instant) {
        deliveries.update(id, now) { _ in }
    }

    /// A message turned out good; `peer` brought it first.
    mutating func deliver(_ id: MessageID, _ topic: GossipSub.Topic, from peer: PeerID, _ now: Instant) {
        change(peer, topic) { counters, parameters in
            counters.firstDeliveries = min(counters.firstDeliveries + 1, parameters.firstDeliveriesCap)
        }
        creditMesh(peer, topic)
        let others = deliveries.update(id, now) { record -> Set<PeerID> in
            guard record.outcome == .unknown else { return [] }
            record.outcome = .valid(now)
            return record.peers
        }
        for other in others where other != peer { creditMesh(other, topic) }
    }

    /// A message that was seen before.
    mutating func duplicate(_ id: MessageID, _ topic: GossipSub.Topic, from peer: PeerID, _ now: Instant) {
        guard peers[peer] != nil else { return }
        let outcome = deliveries.update(id, now) { record -> DeliveryRecords.Outcome? in
            guard record.peers.insert(peer).inserted else { return nil }
            return record.outcome
        }
        switch outcome {
        case .valid(let since):
            guard let window = parameters(of: topic)?.meshDeliveriesWindow, now - since <= window else { return }
            creditMesh(peer, topic)
        case .invalid:
            blame(peer, topic)
        case .unknown, .ignored, nil: break
        }
    }

    /// A message turned out bad: everyone who sent it is to blame.
    mutating func reject(_ id: MessageID, _ topic: GossipSub.Topic, from peer: PeerID, _ now: Instant) {
        blame(peer, topic)
        let others = deliveries.update(id, now) { record -> Set<PeerID> in
            guard record.outcome == .unknown else { return [] }
            record.outcome = .invalid
            return record.peers
        }
        for other in others where other != peer { blame(other, topic) }
    }

    /// What came was not the message of this id: its senders are no longer those of the message.
    mutating func forgetCopies(_ id: MessageID, _ now: Instant) {
        deliveries.update(id, now) { $0.peers = [] }
    }

    /// A message without the proof that it needs: its sender alone is to blame, as it has no id to be known by.
    mutating func rejectUnproven(_ topic: GossipSub.Topic, from peer: PeerID) {
        blame(peer, topic)
    }

    /// A message was neither good nor bad, or could not be looked at.
    mutating func ignore(_ id: MessageID, _ now: Instant) {
        deliveries.update(id, now) { record in
            if record.outcome == .unknown { record.outcome = .ignored }
        }
    }

    private mutating func creditMesh(_ peer: PeerID, _ topic: GossipSub.Topic) {
        guard peers[peer]?.topics[topic]?.graftedAt != nil else { return }
        change(peer, topic) { counters, parameters in
            counters.meshDeliveries = min(counters.meshDeliveries + 1, parameters.meshDeliveriesCap)
        }
    }

    private mutating func blame(_ peer: PeerID, _ topic: GossipSub.Topic) {
        change(peer, topic) { counters, _ in counters.invalid += 1 }
    }

    /// Changes a peer's counters of a topic that is scored. Bounded: a topic counts once we are in it, and peers are
    /// told apart by their connection.
    private mutating func change(
        _ peer: PeerID, _ topic: GossipSub.Topic, _ body: (inout TopicCounters, TopicScoreParameters) -> Void
    ) {
        guard peers[peer] != nil, let parameters = parameters(of: topic) else { return }
        body(&peers[peer, default: Peer()].topics[topic, default: TopicCounters()], parameters)
    }
}
