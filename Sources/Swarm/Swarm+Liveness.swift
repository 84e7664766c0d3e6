import Identity
import Multiformats
import Reactor
import Time

/// Connections whose other end may be gone, and networks that change.
extension Swarm {
    // MARK: Reasons to doubt

    /// Asks the connections to a peer whether it is still there, for what it is worth: those that do not answer within
    /// a few round trips give way to others, or to a new one.
    public func probe(_ peer: PeerID) {
        for connection in connections(to: peer) { connection.probe() }
    }

    /// A peer has told, to everybody on the local network, where it is: dialing it is worth another try, and a
    /// connection that leads elsewhere may be one to where it was before.
    public func announced(_ peer: PeerID, at addresses: [Multiaddr]) {
        addressBook.add(peer, addresses, source: .localDiscovery)
        addressBook.forgetFailures(of: peer)
        probe(peer)
        for observer in observers.all { observer.peerAnnounced(peer) }
    }

    /// Follows the interfaces of this host from now on.
    func followInterfaces() {
        guard interfaceWatch == nil, !isClosed else { return }
        hostAddresses = Set(world.network.localAddresses().map(\.unmapped))
        let watch = world.network.watchInterfaces { [weak self] in self?.interfacesChanged() }
        interfaceWatch = watch
        watch.onFailureChange = { [weak self] in self?.interfaceWatchChanged() }
        if watch.failure != nil { interfaceWatchChanged() }
    }

    private func interfaceWatchChanged() {
        for observer in observers.all { observer.interfaceWatchChanged() }
    }

    /// Why the system does not report changes of this host's interfaces, so that they are noticed some seconds late; nil
    /// if it does, or nobody has listened or dialed yet.
    public var interfaceWatchFailure: NetworkError? { interfaceWatch?.failure }

    /// This host's interfaces or their addresses have changed: looks anew at what listening on all of them means,
    /// closes what can carry nothing any more, asks all other connections for a sign of life, and lets go of what
    /// dialing came to in the network that was.
    func interfacesChanged() {
        let before = listenAddresses
        for index in listeners.indices { listeners[index].refresh(world.network) }
        let addresses = Set(world.network.localAddresses().map(\.unmapped))
        // None at all means that the system does not tell.
        let gone = addresses.isEmpty ? [] : hostAddresses.subtracting(addresses)
        if !addresses.isEmpty { hostAddresses = addresses }
        addressBook.forgetFailures()
        if listenAddresses != before { for observer in observers.all { observer.listenAddressesChanged() } }
        for observer in observers.all { observer.interfacesChanged() }
        for connection in connections {
            if let ip = connection.localAddress.leadingIP?.unmapped, gone.contains(ip) {
                connection.finish(.network("this host no longer has the address \(ip)"))
                if !isConnected(connection.remotePeer) { redials.add(connection.remotePeer, now: world.clock.now) }
            } else {
                connection.probe()
            }
        }
        redials.hasten(now: world.clock.now)
        redial()
    }

    // MARK: Connections that do not answer

    /// A connection has not answered in time. Where another to the same peer has carried something since it was asked,
    /// the peer is there and this one leads nowhere: it ends, and what was under way on it goes on over the other.
    /// Otherwise the peer is dialed, beside it.
    func suspected(_ connection: Connection, since asked: Instant) {
        let peer = connection.remotePeer
        let others = connections(to: peer).filter { $0 !== connection }
        if others.contains(where: { !$0.isSuspect && $0.lastHeard >= asked }) {
            return connection.finish(.unresponsive)
        }
        guard !others.contains(where: { !$0.isSuspect }) else { return }
        redials.add(peer, now: world.clock.now)
        redial()
    }

    /// A connection has come beside others: the peer is there, which those have to show as well.
    func rival(_ connection: Connection) {
        for other in connections(to: connection.remotePeer) where other !== connection {
            if other.isSuspect { other.finish(.unresponsive) } else { other.probe() }
        }
    }

    // MARK: Dialing again

    /// Dials those whose turn it is, and sees to it that this is called again in time.
    func redial() {
        guard !isClosed else { return }
        let now = world.clock.now
        for peer in redials.takeDue(now: now) {
            spawn { [weak self] in
                guard let self else { return }
                let isReached = await reach(peer)
                redials.ended(peer, isReached: isReached, now: world.clock.now)
                redial()
            }
        }
        guard let next = redials.deadline, next != redialTimer?.at || redialTimer?.timer.isPending != true else {
            return
        }
        redialTimer?.timer.cancel()
        redialTimer = (next, world.clock.schedule(at: next) { [weak self] in self?.redial() })
    }

    /// Whether there is a connection to a peer that answers, or one could be made.
    private func reach(_ peer: PeerID) async -> Bool {
        if let best = bestConnection(to: peer), !best.isSuspect { return true }
        addressBook.forgetFailures(of: peer)
        do throws(SwarmError) {
            _ = try await dialAnew(peer)
            return true
        } catch {
            return false
        }
    }
}
