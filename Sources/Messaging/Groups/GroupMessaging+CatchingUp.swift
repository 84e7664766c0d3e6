import GossipSub
import Groups
import Identity
import Ledger
import Reactor
import Store
import Swarm
import Time

/// What was said while one of two was away: `/linnet/sync/1.0.0` with members, one after the other for each group.
extension GroupMessaging: SwarmObserver {
    /// How soon after a member was caught up with it is asked again for no better reason than time.
    private nonisolated static let interval: Duration = .seconds(60)
    /// How soon for a better one.
    private nonisolated static let shortestInterval: Duration = .seconds(1)
    /// To how many members what one member has told is passed on at once; they do the same.
    private nonisolated static let spread = 6
    /// How many exchanges a peer may begin at once, and how many each second after that.
    private nonisolated static let (burst, rate) = (64, 8.0)
    /// How many we begin with it, which is a little less: its clock may differ.
    private nonisolated static let (ownBurst, ownRate) = (48, 7.0)
    /// The newest epochs, in which something may be said at any time. Older ones are compared once a connection.
    private nonisolated static let liveEpochs = 4

    /// A peer is there, and has said what it speaks.
    public func identified(_ peer: PeerID, _ info: PeerInfo) {
        guard isRunning, info.protocols.contains(Sync.protocolID) else { return }
        for id in rooms.keys.sorted() {
            guard let room = rooms[id], !room.hasLeft, concerns(peer, room) else { continue }
            catchUp(id, with: peer)
            if room.group.lackedEpoch != nil { askForKey(id) }
        }
    }

    /// The member may have been away before this side knows: all epochs are compared again.
    public func connectionOpened(_ connection: Connection) {
        let peer = connection.remotePeer
        for id in rooms.keys where rooms[id]?.whole.contains(peer) == true { rooms[id]?.whole.remove(peer) }
    }

    /// Nothing: what a member knows more is asked when it is back.
    public func peerDisconnected(_ peer: PeerID) {
        syncRates[peer] = nil
        for id in rooms.keys {
            rooms[id]?.caughtUp[peer] = nil
            rooms[id]?.whole.remove(peer)
        }
    }

    private func concerns(_ peer: PeerID, _ room: Room) -> Bool {
        if let state = room.group.state {
            return state.isMember(peer) || state.visibility == .public || room.invite?.inviter == peer
        }
        return room.invite.map { $0.inviter == peer } ?? true
    }

    /// Catches up with a member who is connected and was not asked for the longest time; or dials the one who invited.
    func catchUpWithSomebody(_ id: GroupID) {
        guard let room = rooms[id], !room.hasLeft else { return }
        let peers = swarm.connectedPeers.filter { concerns($0, room) }
        let now = world.clock.now
        let due = peers.filter { peer in room.caughtUp[peer].map { now - $0 >= Self.interval } ?? true }
        let never = Instant(nanoseconds: 0)
        if let peer = due.min(by: { (room.caughtUp[$0] ?? never) < (room.caughtUp[$1] ?? never) }) {
            catchUp(id, with: peer)
        } else if peers.isEmpty, let inviter = room.invite?.inviter, room.group.state == nil || !room.group.isMember {
            catchUp(id, with: inviter)
        }
    }

    /// Catches up with members who are connected and are not, or not yet, on the topic where something was said.
    func catchUp(_ id: GroupID, beside topic: GossipSub.Topic) {
        guard let state = rooms[id]?.group.state else { return }
        // Each message of ours comes by here: members are looked for among those alone who are not on the topic.
        let absent = swarm.connectedPeers.filter { !gossip.isPeer($0, of: topic) && state.isMember($0) }
        for member in absent.prefix(SyncQueue.maximumPeersPerGroup) { catchUp(id, with: member) }
    }

