import Identity
import Multiformats
import Reactor
import RequestResponse
import Store
import Swarm
import Time

// The outbox's shell: carries out what each `PeerQueue` decides.

extension DirectMessaging: SwarmObserver {
    /// The peer is there, by its first connection or by another: what waits for it goes out at once.
    public func connectionOpened(_ connection: Connection) { wake(connection.remotePeer) }

    /// The peer says where it is.
    public func peerAnnounced(_ peer: PeerID) { wake(peer) }

    /// Who could not be reached from the network that was may be reached from this one.
    public func interfacesChanged() {
        for peer in queues.keys.sorted() { wake(peer) }
    }

    private func wake(_ peer: PeerID) {
        guard queues[peer] != nil else { return }
        queues[peer]?.wake()
        obstacles[peer] = nil
        pump(peer)
    }

    /// Other addresses may still be tried, but who waits for a message should know.
    public func wrongPeerAnswered(_ actual: PeerID, insteadOf peer: PeerID, at address: Multiaddr) {
        if queues[peer] != nil { note(Obstacle("another peer, \(actual), answers at \(address)"), for: peer) }
    }

    /// The peer may speak something else when it comes back.
    public func peerDisconnected(_ peer: PeerID) {
        protocols[peer] = nil
        queues[peer]?.isPipelined = false
    }
}

extension DirectMessaging {
    /// Sends what can be sent to `peer` now, and sees to it that the rest has its time.
    func pump(_ peer: PeerID) {
        guard phase == .running, queues[peer] != nil else { return }
        if !swarm.isConnected(peer), dials >= maximumDials {
            if !undialed.contains(peer) { undialed.append(peer) }
            return
        }
        while let departure = queues[peer]?.next(now: world.clock.now, expiring: steadyNow) {
            dispatch(departure, to: peer)
        }
        if let load = queues[peer]?.nextLoad() { loadOutbox(of: peer, load) }
        schedulePause(of: peer)
        if queues[peer]?.isEmpty == true {
            queues[peer] = nil
            obstacles[peer] = nil
        }
        endDrain()
    }

    private var maximumDials: Int {
        isDraining ? configuration.maximumDialsWhileDraining : configuration.maximumDials
    }

    private func schedulePause(of peer: PeerID) {
        let until = queues[peer]?.pausedUntil
        guard pauses[peer]?.until != until else { return }
        pauses.removeValue(forKey: peer)?.timer.cancel()
        guard let until else { return }
        let timer = world.clock.schedule(at: until) { [weak self] in
            self?.pauses[peer] = nil
            self?.pump(peer)
        }
        pauses[peer] = (until, timer)
    }

    private func loadOutbox(of peer: PeerID, _ load: (after: Int64, limit: Int)) {
        let name = peer.description
        spawn { [self] in
            do {
                let entries = try await store.read { transaction in
                    try transaction.outbox(
                        for: name, after: load.after, limit: load.limit, maximumBytes: PeerQueue.Limits().heldBytes)
                }
                // Fewer than asked for may also mean that their bytes were too many: then the next load tells.
                queues[peer]?.loaded(entries.map(\.message), limit: entries.isEmpty ? load.limit : entries.count)
            } catch {
                queues[peer]?.loadFailed(now: world.clock.now, entropy: world.random.next())
            }
            pump(peer)
        }
    }

    private func dispatch(_ departure: PeerQueue.Departure, to peer: PeerID) {
        let isDial = !swarm.isConnected(peer)
        if isDial {
            dials += 1
            // The queue has its own pauses, which know what is urgent and what is new.
            swarm.addressBook.forgetFailures(of: peer)
        }
        spawn { [self] in
            let answer = await exchange(departure, with: peer)
            if isDial { dials -= 1 }
            note(answer, from: peer)
            let settlement = queues[peer]?.answered(
                answer, to: departure, now: world.clock.now, entropy: world.random.next())
            if let settlement { settle(departure.message, settlement) }
            pump(peer)
            // One that has nothing to send by now leaves its place to the next.
            while dials < maximumDials, !undialed.isEmpty { pump(undialed.removeFirst()) }
        }
    }

