import Identity
import Time

/// What peers send
extension GossipSubState {
    /// A peer has sent an RPC.
    public mutating func receive(_ rpc: RPC, from peer: PeerID, _ now: Instant) {
        guard peers[peer] != nil else { return }
        guard isAbove(configuration.score.thresholds.graylist, peer, now) else {
            counts.graylisted += 1
            return
        }
        handle(rpc.subscriptions, from: peer, now)
        for message in rpc.messages { receive(message, from: peer, now) }
        handle(rpc.control, from: peer, now)
    }

    /// A peer has sent what is no RPC, or too large a one.
    public mutating func receiveMalformed(from peer: PeerID) {
        score.penalize(peer)
    }

    private mutating func receive(_ message: PubsubMessage, from peer: PeerID, _ now: Instant) {
        // Nobody should send us messages of topics that we are not in; after we left, some are on their way.
        guard mesh[message.topic] != nil else { return }
        guard message.data.count <= configuration.maximumData else { return reject(message, from: peer, .tooLarge) }
        if let objection = configuration.signaturePolicy.objection(to: message) {
            return reject(message, from: peer, objection)
        }
        let id = configuration.messageID.compute(message)
        let author = message.author
        if author == localPeer {
            // Our own message that comes back is old news. One that is not known may be from before a restart, which its
            // signature tells; without one it is a forgery.
            if seen.contains(id) { return promises.fulfill(id) }
            guard configuration.signaturePolicy == .strictSign else { return reject(message, from: peer, .selfOrigin) }
        }
        guard !seen.contains(id) else {
            counts.duplicates += 1
            if keepRival(id, message, from: peer) { return }
            promises.fulfill(id)
            return score.duplicate(id, message.topic, from: peer, now)
        }
        if configuration.checksSequence, let author, let sequence = message.sequenceNumber,
            !sequences.mayBeNew(author, sequence, now)
        {
            counts.ignored += 1
            return promises.fulfill(id)
        }
        guard pending.count < configuration.validationCapacity else {
            counts.ignored += 1
            promises.fulfill(id)
            return score.ignore(id, now)
        }
        _ = seen.insert(id, now)
        pending[id] = Pending(message: message, from: peer)
        score.beginValidation(id, now)
        switch configuration.signaturePolicy {
        case .strictSign: actions.append(.verify(id, message))
        case .strictNoSign: proven(id, now)
        }
    }

    /// Keeps a message that came under the id of another whose signature is being verified, and differs from it: one of
    /// the two is a forgery, and need not be the second.
    ///
    /// - Returns: whether it does.
    private mutating func keepRival(_ id: MessageID, _ message: PubsubMessage, from peer: PeerID) -> Bool {
        guard let entry = pending[id], !entry.isProven else { return false }
        guard entry.message != message else {
            pending[id]?.copiers.insert(peer)
            return false
        }
        guard entry.rivals.count < Self.maximumRivals, !entry.rivals.contains(where: { $0.from == peer }) else {
            return true
        }
        pending[id]?.rivals.append((message, peer))
        return true
    }

    /// Messages that are kept beside one with the same id.
    private static var maximumRivals: Int { 8 }

    /// A message is what its id says.
    private mutating func proven(_ id: MessageID, _ now: Instant) {
        guard let entry = pending[id] else { return }
        pending[id]?.isProven = true
        pending[id]?.rivals = []
        promises.fulfill(id)
        guard entry.message.author != localPeer else {
            // We have said it in an earlier life, and whoever reminds us of it has done nothing wrong.
            pending[id] = nil
            counts.ignored += 1
            return score.ignore(id, now)
        }
        refuseCopies(id, entry.message, from: entry.from)
        actions.append(.validate(id, entry.message, from: entry.from))
    }

    /// Tells the mesh not to send a large message that has just come.
    private mutating func refuseCopies(_ id: MessageID, _ message: PubsubMessage, from sender: PeerID) {
        guard message.data.count >= configuration.iDontWantThreshold else { return }
        let others = (mesh[message.topic] ?? []).filter { $0 != sender && peers[$0]?.version == .v1_2 }
        guard !others.isEmpty else { return }
        var rpc = RPC()
        rpc.control.iDontWant = [[id]]
        actions.append(.send(rpc.frame, to: others.sorted(), .control))
    }

    /// The outcome of ``GossipSubAction/verify(_:_:)``.
    public mutating func verified(_ id: MessageID, _ isValid: Bool, _ now: Instant) {
        guard let entry = pending[id], !entry.isProven else { return }
        if isValid { return proven(id, now) }
        // Those who sent this very message are to blame, and no others: anybody can write anything under the id of
        // somebody else's message, which is not seen by that.
        for peer in entry.copiers.union([entry.from]).sorted() { reject(entry.message, from: peer, .invalidSignature) }
        score.forgetCopies(id, now)
        if let rival = entry.rivals.first {
            pending[id] = Pending(message: rival.message, from: rival.from, rivals: Array(entry.rivals.dropFirst()))
            actions.append(.verify(id, rival.message))
        } else {
            pending[id] = nil
            seen.remove(id)
        }
    }

    /// The outcome of ``GossipSubAction/validate(_:_:from:)``: the application may take its time.
    public mutating func validated(_ id: MessageID, _ result: ValidationResult, _ now: Instant) {
        guard let entry = pending.removeValue(forKey: id) else { return }
        let message = entry.message
        switch result {
        case .accept:
            counts.delivered += 1
            if let author = message.author, let sequence = message.sequenceNumber {
                sequences.accept(author, sequence, now)
            }
            score.deliver(id, message.topic, from: entry.from, now)
            guard mesh[message.topic] != nil else { return }
            cache.put(id, message, from: entry.from)
            forward(id, message, from: entry.from, now)
        case .reject:
            counts.rejected += 1
            score.reject(id, message.topic, from: entry.from, now)
        case .ignore:
            counts.ignored += 1
            score.ignore(id, now)
        }
    }

    private mutating func reject(_ message: PubsubMessage, from peer: PeerID, _ reason: RejectReason) {
        counts.rejected += 1
        score.rejectUnproven(message.topic, from: peer)
    }
}

extension PubsubMessage {
    /// The sequence number, if it has eight bytes.
    var sequenceNumber: UInt64? {
        guard let sequence, sequence.count == 8 else { return nil }
        return sequence.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