    /// Catches up with a peer, soon: behind others who are to be asked, and not at once again.
    func catchUp(_ id: GroupID, with peer: PeerID) {
        guard isRunning, peer != swarm.localPeer, rooms[id] != nil else { return }
        syncs.add(SyncQueue.Task(group: id, peer: peer))
        runSyncs()
    }

    private func runSyncs() {
        while isRunning, let task = syncs.next() {
            spawn { [weak self] in
                await self?.pause(before: task.peer, task.group)
                await self?.exchange(task.group, with: task.peer)
                self?.syncs.finish(task)
                self?.runSyncs()
            }
        }
    }

    private func pause(before peer: PeerID, _ id: GroupID) async {
        guard let last = rooms[id]?.caughtUp[peer] else { return }
        let due = last + Self.shortestInterval
        if due > world.clock.now { await world.clock.sleep(for: due - world.clock.now) }
    }

    private func exchange(_ id: GroupID, with peer: PeerID) async {
        guard isRunning, let room = rooms[id], !room.hasLeft,
            swarm.isConnected(peer) || room.invite?.inviter == peer
        else { return }
        do {
            try await exchange(SyncSet(ledger: id.digest, name: GroupSync.log), with: peer)
            if await joinIfInvited(id) {
                // Those who let us in hear it at once.
                try await exchange(SyncSet(ledger: id.digest, name: GroupSync.log), with: peer)
            }
            if rooms[id]?.group.lackedEpoch != nil { askForKey(id) }
            guard let room = rooms[id] else { return }
            let epochs = epochs(of: room.group)
            for epoch in room.whole.contains(peer) ? epochs.prefix(Self.liveEpochs) : epochs[...] {
                try await exchange(SyncSet(ledger: id.digest, name: GroupSync.messages, part: epoch), with: peer)
            }
            // A key that has come meanwhile opens another.
            if swarm.isConnected(peer), rooms[id].map({ self.epochs(of: $0.group) }) == epochs {
                rooms[id]?.whole.insert(peer)
            }
        } catch {
            count(.syncFailed)
            // What ended with its connection goes on over another.
            if Self.isOfConnection(error) { catchUp(id, with: peer) }
        }
        if swarm.isConnected(peer) { rooms[id]?.caughtUp[peer] = world.clock.now }
    }

    private static func isOfConnection(_ error: any Error) -> Bool {
        (error as? StreamError)?.code == .connectionClosed || (error as? SwarmError)?.code == .connectionClosed
    }

    private func exchange(_ set: SyncSet, with peer: PeerID) async throws {
        let id = GroupID(set.ledger)
        let delegate = GroupSync(self, with: peer, set)
        await turn(with: peer)
        guard let items = await delegate.items(of: set), let room = rooms[id], !room.hasLeft else { return }
        var salt = [UInt8](repeating: 0, count: Reconciliation.saltByteCount)
        salt.withUnsafeMutableBytes { random($0) }
        let proof = room.group.syncProof(for: peer, salt: salt, invite: room.invite)
        let stream = try await swarm.openStream(to: peer, [Sync.protocolID])
        var exchange = SyncExchange(
            stream: stream, sync: Sync(initiating: set, items: items, salt: salt, proof: proof), delegate: delegate)
        defer { if delegate.hasNews { passOn(id, from: peer) } }
        _ = try await exchange.run()
    }

    /// Waits until the peer takes another exchange.
    private func turn(with peer: PeerID) async {
        while let wait = syncRate(of: peer, \.questions) { await world.clock.sleep(for: wait) }
    }

    /// Takes a token of a peer's; if there is none, says when there will be.
    private func syncRate(
        of peer: PeerID, _ side: WritableKeyPath<(answers: TokenBucket, questions: TokenBucket), TokenBucket>
    ) -> Duration? {
        let now = world.clock.now
        var rates =
            syncRates[peer] ?? (
                answers: TokenBucket(rate: Self.rate, burst: Self.burst, now: now),
                questions: TokenBucket(rate: Self.ownRate, burst: Self.ownBurst, now: now)
            )
        let wait = rates[keyPath: side].shortage(1, now: now)
        if swarm.isConnected(peer) { syncRates[peer] = rates }
        return wait
    }

