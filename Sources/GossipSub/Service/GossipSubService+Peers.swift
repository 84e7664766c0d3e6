import Identity
import Multiformats
import Reactor
import Swarm
import Time
import Wire

/// The peers: each has a stream of ours, and any number of its own.
extension GossipSubService: SwarmObserver {
    /// How long what a peer says may wait for the peer to take a stream of ours.
    private static let patience = Duration.seconds(10)
    /// Bytes, and RPCs, of one peer that are looked at before others get their turn.
    private static let (pieceSize, atOnce) = (64 << 10, 64)

    /// A peer that speaks pubsub gets a stream.
    public func identified(_ peer: PeerID, _ info: PeerInfo) {
        guard info.speaksPubsub else { return }
        connect(peer)
        if let record = info.signedPeerRecord { state.setRecord(record, of: peer) }
    }

    /// Another connection may take a stream that the others did not.
    public func connectionOpened(_ connection: Connection) {
        guard let link = links[connection.remotePeer], !link.isLeaving else { return }
        link.channel.hurry()
        noteConnections(of: link)
    }

    /// While there is another connection, the peer is as it was.
    public func connectionClosed(_ connection: Connection, reason: ConnectionCloseReason) {
        guard let link = links[connection.remotePeer], swarm.isConnected(link.peer) else { return }
        link.channel.hurry()
        noteConnections(of: link)
    }

    /// Forgets the peer once everything that it said is read; its score stays.
    public func peerDisconnected(_ peer: PeerID) {
        guard let link = links[peer] else { return }
        link.leave()
        forgetIfGone(link)
    }

    // MARK: Our stream

    func connect(_ peer: PeerID) {
        guard isRunning, swarm.isConnected(peer) else { return }
        guard swarm.peers[peer]?.speaksPubsub == true || links[peer]?.hasInbound == true else { return }
        link(to: peer).channel.start()
        beat()
    }

    private func link(to peer: PeerID) -> PeerLink {
        if let link = links[peer] {
            if !link.isLeaving { return link }
            // It is back before all that it said was read.
            forget(link)
        }
        let channel = OutboundChannel(
            peer: peer, swarm: swarm, progress: progress,
            opened: { [weak self] stream in self?.opened(stream) },
            refused: { [weak self] in self?.refused(by: peer) })
        let link = PeerLink(channel)
        links[peer] = link
        return link
    }

    /// Our stream to a peer is there, the first or another.
    private func opened(_ stream: Stream) {
        let peer = stream.connection.remotePeer
        guard let link = links[peer], let version = GossipSub.Version(protocolID: stream.protocolID) else { return }
        if link.isKnown {
            state.streamRenewed(peer, version: version, now)
        } else {
            state.peerConnected(
                peer, version: version, isOutbound: stream.connection.direction == .outbound,
                address: Self.scoredAddress(stream.connection.remoteAddress))
            link.isKnown = true
            noteConnections(of: link)
            if let record = swarm.peers[peer]?.signedPeerRecord { state.setRecord(record, of: peer) }
        }
        perform()
    }

    /// A peer speaks no pubsub, or no longer.
    private func refused(by peer: PeerID) {
        guard let link = links[peer], !link.isLeaving else { return }
        link.resetInbound()
        guard link.isKnown else { return }
        link.isKnown = false
        state.peerDisconnected(peer, now)
        perform()
    }

    private func noteConnections(of link: PeerLink) {
        let connections = swarm.connections(to: link.peer)
        state.connectionsChanged(
            link.peer, isOutbound: connections.contains { $0.direction == .outbound },
            addresses: Set(connections.compactMap { Self.scoredAddress($0.remoteAddress) }))
    }

    /// The IP address by which many peers count as one attacker. Those of one machine among themselves do not.
    nonisolated static func scoredAddress(_ address: Multiaddr) -> String? {
        guard let text = address.components.first?.text, let ip = IPAddress(text), !ip.isLoopback else { return nil }
        return ip.description
    }

    private func forgetIfGone(_ link: PeerLink) {
        if link.isLeaving, !link.hasInbound { forget(link) }
    }

    private func forget(_ link: PeerLink) {
        guard links[link.peer] === link else { return }
        links[link.peer] = nil
        guard link.isKnown else { return }
        state.peerDisconnected(link.peer, now)
        perform()
    }

    // MARK: Its streams

    /// Reads a stream of a peer's, until it ends or another takes its place.
    func read(_ stream: Stream) async {
        let peer = stream.connection.remotePeer
        guard isRunning, swarm.isConnected(peer) else { return stream.reset() }
        let link = link(to: peer)
        let isFirst = link.add(stream)
        defer { ended(stream, link) }
        connect(peer)
        if !isFirst { follow(stream, link) }
        guard await link.isReady(for: stream, within: Self.patience, swarm.world.clock) else { return stream.reset() }
        var decoder = LengthPrefixedDecoder(limit: configuration.maximumRPC)
        var isOwed = !isFirst
        var taken = 0
        do {
            while let bytes = try await stream.read(max: Self.pieceSize), links[peer] === link {
                decoder.receive(bytes)
                while let frame = try decoder.next() {
                    take(try RPC(frame, limits: configuration.limits), stream, link)
                    taken += 1
                    // Small ones cost more than their bytes: others get their turn.
                    guard taken % Self.atOnce == 0 else { continue }
                    perform()
                    await Task.yield()
                }
                perform()
                if isOwed { introduce(link) }
                isOwed = false
                await signatures.room()
            }
        } catch is StreamError {
            // The peer, or the connection, is gone.
        } catch {
            state.receiveMalformed(from: peer)
            perform()
            stream.reset()
        }
    }

    private func take(_ rpc: RPC, _ stream: Stream, _ link: PeerLink) {
        state.receive(rpc, from: link.peer, now)
        if link.note(rpc, on: stream, limit: configuration.maximumTopicsPerPeer) {
            retainTopics(of: link)
        }
    }

    /// A peer that begins another stream may have left the connection that ours is on, before this side knows.
    private func follow(_ stream: Stream, _ link: PeerLink) {
        guard let connection = link.channel.connection, connection !== stream.connection else { return }
        if link.hasInbound(on: connection.id) { link.channel.move(to: stream.connection) }
    }

    /// A peer that has begun another stream may have forgotten what we said on ours.
    private func introduce(_ link: PeerLink) {
        link.introduce(swarm.world.clock) { [weak self] in
            guard let self, links[link.peer] === link, link.isKnown else { return }
            state.streamRenewed(link.peer, version: nil, now)
            perform()
        }
    }

    private func ended(_ stream: Stream, _ link: PeerLink) {
        link.remove(stream)
        retainTopics(of: link)
        forgetIfGone(link)
    }

    /// A peer has left the topics that it said on a stream that has ended, and did not say on those that are there.
    private func retainTopics(of link: PeerLink) {
        guard links[link.peer] === link, !link.isLeaving, let topics = link.topics else { return }
        state.retainTopics(topics, of: link.peer, now)
        perform()
    }
}

extension PeerInfo {
    fileprivate var speaksPubsub: Bool { protocols.contains { GossipSub.Version(protocolID: $0) != nil } }
}
