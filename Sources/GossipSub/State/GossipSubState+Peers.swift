import Identity
import Time

/// Peers and subscriptions
extension GossipSubState {
    /// A peer that speaks pubsub has connected. It is told what we have subscribed to.
    ///
    /// - Parameters:
    ///   - version: what it speaks.
    ///   - isOutbound: whether we have connected to it.
    ///   - address: its IP address; nil if it has none of its own, behind a relay.
    public mutating func peerConnected(
        _ peer: PeerID, version: GossipSub.Version, isOutbound: Bool, address: String?
    ) {
        guard peers[peer] == nil else { return }
        peers[peer] = Peer(version: version, isOutbound: isOutbound)
        score.add(peer, address: address)
        // Sent even if there is nothing to tell: the other side's stream begins with it.
        actions.append(.send(introduction.frame, to: [peer], .control))
    }

    /// All that we have subscribed to.
    private var introduction: RPC {
        var rpc = RPC()
        rpc.subscriptions = topics.map { RPC.Subscription($0) }
        return rpc
    }

    /// A peer is reached by other connections than before.
    ///
    /// - Parameters:
    ///   - isOutbound: whether we have made one of them.
    ///   - addresses: its IP addresses.
    public mutating func connectionsChanged(_ peer: PeerID, isOutbound: Bool, addresses: Set<String>) {
        guard peers[peer] != nil else { return }
        peers[peer]?.isOutbound = isOutbound
        score.setAddresses(of: peer, addresses)
    }

    /// There is a new stream to or from a peer, and the one before may have ended with something on its way: the peer
    /// is told again what we have subscribed to, in which meshes it is, and which messages there were lately.
    ///
    /// - Parameter version: what the peer speaks, if the stream is ours; nil if it is the peer's.
    public mutating func streamRenewed(_ peer: PeerID, version: GossipSub.Version?, _ now: Instant) {
        guard peers[peer] != nil else { return }
        if let version {
            peers[peer]?.version = version
            // What we asked for on the stream before may not have been heard.
            promises.forget(peer)
        }
        actions.append(.send(introduction.frame, to: [peer], .control))
        guard let state = peers[peer], state.version.hasMesh else { return }
        let recent = cache.recentIDs()
        for topic in mesh.keys.sorted() where state.topics.contains(topic) {
            if mesh[topic]?.contains(peer) == true {
                outbox[peer, default: RPC()].control.graft.append(topic)
            } else if let end = backoffs.end(peer, topic), end > now {
                let rest = UInt64(max(1, (end - now).components.seconds))
                let backoff = state.version >= .v1_1 ? rest : nil
                outbox[peer, default: RPC()].control.prune.append(RPC.Prune(topic, backoff: backoff))
            }
            guard let ids = recent[topic], !ids.isEmpty else { continue }
            let told = Array(ids.prefix(configuration.maximumIHaveLength))
            outbox[peer, default: RPC()].control.iHave.append(RPC.IHave(topic, told))
        }
    }

    /// A peer has left, or speaks pubsub no more.
    public mutating func peerDisconnected(_ peer: PeerID, _ now: Instant) {
        guard let state = peers.removeValue(forKey: peer) else { return }
        for topic in state.topics.sorted() { leave(peer, topic, now) }
        for topic in mesh.keys where mesh[topic]?.contains(peer) == true {
            mesh[topic]?.remove(peer)
            score.prune(peer, topic, now)
        }
        promises.forget(peer)
        score.remove(peer, now)
        outbox[peer] = nil
        records[peer] = nil
    }

    /// A peer's own record in its envelope, already found valid: others are given it when they have to look for
    /// another place.
    public mutating func setRecord(_ record: [UInt8], of peer: PeerID) {
        if peers[peer] != nil { records[peer] = record }
    }

    /// Peers to be always connected to, outside of every mesh, and always sent everything. Both sides should agree.
    public mutating func setDirect(_ peers: Set<PeerID>) {
        direct = peers
    }