    /// What came by catching up was not on a topic for the others: those who are connected may lack it, too.
    private func passOn(_ id: GroupID, from peer: PeerID) {
        guard let room = rooms[id] else { return }
        let never = Instant(nanoseconds: 0)
        let members = connectedMembers(of: id).filter { $0 != peer }.sorted {
            (room.caughtUp[$0] ?? never, $0) < (room.caughtUp[$1] ?? never, $1)
        }
        for member in members.prefix(Self.spread) { catchUp(id, with: member) }
    }

    /// The epochs whose messages can be read here, the newest first.
    func epochs(of group: Group) -> [EpochID] {
        guard let state = group.state else { return group.knownEpochs }
        let isPublic = state.visibility == .public
        return state.epochs.filter { isPublic || group.key(of: $0.id) != nil }
            .sorted { ($1.number, $0.id) < ($0.number, $1.id) }.map(\.id)
    }

    /// Answers peers who want to catch up.
    func answerSyncs() {
        swarm.setHandler(Sync.protocolID, limits: ProtocolLimits(inboundStreams: 32, perPeer: 2)) {
            [weak self] stream in
            guard let self, isRunning else { return stream.reset() }
            let peer = stream.connection.remotePeer
            guard syncRate(of: peer, \.answers) == nil else {
                count(.syncLimited)
                return stream.reset(.rateLimited)
            }
            let delegate = GroupSync(self, with: peer)
            var exchange = SyncExchange(stream: stream, sync: Sync(), delegate: delegate)
            defer { if delegate.hasNews, let id = delegate.group { passOn(id, from: peer) } }
            do {
                _ = try await exchange.run()
            } catch {
                count(.syncFailed)
            }
        }
    }

    /// Takes what was said before.
    ///
    /// - Returns: whether anything of it was not here.
    /// - Throws: ``NotKept`` if something could not be written: it is to be asked for again.
    func receive(past frames: [[UInt8]], in id: GroupID, from sender: PeerID) async throws(NotKept) -> Bool {
        var (hasNews, entries): (Bool, [[UInt8]]) = (false, [])
        let pending = PendingWrites()
        for frame in frames {
            switch rooms[id]?.group.read(frame, now: world.wallClock.now, via: .history) {
            case .message(let message)?:
                pending.begin()
                if keep(message, frame, in: id, from: sender, done: { pending.end($0) }) { hasNews = true }
            case .entry(let bytes)?: entries.append(bytes)
            case .refused(let refusal)?: count(refusal)
            case nil: break
            }
        }
        if !entries.isEmpty, await receive(entries: entries, in: id, from: sender).isNews { hasNews = true }
        if await !pending.succeed() { throw NotKept() }
        return hasNews
    }

    /// Somebody has messages now: ours among them have left this machine.
    func handedOver(_ messages: [Digest], of id: GroupID, to peer: PeerID) {
        guard !messages.isEmpty else { return }
        let digests = messages.map(\.bytes)
        let (chat, time) = (id.description, world.wallClock.now)
        let name = rooms[id]?.name ?? ""
        let encodeEvent = encodeEvent
        store.write(
            { transaction in
                for digest in digests {
                    guard let message = try transaction.unsentMessage(withDigest: digest, in: chat),
                        try transaction.advance(messageAt: message.position, to: .sent, at: time)
                    else { continue }
                    let sent = GroupEvent.Kind.sent(message.id, to: peer)
                    try transaction.append(
                        encodeEvent(GroupEvent(kind: sent, group: chat, name: name, description: "", time: time)))
                }
            },
            completion: { [weak self] result in
                if case .failure = result { self?.count(.notStored) }
            })
    }
}
