import Identity
import Time

/// What is looked after once a second
extension GossipSubState {
    /// Looks after meshes and gossip. To be called every ``GossipSubConfiguration/heartbeatInterval``.
    public mutating func heartbeat(_ now: Instant) {
        ticks += 1
        decayScores(now)
        resetCounters()
        for (peer, count) in promises.takeBroken(now).sorted(by: { $0.key < $1.key }) {
            counts.brokenPromises += count
            score.penalize(peer, Double(count))
        }
        // Kept a little longer than it lasts: a peer's clock may be a little fast.
        if ticks % 15 == 0 { backoffs.removeExpired(before: now + (.zero - configuration.heartbeatInterval * 2)) }
        if ticks % 300 == 1 {
            for peer in direct.sorted() where peers[peer] == nil { actions.append(.reconnect(peer)) }
        }
        let gossip = cache.gossipIDs()
        for topic in mesh.keys.sorted() {
            keepMesh(topic, now)
            emitGossip(topic, gossip[topic] ?? [], besides: mesh[topic] ?? [], now)
        }
        for topic in fanout.keys.sorted() {
            keepFanout(topic, now)
            if let members = fanout[topic]?.peers { emitGossip(topic, gossip[topic] ?? [], besides: members, now) }
        }
        cache.shift()
    }

    private mutating func decayScores(_ now: Instant) {
        let interval = configuration.score.decayInterval
        guard let last = lastDecay else { return lastDecay = now }
        guard now - last >= interval else { return }
        score.decay(now)
        lastDecay = now
    }

    private mutating func resetCounters() {
        for peer in peers.keys {
            peers[peer]?.iHaveMessages = 0
            peers[peer]?.askedIDs = 0
            peers[peer]?.iDontWantMessages = 0
            guard let unwanted = peers[peer]?.unwanted, !unwanted.isEmpty else { continue }
            peers[peer]?.unwanted = unwanted.compactMapValues { $0 > 1 ? $0 - 1 : nil }
        }
    }

    // MARK: Mesh

    private mutating func keepMesh(_ topic: GossipSub.Topic, _ now: Instant) {
        for peer in mesh(of: topic) where score.score(of: peer, now) < 0 {
            prune(peer, topic, now, namesPeers: false)
        }
        let count = mesh[topic]?.count ?? 0
        if count < configuration.degreeLow {
            fill(topic, to: configuration.degree, now)
        } else if count > configuration.degreeHigh {
            thin(topic, now)
        }
        keepOutbound(topic, now)
        if ticks % configuration.opportunisticGraftTicks == 0 { graftBetter(topic, now) }
    }

    /// Takes peers out of a mesh that has too many: the best stay, some at random, and enough that we have chosen
    /// ourselves.
    private mutating func thin(_ topic: GossipSub.Topic, _ now: Instant) {
        var ranked = mesh(of: topic).shuffled(using: &random)
        let scores = Dictionary(uniqueKeysWithValues: ranked.map { ($0, score.score(of: $0, now)) })
        ranked.sort { (scores[$0] ?? 0) > (scores[$1] ?? 0) }
        let best = ranked.prefix(configuration.degreeScore)
        let rest = ranked.dropFirst(configuration.degreeScore).shuffled(using: &random)
        var order = Array(best + rest)
        let kept = order.prefix(configuration.degree)
        var missing = configuration.degreeOut - kept.count { peers[$0]?.isOutbound == true }
        // Outbound peers from behind the line change places with the last inbound ones before it.
        while missing > 0 {
            let line = min(configuration.degree, order.count)
            guard let incoming = order.indices.dropFirst(line).first(where: { peers[order[$0]]?.isOutbound == true }),
                let outgoing = order.indices.prefix(line).last(where: { peers[order[$0]]?.isOutbound != true })
            else { break }
            order.swapAt(incoming, outgoing)
            missing -= 1
        }
        for peer in order.dropFirst(configuration.degree) { prune(peer, topic, now, namesPeers: true) }
    }

    private mutating func keepOutbound(_ topic: GossipSub.Topic, _ now: Instant) {
        let members = mesh[topic] ?? []
        guard members.count >= configuration.degreeLow else { return }
        let missing = configuration.degreeOut - members.count { peers[$0]?.isOutbound == true }
        guard missing > 0 else { return }
        let candidates = graftable(topic, now).filter { peers[$0]?.isOutbound == true }
        for peer in pick(missing, from: candidates) { graft(peer, topic, now) }
    }

    /// A mesh of mediocre peers gets a few better ones.
    private mutating func graftBetter(_ topic: GossipSub.Topic, _ now: Instant) {
        let scores = (mesh[topic] ?? []).map { score.score(of: $0, now) }.sorted()
        guard scores.count > 1 else { return }
        let median = scores[scores.count / 2]
        guard median < configuration.score.thresholds.opportunisticGraft else { return }
        let better = graftable(topic, now).filter { score.score(of: $0, now) > median }
        for peer in pick(configuration.opportunisticGraftPeers, from: better) { graft(peer, topic, now) }
    }

    // MARK: Fan-out

    private mutating func keepFanout(_ topic: GossipSub.Topic, _ now: Instant) {
        guard let state = fanout[topic] else { return }
        guard now - state.lastPublished <= configuration.fanoutTTL else { return fanout[topic] = nil }
        let candidates = fanoutCandidates(topic, now)
        var members = state.peers.intersection(candidates)
        let missing = configuration.degree - members.count
        if missing > 0 { members.formUnion(pick(missing, from: candidates.filter { !members.contains($0) })) }
        fanout[topic]?.peers = members
    }

    // MARK: Gossip

    /// Tells some of the peers that are not in the mesh which messages there are.
    private mutating func emitGossip(
        _ topic: GossipSub.Topic, _ ids: [MessageID], besides members: Set<PeerID>, _ now: Instant
    ) {
        guard !ids.isEmpty else { return }
        let threshold = configuration.score.thresholds.gossip
        let candidates = (subscribers[topic] ?? []).filter {
            !members.contains($0) && !direct.contains($0) && peers[$0]?.version.hasMesh == true
                && score.score(of: $0, now) >= threshold
        }
        let count = max(configuration.degreeLazy, Int(configuration.gossipFactor * Double(candidates.count)))
        for peer in pick(count, from: candidates) {
            // Each peer its own choice, so that together they hear of all.
            let told =
                ids.count > configuration.maximumIHaveLength
                ? Array(ids.shuffled(using: &random).prefix(configuration.maximumIHaveLength)) : ids
            outbox[peer, default: RPC()].control.iHave.append(RPC.IHave(topic, told))
        }
    }
}