    /// Subscribes to a topic, and finds a mesh for it.
    ///
    /// - Throws: ``GossipSubError`` `invalidTopic`, `tooManyTopics`.
    public mutating func subscribe(_ topic: GossipSub.Topic, _ now: Instant) throws(GossipSubError) {
        guard mesh[topic] == nil else { return }
        try Self.check(topic)
        guard mesh.count < configuration.maximumTopics else {
            throw GossipSubError(.tooManyTopics, "at most \(configuration.maximumTopics) topics")
        }
        mesh[topic] = []
        announce(topic, isSubscribing: true)
        let former = fanout.removeValue(forKey: topic)?.peers ?? []
        let kept = former.sorted().filter { isGraftable($0, topic, now) }.prefix(configuration.degree)
        for peer in kept { graft(peer, topic, now) }
        fill(topic, to: configuration.degree, now)
    }

    /// Leaves a topic.
    public mutating func unsubscribe(_ topic: GossipSub.Topic, _ now: Instant) {
        guard let members = mesh[topic] else { return }
        for peer in members.sorted() {
            prune(peer, topic, now, namesPeers: true, backoff: configuration.unsubscribeBackoff)
        }
        mesh[topic] = nil
        announce(topic, isSubscribing: false)
    }

    /// Takes random peers into a topic's mesh until there are `count`.
    mutating func fill(_ topic: GossipSub.Topic, to count: Int, _ now: Instant) {
        let missing = count - (mesh[topic]?.count ?? 0)
        guard missing > 0 else { return }
        for peer in pick(missing, from: graftable(topic, now)) { graft(peer, topic, now) }
    }

    static func check(_ topic: GossipSub.Topic) throws(GossipSubError) {
        guard !topic.isEmpty, topic.bytes.count <= PubsubMessage.maximumTopic else {
            throw GossipSubError(.invalidTopic, "a topic has 1 to \(PubsubMessage.maximumTopic) bytes")
        }
    }

    private mutating func announce(_ topic: GossipSub.Topic, isSubscribing: Bool) {
        var rpc = RPC()
        rpc.subscriptions = [RPC.Subscription(topic, isSubscribing: isSubscribing)]
        let everyone = peers.keys.sorted()
        if !everyone.isEmpty { actions.append(.send(rpc.frame, to: everyone, .control)) }
    }

    /// What a peer says that it has subscribed to, or no more.
    mutating func handle(_ subscriptions: [RPC.Subscription], from peer: PeerID, _ now: Instant) {
        for subscription in subscriptions {
            let topic = subscription.topic
            guard let state = peers[peer], !topic.isEmpty else { continue }
            if subscription.isSubscribing {
                guard !state.topics.contains(topic), state.topics.count < configuration.maximumTopicsPerPeer else {
                    continue
                }
                peers[peer]?.topics.insert(topic)
                subscribers[topic, default: []].insert(peer)
                guard let members = mesh[topic] else { continue }
                actions.append(.membership(topic, peer, isMember: true))
                // A mesh that lacks peers takes a newcomer at once: nobody should wait a heartbeat for a first message.
                if members.count < configuration.degree, isGraftable(peer, topic, now) { graft(peer, topic, now) }
            } else if peers[peer]?.topics.remove(topic) != nil {
                leave(peer, topic, now)
            }
        }
    }

    /// A peer has subscribed to nothing but these topics.
    public mutating func retainTopics(_ topics: Set<GossipSub.Topic>, of peer: PeerID, _ now: Instant) {
        for topic in (peers[peer]?.topics ?? []).subtracting(topics).sorted() {
            peers[peer]?.topics.remove(topic)
            leave(peer, topic, now)
        }
    }

    /// A peer is in a topic no more. It needs no PRUNE.
    private mutating func leave(_ peer: PeerID, _ topic: GossipSub.Topic, _ now: Instant) {
        subscribers[topic]?.remove(peer)
        if subscribers[topic]?.isEmpty == true { subscribers[topic] = nil }
        fanout[topic]?.peers.remove(peer)
        if mesh[topic]?.remove(peer) != nil { score.prune(peer, topic, now) }
        if mesh[topic] != nil { actions.append(.membership(topic, peer, isMember: false)) }
    }
}
