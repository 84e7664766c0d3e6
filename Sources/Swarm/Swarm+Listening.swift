import Identity
import Multiformats
import Reactor

extension Swarm {
    /// Connections that may wait in the system's queue of a listener.
    private static let backlog = 256

    /// Listens.
    ///
    /// - Parameter address: `/ip4/…/tcp/…`, `/ip6/…/tcp/…` or `/memory/…`; port 0 takes a free port, an unspecified
    ///   host all interfaces.
    /// - Returns: the addresses that others reach it at, concrete in host and port.
    /// - Throws: ``SwarmError``: `unsupportedAddress`, `invalidAddress` (a name, another peer's id), `addressInUse`,
    ///   `listenFailed`, `closed`.
    @discardableResult
    public func listen(on address: Multiaddr) throws(SwarmError) -> [Multiaddr] {
        guard !isClosed else { throw .swarmClosed }
        if let named = address.peerID, named != localPeer {
            throw SwarmError(.invalidAddress, "\(address) names another peer; this is \(localPeer)")
        }
        guard let requested = address.withoutPeerIDs, let target = TransportAddress(requested) else {
            throw SwarmError(.unsupportedAddress, "no transport listens on \(address)")
        }
        guard case .socket(let socket) = target else {
            throw SwarmError(.invalidAddress, "\(address) is a name; listen on an IP address")
        }
        if let ip = socket.ip, ip.isMulticast {
            throw SwarmError(.invalidAddress, "\(address) is a multicast address")
        }
        let listener: any Listener
        do {
            listener = try world.network.listen(on: socket, backlog: Self.backlog)
        } catch {
            let code: SwarmError.Code =
                switch error {
                case .addressInUse: .addressInUse
                case .unsupported: .familyMissing
                default: .listenFailed
                }
            throw SwarmError(code, "\(address): \(error)")
        }
        let listening = ListeningSocket(requested: requested, listener: listener, network: world.network)
        listeners.append(listening)
        followInterfaces()
        listener.onAccept = { [weak self, weak listener] channel in
            guard let self else { return channel.close() }
            if let listener { accepting(listener, requested, nil) }
            accept(channel)
        }
        listener.onError = { [weak self, weak listener] error in
            if let listener { self?.accepting(listener, requested, error) }
        }
        for observer in observers.all { observer.listenAddressesChanged() }
        return listening.addresses
    }

    /// Stops listening on an address: one that was asked for, or one of those that came of it. Connections stay.
    public func stopListening(on address: Multiaddr) {
        guard let bare = address.withoutPeerIDs else { return }
        let ended = listeners.filter { $0.matches(bare) }
        guard !ended.isEmpty else { return }
        listeners.removeAll { $0.matches(bare) }
        for listening in ended { listening.listener.close() }
        for observer in observers.all { observer.listenAddressesChanged() }
    }

    /// Where this node listens, without `/p2p`, concrete in host and port.
    public var listenAddresses: [Multiaddr] {
        var seen: Set<Multiaddr> = []
        return listeners.flatMap(\.addresses).filter { seen.insert($0).inserted }
    }

    /// Addresses at which others reach this node although it does not listen on them itself, such as those of a
    /// router in front of it: named by the person or confirmed by peers.
    public var externalAddresses: [Multiaddr] { confirmedAddresses }

    /// Adds to ``externalAddresses``; at most 16 are kept, the latest.
    public func addExternalAddress(_ address: Multiaddr) {
        guard let bare = address.withoutPeerIDs, AddressScope(bare) != nil, !confirmedAddresses.contains(bare) else {
            return
        }
        confirmedAddresses = confirmedAddresses.suffix(15) + [bare]
        for observer in observers.all { observer.listenAddressesChanged() }
    }

    /// Takes an address out of ``externalAddresses``.
    public func removeExternalAddress(_ address: Multiaddr) {
        guard let bare = address.withoutPeerIDs, confirmedAddresses.contains(bare) else { return }
        confirmedAddresses.removeAll { $0 == bare }
        for observer in observers.all { observer.listenAddressesChanged() }
    }

    // MARK: Accepting

    /// Tells when a listener can take no connection, and when it can again: once each, as it is tried again and again.
    private func accepting(_ listener: any Listener, _ address: Multiaddr, _ error: NetworkError?) {
        guard let index = listeners.firstIndex(where: { $0.listener === listener }),
            listeners[index].isFailing != (error != nil)
        else { return }
        listeners[index].isFailing = error != nil
        let failure = error.map { SwarmError(.listenFailed, "\(address): \($0)") }
        for observer in observers.all { observer.acceptingChanged(address, failure) }
    }

    private func accept(_ channel: any ByteChannel) {
        guard !isClosed else { return channel.close() }
        let ip = channel.remoteAddress.ip
        let isAllowListed = ip.map { ip in configuration.allowedNetworks.contains { $0.contains(ip) } } ?? false
        let charge: ConnectionCharge
        do throws(LimitExceeded) {
            charge = try accounts.openConnection(
                .inbound, isAllowListed: isAllowListed, ip: isAllowListed ? nil : ip, now: world.clock.now
            ) { makeRoom(for: $0, isAllowListed: isAllowListed) }
        } catch {
            channel.reset()
            return inboundFailed(.limited(error))
        }
        upgrade(channel, .inbound, expectedPeer: nil, charge: charge) { [weak self] result in
            guard case .failure(let failure) = result, let self else { return }
            let remote = multiaddr(channel.remoteAddress)
            if let limit = failure.limit { return inboundFailed(.limited(limit)) }
            inboundFailed(
                SwarmError(
                    failure.reason == .timedOut ? .timedOut : .upgradeFailed, "from \(remote): \(failure.detail)"))
        }
    }

    /// Where unfinished handshakes take all the room, the oldest gives way: an honest one takes a round trip or two, so
    /// nobody keeps others out by beginning many and finishing none.
    private func makeRoom(for limit: LimitExceeded, isAllowListed: Bool) {
        let unfinished = pending.values.filter { upgrade in
            upgrade.direction == .inbound && (limit.scope == .system || upgrade.isAllowListed == isAllowListed)
        }
        unfinished.min { $0.order < $1.order }?.giveWay(to: limit)
    }

    @discardableResult
    func upgrade(
        _ channel: any ByteChannel, _ direction: Direction, expectedPeer: PeerID?, charge: ConnectionCharge,
        completion: @escaping PendingConnection.Completion
    ) -> PendingConnection {
        let upgrade = PendingConnection(
            swarm: self, channel: channel, direction: direction, expectedPeer: expectedPeer, charge: charge,
            completion: completion)
        pending[ObjectIdentifier(upgrade)] = upgrade
        upgrade.start()
        return upgrade
    }

    private func inboundFailed(_ error: SwarmError) {
        for observer in observers.all { observer.inboundConnectionFailed(error) }
    }

    func multiaddr(_ socket: SocketAddress) -> Multiaddr {
        // Every socket address of a channel has a multiaddr; memory zero stands for what could not be one.
        Multiaddr(socket) ?? Self.nowhere
    }

    private static let nowhere: Multiaddr = {
        guard let address = Multiaddr(.memory(0)) else { preconditionFailure("/memory/0 is an address") }
        return address
    }()
}
