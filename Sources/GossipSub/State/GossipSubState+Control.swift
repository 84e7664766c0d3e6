import Identity
import Time

/// Mesh and gossip messages of peers
extension GossipSubState {
    mutating func handle(_ control: RPC.Control, from peer: PeerID, _ now: Instant) {
        guard !control.isEmpty, peers[peer]?.version.hasMesh == true else { return }
        handle(control.iHave, from: peer, now)
        for ids in control.iWant { handleWant(ids, from: peer, now) }
        for topic in control.graft { handleGraft(topic, from: peer, now) }
        for prune in control.prune { handle(prune, from: peer, now) }
        for ids in control.iDontWant { handleDontWant(ids, from: peer) }
    }

    // MARK: Gossip

    private mutating func handle(_ haves: [RPC.IHave], from peer: PeerID, _ now: Instant) {
        guard !haves.isEmpty, isAbove(configuration.score.thresholds.gossip, peer, now) else { return }
        var wanted: Set<MessageID> = []
        for have in haves {
            guard let state = peers[peer], state.iHaveMessages < configuration.maximumIHaveMessages else { break }
            peers[peer]?.iHaveMessages += 1
            guard state.askedIDs < configuration.maximumIHaveLength, mesh[have.topic] != nil else { continue }
            for id in have.ids.prefix(configuration.maximumIHaveLength) where !seen.contains(id) { wanted.insert(id) }
        }
        let budget = configuration.maximumIHaveLength - (peers[peer]?.askedIDs ?? 0)
        let asked = Array(wanted.sorted().shuffled(using: &random).prefix(max(0, budget)))
        guard let promised = asked.first else { return }
        peers[peer]?.askedIDs += asked.count
        counts.wanted += asked.count
        promises.add(peer, promised, until: now + configuration.iWantFollowupTime)
        outbox[peer, default: RPC()].control.iWant.append(asked)
    }

    private mutating func handleWant(_ ids: [MessageID], from peer: PeerID, _ now: Instant) {
        guard isAbove(configuration.score.thresholds.gossip, peer, now) else { return }
        for id in ids where peers[peer]?.unwanted[id] == nil {
            guard let message = cache.take(id, for: peer, limit: configuration.gossipRetransmission) else { continue }
            send(message, to: [peer], .gossip)
        }
    }

    private mutating func handleDontWant(_ ids: [MessageID], from peer: PeerID) {
        guard var state = peers[peer], state.iDontWantMessages < configuration.maximumIDontWantMessages else { return }
        state.iDontWantMessages += 1
        if state.unwanted.count < configuration.maximumUnwanted {
            for id in ids.prefix(configuration.maximumIDontWantLength) {
                state.unwanted[id] = configuration.iDontWantTicks
            }
        }
        peers[peer] = state
    }

    // MARK: Mesh

    private mutating func handleGraft(_ topic: GossipSub.Topic, from peer: PeerID, _ now: Instant) {
        // No answer for a topic that we are not in: it would be work for whoever makes up names.
        guard let members = mesh[topic], !members.contains(peer), peers[peer]?.topics.contains(topic) == true else {
            return
        }
        if direct.contains(peer) { return prune(peer, topic, now, namesPeers: false) }
        if let end = backoffs.end(peer, topic), end > now {
            score.penalize(peer)
            // So early that it cannot have been a clock that is a little off.
            let pruned = end + (.zero - configuration.pruneBackoff)
            if now < pruned + configuration.graftFloodThreshold { score.penalize(peer) }
            return prune(peer, topic, now, namesPeers: false)
        }
        guard score.score(of: peer, now) >= 0 else { return prune(peer, topic, now, namesPeers: false) }
        guard members.count < configuration.degreeHigh || peers[peer]?.isOutbound == true else {
            return prune(peer, topic, now, namesPeers: true)
        }
        mesh[topic]?.insert(peer)
        score.graft(peer, topic, now)
    }

    private mutating func handle(_ prune: RPC.Prune, from peer: PeerID, _ now: Instant) {
        guard let members = mesh[prune.topic] else { return }
        if members.contains(peer) {
            mesh[prune.topic]?.remove(peer)
            score.prune(peer, prune.topic, now)
        }
        backoffs.extend(peer, prune.topic, until: now + backoff(prune.backoff))
        // A name and an address from somebody who has not earned it may be anybody's.
        guard !prune.peers.isEmpty, score.score(of: peer, now) >= configuration.score.thresholds.acceptPX else {
            return
        }
        for info in prune.peers.shuffled(using: &random).prefix(configuration.prunePeers) {
            guard let named = try? PeerID(bytes: info.peer), named != localPeer, peers[named] == nil,
                let record = info.record
            else { continue }
            actions.append(.dial(named, record: record))
        }
    }

    /// What a peer asks for, within what we grant. Compared before it is multiplied or added to anything.
    private func backoff(_ seconds: UInt64?) -> Duration {
        guard let seconds, seconds > 0 else { return configuration.pruneBackoff }
        let maximum = configuration.maximumBackoff
        guard seconds < UInt64(max(0, maximum.components.seconds)) else { return maximum }
        return .seconds(Int64(seconds))
    }
}
