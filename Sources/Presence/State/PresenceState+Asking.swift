import GossipSub
import Identity
import Time

/// Whether somebody is still there
extension PresenceState {
    /// The first connection to a peer is there.
    public mutating func peerConnected(_ peer: PeerID) {
        connected.insert(peer)
        records[peer]?.isSevered = false
    }

    /// A connection to a peer is there, the first or another: a sign of life.
    public mutating func peerReached(_ peer: PeerID, _ moment: PresenceMoment) {
        peerConnected(peer)
        revive(peer, moment)
    }

    /// The last connection to a peer has ended.
    ///
    /// - Parameter onPurpose: whether one side has closed it in good order. Then the peer is not dialed: it is there
    ///   for as long as it is heard through others. A peer that has vanished is dialed at once.
    public mutating func peerDisconnected(_ peer: PeerID, onPurpose: Bool, _ moment: PresenceMoment) {
        connected.remove(peer)
        neighbours[peer] = nil
        greeted.remove(peer)
        guard records[peer]?.isThere == true, !isOver else { return }
        records[peer]?.isSevered = onPurpose
        guard !onPurpose else { return }
        records[peer]?.suspicion = moment.now
        if isFree(.silence), asked[peer] == nil { ask(peer, .silence, moment) }
    }

    /// Asks those who have been silent for too long. Who cannot be asked has gone.
    mutating func suspect(_ moment: PresenceMoment) {
        let silent = records.filter { $0.value.isThere && $0.value.suspicion <= moment.now && asked[$0.key] == nil }
        let order = silent.keys.sorted { left, right in
            (silent[left]?.suspicion ?? moment.now, left) < (silent[right]?.suspicion ?? moment.now, right)
        }
        for peer in order {
            if silent[peer]?.isSevered == true, !connected.contains(peer) {
                lose(peer, moment)
            } else if isFree(.silence) {
                ask(peer, .silence, moment)
            }
        }
    }

    /// Asks a peer in whose name something came that may be old; not again and again.
    mutating func doubt(_ peer: PeerID, _ moment: PresenceMoment) {
        guard asked[peer] == nil, isFree(.doubt), records[peer]?.isSevered != true || connected.contains(peer) else {
            return
        }
        if let last = doubted[peer], moment.now - last < configuration.doubtInterval { return }
        guard doubted[peer] != nil || doubted.count < configuration.maximumDoubted else { return }
        doubted[peer] = moment.now
        ask(peer, .doubt, moment)
    }

    private func isFree(_ reason: Reason) -> Bool {
        let limit = reason == .doubt ? configuration.maximumDoubts : configuration.maximumProbes
        return asked.values.count { $0.reason == reason } < limit
    }

    mutating func ask(_ peer: PeerID, _ reason: Reason, _ moment: PresenceMoment) {
        asked[peer] = Question(reason: reason, since: moment.now)
        if reason != .greeting { counts.probes += 1 }
        actions.append(.ask(peer, ownGreeting(moment, asksForOthers: reason == .greeting).encoded))
    }

    /// What came of ``PresenceAction/ask(_:_:)``.
    public mutating func asked(_ peer: PeerID, _ answer: PresenceAnswer, _ moment: PresenceMoment) {
        guard let question = asked.removeValue(forKey: peer), !isOver else { return }
        switch answer {
        case .greeting(let bytes):
            guard let greeting = try? Greeting(bytes) else {
                counts.malformed += 1
                return revive(peer, moment)
            }
            hear(greeting.own, directlyFrom: peer, moment)
            guard question.reason == .greeting else { return }
            isWelcome = true
            take(greeting.others)
        case .alive:
            revive(peer, moment)
        case .none:
            // Perhaps it was heard while it was asked.
            guard question.reason == .silence, let heard = records[peer]?.heard, heard <= question.since else { return }
            lose(peer, moment)
        }
    }

    /// A peer lives, and says nothing about itself.
    private mutating func revive(_ peer: PeerID, _ moment: PresenceMoment) {
        guard records[peer]?.isThere == true else { return }
        update(peer, moment) { _ in }
    }

    /// What a neighbour passes on: of each author, what is news.
    private mutating func take(_ others: [PubsubMessage]) {
        let news = others.filter { message in
            guard message.topic == configuration.topic, let author = message.author, author != localPeer,
                let announcement = try? Announcement(message.data)
            else { return false }
            return announcement.time > records[author]?.time ?? -1
        }
        if !news.isEmpty { actions.append(.verify(news)) }
    }

    /// Forgets those who went long ago, and old doubts.
    mutating func forget(_ moment: PresenceMoment) {
        let over = records.filter { !$0.value.isThere && moment.now - $0.value.heard > configuration.retention }
        for peer in over.keys {
            records[peer] = nil
            untold.remove(peer)
        }
        doubted = doubted.filter { moment.now - $0.value < configuration.doubtInterval }
    }
}
