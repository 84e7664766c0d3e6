import Identity
import Time

/// Our own messages, and other peers' on their way
extension GossipSubState {
    /// Sends a message of ours.
    ///
    /// - Returns: to how many peers it goes.
    /// - Throws: ``GossipSubError`` `tooLarge`, `invalidTopic`, `duplicate`; `noPeers` if nobody is there to send it to:
    ///   then it is not kept for later, and may be published again.
    public mutating func publish(_ message: PubsubMessage, _ now: Instant) throws(GossipSubError) -> Int {
        try Self.check(message.topic)
        guard message.data.count <= configuration.maximumData else {
            throw GossipSubError(.tooLarge, "\(message.data.count) bytes; at most \(configuration.maximumData)")
        }
        let id = configuration.messageID.compute(message)
        guard !seen.contains(id) else { throw GossipSubError(.duplicate, "published already") }
        let recipients = publishRecipients(message.topic, now)
        guard !recipients.isEmpty else {
            throw GossipSubError(.noPeers, "no peer of the topic is connected")
        }
        _ = seen.insert(id, now)
        cache.put(id, message, from: nil)
        counts.published += 1
        send(message, to: recipients, .publish)
        return recipients.count
    }

    private mutating func publishRecipients(_ topic: GossipSub.Topic, _ now: Instant) -> [PeerID] {
        let threshold = configuration.score.thresholds.publish
        let audience = subscribers[topic] ?? []
        if configuration.floodPublish {
            return audience.filter { isAbove(threshold, $0, now) }.sorted()
        }
        var recipients = audience.filter {
            direct.contains($0) || (peers[$0]?.version == .floodsub && isAbove(threshold, $0, now))
        }
        if let members = mesh[topic], !members.isEmpty {
            recipients.formUnion(members)
        } else {
            recipients.formUnion(fanoutPeers(topic, now))
        }
        return recipients.sorted()
    }

    /// The peers of a topic that we publish to and are not in.
    private mutating func fanoutPeers(_ topic: GossipSub.Topic, _ now: Instant) -> Set<PeerID> {
        // Topics that we are in and whose mesh is still empty find their peers anew each time.
        var members = fanout[topic]?.peers ?? []
        if members.isEmpty { members = Set(pick(configuration.degree, from: fanoutCandidates(topic, now))) }
        guard mesh[topic] == nil else { return members }
        if fanout[topic] != nil || fanout.count < configuration.maximumTopics {
            fanout[topic] = Fanout(peers: members, lastPublished: now)
        }
        return members
    }

    func fanoutCandidates(_ topic: GossipSub.Topic, _ now: Instant) -> [PeerID] {
        let threshold = configuration.score.thresholds.publish
        return (subscribers[topic] ?? []).filter {
            peers[$0]?.version.hasMesh == true && !direct.contains($0) && score.score(of: $0, now) >= threshold
        }
    }

    /// Passes on a message that was found good.
    mutating func forward(_ id: MessageID, _ message: PubsubMessage, from sender: PeerID, _ now: Instant) {
        let threshold = configuration.score.thresholds.publish
        var recipients = mesh[message.topic] ?? []
        for peer in subscribers[message.topic] ?? [] {
            let isFlooded = peers[peer]?.version == .floodsub && isAbove(threshold, peer, now)
            if direct.contains(peer) || isFlooded { recipients.insert(peer) }
        }
        recipients.remove(sender)
        if let author = message.author { recipients.remove(author) }
        let wanting = recipients.filter { peers[$0]?.unwanted[id] == nil }
        send(message, to: wanting.sorted(), .forward)
    }

    mutating func send(_ message: PubsubMessage, to recipients: [PeerID], _ priority: OutboundPriority) {
        guard !recipients.isEmpty else { return }
        counts.sent += recipients.count
        var rpc = RPC()
        rpc.messages = [message]
        actions.append(.send(rpc.frame, to: recipients, priority))
    }
}
