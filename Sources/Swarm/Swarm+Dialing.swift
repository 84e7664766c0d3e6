import Identity
import Multiformats
import Reactor
import Time

extension Swarm {
    /// A connection to the peer at an address.
    ///
    /// With `/p2p/…` in the address, an open connection to that peer is taken if it answers, unless `reuse` is false, and
    /// another peer that answers there is refused. The address is tried even if it failed a moment ago.
    ///
    /// Cancelling the task gives the dial up, unless others wait for it.
    ///
    /// - Throws: ``SwarmError``: `unsupportedAddress`, `invalidAddress`, `selfDial`, `wrongPeer`, `dialFailed`,
    ///   `limitExceeded`, `cancelled`, `closed`.
    public func dial(_ address: Multiaddr, reuse: Bool = true) async throws(SwarmError) -> Connection {
        guard !isClosed else { throw .swarmClosed }
        let peer = address.peerID
        if peer == localPeer { throw SwarmError(.selfDial, "\(localPeer) is this node itself") }
        guard let bare = address.withoutPeerIDs else {
            guard let peer else { throw SwarmError(.invalidAddress, "\(address) leads nowhere") }
            return try await dial(peer)
        }
        guard TransportAddress(bare) != nil else {
            throw SwarmError(.unsupportedAddress, "no transport dials \(address)")
        }
        guard AddressScope(bare) != nil else {
            throw SwarmError(.invalidAddress, "\(address) cannot be dialed: port 0, unspecified or multicast")
        }
        guard let peer, reuse else {
            let dial = Dial(swarm: self, peer: peer, addresses: [bare], order: nextConnectionID())
            return try await dial.connect()
        }
        if let connection = bestConnection(to: peer), await connection.answers() { return connection }
        return try await dialAnew(peer, addresses: [bare], respectsBackoff: false)
    }

    /// A connection to a peer: one that is open, or a new one to the first of its addresses that answers. Addresses
    /// that failed lately are left out. There is one dial per peer; later callers share its result.
    ///
    /// - Parameters:
    ///   - peer: who.
    ///   - addresses: where it may be, in addition to what the address book has.
    /// - Throws: ``SwarmError``: `selfDial`, `noAddresses`, `wrongPeer`, `dialFailed`, `limitExceeded`, `cancelled`,
    ///   `closed`.
    public func dial(_ peer: PeerID, addresses: [Multiaddr] = []) async throws(SwarmError) -> Connection {
        guard let connection = bestConnection(to: peer) else { return try await dialAnew(peer, addresses: addresses) }
        guard connection.isSuspect else { return connection }
        do throws(SwarmError) {
            return try await dialAnew(peer, addresses: addresses)
        } catch {
            // It may only be slow, and is all that there is.
            guard error != .cancelled, let connection = bestConnection(to: peer) else { throw error }
            return connection
        }
    }

    /// A new connection to a peer, whatever others there are.
    func dialAnew(
        _ peer: PeerID, addresses: [Multiaddr] = [], respectsBackoff: Bool = true
    ) async throws(SwarmError) -> Connection {
        guard !isClosed else { throw .swarmClosed }
        guard peer != localPeer else { throw SwarmError(.selfDial, "\(localPeer) is this node itself") }
        var wanted = addresses.compactMap(\.withoutPeerIDs)
        if let running = dials[peer] {
            do {
                return try await running.connect()
            } catch {
                // The dial joined may not have known our addresses, or may have left out one that is asked for by
                // itself now; then they are tried.
                let skipped = error.attempts.filter { $0.reason == .backedOff }.map(\.address)
                wanted.removeAll { address in
                    running.addresses.contains(address) && (respectsBackoff || !skipped.contains(address))
                }
                guard !wanted.isEmpty, error != .cancelled, error != .swarmClosed else { throw error }
                return try await dialAnew(peer, addresses: wanted, respectsBackoff: respectsBackoff)
            }
        }
        for known in addressBook.addresses(of: peer) where !wanted.contains(known) { wanted.append(known) }
        guard !wanted.isEmpty else {
            throw SwarmError(.noAddresses, "no address of peer \(peer) is known")
        }
        let exempt = respectsBackoff ? [] : Set(addresses.compactMap(\.withoutPeerIDs))
        let dial = Dial(
            swarm: self, peer: peer, addresses: wanted, exemptFromBackoff: exempt, order: nextConnectionID())
        dials[peer] = dial
        return try await dial.connect()
    }

    /// Begins one attempt. nil when it has failed already; the completion was called then.
    func attempt(
        _ candidate: DialCandidate, expecting peer: PeerID?, fromAnyPort: Bool,
        completion: @escaping PendingConnection.Completion
    ) -> PendingConnection? {
        let charge: ConnectionCharge
        do throws(LimitExceeded) {
            charge = try accounts.openConnection(.outbound, isAllowListed: false, ip: nil, now: world.clock.now)
        } catch {
            completion(.failure(UpgradeFailure(reason: .limitExceeded, detail: error.description, limit: error)))
            return nil
        }
        followInterfaces()
        do throws(NetworkError) {
            let channel = try connect(to: candidate.target, fromAnyPort: fromAnyPort)
            return upgrade(channel, .outbound, expectedPeer: peer, charge: charge, completion: completion)
        } catch {
            charge.release()
            completion(.failure(UpgradeFailure(reason: DialFailure(error), detail: "\(error)")))
            return nil
        }
    }

    /// Connects from the listening port if that is wanted and possible, otherwise from any.
    private func connect(
        to target: SocketAddress, fromAnyPort: Bool
    ) throws(NetworkError) -> any ByteChannel {
        if configuration.dialsFromListenPort, !fromAnyPort, let source = listenAddress(towards: target),
            let channel = try? world.network.connect(to: target, from: source)
        {
            return channel
        }
        return try world.network.connect(to: target, from: nil)
    }

    private func listenAddress(towards target: SocketAddress) -> SocketAddress? {
        guard let ip = target.ip else { return nil }
        return listeners.lazy.map(\.listener.localAddress).first { local in
            guard let bound = local.ip else { return false }
            return bound.isIPv4 == ip.isIPv4 && bound.isLoopback == ip.isLoopback
                || bound.isIPv4 == ip.isIPv4 && bound.isUnspecified
        }
    }
}