    /// One request to the peer, in what it speaks.
    private func exchange(_ departure: PeerQueue.Departure, with peer: PeerID) async -> PeerQueue.Answer {
        let message = departure.message
        guard let request = OutgoingRequest(departure, to: peer, from: identity.peerID) else {
            return .refused("the stored message is damaged")
        }
        let proposals: [MessageProtocol]
        switch (protocols[peer], request.fitsGigi) {
        case (.linnet, _), (nil, false): proposals = [.linnet]
        case (.gigi, true): proposals = [.gigi]
        case (.gigi, false): return .refused("the peer's gigi takes only texts of up to 100,000 bytes")
        case (nil, true): proposals = [.linnet, .gigi]
        }
        do {
            let (agreed, bytes) = try await requests.request(
                peer, protocols: proposals.map(\.protocolID), timeout: configuration.requestTimeout,
                maximumResponse: GigiDirect.maximumAnswerBytes, repeatable: [MessageRequest.protocolID]
            ) { [self] agreed in
                markSent(message)
                return request.encoded(for: MessageProtocol(agreed) ?? .linnet)
            }
            guard let spoken = MessageProtocol(agreed) else { return .unsupported }
            if swarm.isConnected(peer) {
                protocols[peer] = spoken
                queues[peer]?.isPipelined = spoken == .linnet
            }
            return PeerQueue.Answer(bytes, in: spoken)
        } catch {
            note(Obstacle(error), for: peer)
            guard error.code == .unsupportedProtocol else { return .unreachable }
            // The peer may have been restarted with other protocols behind the same connection's back.
            let wasKnown = protocols.removeValue(forKey: peer) != nil
            queues[peer]?.isPipelined = false
            return wasKnown ? .unreachable : .unsupported
        }
    }

    // MARK: Obstacles

    /// Why messages to `peer` wait, as a sentence for people; nil if none does, or nothing is known to hold them up.
    public func obstacle(to peer: PeerID) -> String? {
        guard queues[peer] != nil else { return nil }
        if let known = obstacles[peer] { return known.text }
        guard !swarm.isConnected(peer) else { return nil }
        if undialed.contains(peer) { return Obstacle.notDialedYet.text }
        return (swarm.addressBook.addresses(of: peer).isEmpty ? Obstacle.noAddress : .notConnected).text
    }

    private func note(_ answer: PeerQueue.Answer, from peer: PeerID) {
        guard let obstacle = Obstacle(answer) else { return obstacles[peer] = nil }
        // What the request itself met says more than that it got no answer.
        if answer != .unreachable || obstacles[peer] == nil { obstacles[peer] = obstacle }
    }

    private func note(_ obstacle: Obstacle, for peer: PeerID) {
        if !obstacle.isBackoff || obstacles[peer] == nil { obstacles[peer] = obstacle }
    }

    // MARK: States

    private func markSent(_ message: StoredMessage) {
        let progress = progress(of: message)
        let encodeEvent = encodeEvent
        store.write(
            { transaction in
                let isNew = try transaction.advance(messageAt: message.position, to: .sent, at: progress.time)
                if isNew { try transaction.append(encodeEvent(.sent(progress))) }
                return isNew
            },
            // A failure is made good when the answer is written down.
            completion: { [self] result in
                guard (try? result.get()) == true else { return }
                pendingCount.unsent -= 1
                reached(.sent, message)
            })
    }

    private func settle(_ message: StoredMessage, _ settlement: PeerQueue.Settlement) {
        let progress = progress(of: message)
        let encodeEvent = encodeEvent
        settling += 1
        unsettled.insert(message.position)
        store.write(
            { transaction -> MessageState? in
                guard try transaction.dequeue(messageAt: message.position, for: progress.peer) else { return nil }
                let before = try transaction.state(ofMessageAt: message.position)
                switch settlement {
                case .delivered:
                    try transaction.advance(messageAt: message.position, to: .delivered, at: progress.time)
                    if before == .accepted { try transaction.append(encodeEvent(.sent(progress))) }
                    try transaction.append(encodeEvent(.delivered(progress)))
                case .failed(let reason):
                    try transaction.advance(
                        messageAt: message.position, to: .failed, at: progress.time, failure: reason)
                    try transaction.append(encodeEvent(.failed(progress, reason: reason)))
                }
                return before
            },
            completion: { [self] result in
                settling -= 1
                switch result {
                case .success(let before):
                    unsettled.remove(message.position)
                    if let before { left(before) }
                    reached(settlement == .delivered ? .delivered : .failed, message)
                case .failure(let error) where error.isTransient && phase == .running:
                    world.clock.schedule(after: .seconds(1)) { [weak self] in
                        self?.settle(message, settlement)
                    }
                case .failure:
                    // The row is still in the outbox: the next start sends the message again, and its peer knows it.
                    unsettled.remove(message.position)
                }
                endDrain()
            })
    }

    private func progress(of message: StoredMessage) -> MessageProgress {
        // The chat of a direct message is its peer, and writing a peer id in base 58 is not free.
        MessageProgress(message: message.id, chat: message.chat, peer: message.chat, time: world.wallClock.now)
    }

    /// A message that was in state `before` has left the outbox.
    func left(_ before: MessageState) {
        pendingCount.undelivered -= 1
        if before == .accepted { pendingCount.unsent -= 1 }
    }

    private func reached(_ state: MessageState, _ message: StoredMessage) {
        if let id = MessageID(message.id) { waiters.reached(state, id) }
    }
}
