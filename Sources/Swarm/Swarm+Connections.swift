import Identity
import Multiformats
import Reactor
import Time
import Yamux

extension Swarm {
    /// All connections that are open, the oldest first.
    public var connections: [Connection] { connectionsByPeer.values.joined().sorted { $0.id < $1.id } }

    /// The open connections to a peer, the oldest first.
    public func connections(to peer: PeerID) -> [Connection] { connectionsByPeer[peer] ?? [] }

    /// Whether there is a connection to a peer.
    public func isConnected(_ peer: PeerID) -> Bool { connectionsByPeer[peer] != nil }

    /// The peers with connections, sorted.
    public var connectedPeers: [PeerID] { connectionsByPeer.keys.sorted() }

    /// Closes all connections to a peer.
    public func disconnect(_ peer: PeerID) {
        for connection in connections(to: peer) { connection.close() }
    }

    /// The connection that new streams to a peer use; see ``ConnectionRank``.
    public func bestConnection(to peer: PeerID) -> Connection? {
        guard let all = connectionsByPeer[peer] else { return nil }
        return all.count == 1 ? all[0] : all.max { $0.rank < $1.rank }
    }

    /// Whether another connection to the same peer does the work, and this side is the one to clear up. Only the peer
    /// with the smaller id does: both could otherwise close one each, and be left with none.
    func isRedundant(_ connection: Connection) -> Bool {
        guard let count = connectionsByPeer[connection.remotePeer]?.count, count > 1 else { return false }
        return localPeer < connection.remotePeer && bestConnection(to: connection.remotePeer) !== connection
    }

    // MARK: Coming and going

    func connectionUpgraded(_ upgraded: UpgradedConnection, unsent: [UInt8]) -> Connection {
        let connection = Connection(upgraded, id: nextConnectionID(), swarm: self)
        counters.connectionsOpened += 1
        let peer = connection.remotePeer
        let isFirst = connectionsByPeer[peer] == nil
        connectionsByPeer[peer, default: []].append(connection)
        if isFirst { peers[peer] = peers[peer] ?? PeerInfo() }
        for observer in observers.all { observer.connectionOpened(connection) }
        if isFirst { for observer in observers.all { observer.peerConnected(peer, connection) } }
        dials[peer]?.joined(by: connection)
        redials.remove(peer)
        if !isFirst { rival(connection) }
        connection.begin(unsent: unsent, plaintext: upgraded.secure.plaintext)
        return connection
    }

    /// The connection takes no streams any more.
    func connectionEnded(_ connection: Connection, _ reason: ConnectionCloseReason) {
        closing[connection.id] = connection
        let peer = connection.remotePeer
        connectionsByPeer[peer]?.removeAll { $0 === connection }
        let wasLast = connectionsByPeer[peer]?.isEmpty ?? false
        if wasLast {
            connectionsByPeer[peer] = nil
            peers.shrink(peer)
        }
        for observer in observers.all { observer.connectionClosed(connection, reason: reason) }
        if wasLast { for observer in observers.all { observer.peerDisconnected(peer) } }
    }

    /// The connection's socket is closed.
    func connectionClosed(_ connection: Connection) {
        closing[connection.id] = nil
        guard closing.isEmpty else { return }
        let waiters = closeWaiters
        closeWaiters = []
        for waiter in waiters { waiter.wake() }
    }

    func measured(_ connection: Connection, _ roundTripTime: Duration) {
        peers[connection.remotePeer]?.roundTripTime = connection.roundTripTime ?? roundTripTime
    }

    /// Closes the swarm: no listeners, no dials, go-away on every connection. Returns when everything that was queued
    /// has been sent, or after ``SwarmConfiguration/closeTimeout``.
    public func close() async {
        if !isClosed {
            isClosed = true
            interfaceWatch?.close()
            interfaceWatch = nil
            redialTimer?.timer.cancel()
            redialTimer = nil
            for listening in listeners { listening.listener.close() }
            listeners = []
            for dial in dials.values.sorted(by: { $0.order < $1.order }) { dial.cancel() }
            for upgrade in pending.values.sorted(by: { $0.order < $1.order }) { upgrade.cancel() }
            for connection in connections { connection.close() }
        }
        while !closing.isEmpty {
            let waiter = Waiter()
            closeWaiters.append(waiter)
            await waiter.wait()
            if Task.isCancelled { return }
        }
    }
}

extension SwarmConfiguration {
    /// The most that the windows of one connection may grow by, even without limits.
    static let maximumWindowGrowth = 64 << 20

    /// The multiplexer's share of the limits.
    func yamux(windowBudget: Int) -> YamuxConfiguration {
        var result = YamuxConfiguration()
        result.sendQueueLimit = streamSendBuffer
        result.maximumWindow = UInt32(clamping: maximumStreamWindow)
        result.windowBudget = windowBudget
        result.keepAliveInterval = keepAliveInterval
        result.keepAliveTimeout = keepAliveTimeout
        result.maximumInboundStreams = limits.peer.inboundStreams
        result.maximumOutboundStreams = limits.peer.outboundStreams
        return result
    }
}
