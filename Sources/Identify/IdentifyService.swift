import Identity
import Multiformats
import Reactor
import Swarm
import Time
import Wire

/// Identify on a swarm: asks on every new connection, answers, pushes changes and takes pushes.
///
/// What peers say goes to the swarm: `swarm.peers` and its observers' `identified`, and the address book. The swarm
/// holds its observers weakly, so somebody must hold the service.
@NetworkActor
public final class IdentifyService {
    private let swarm: Swarm
    private let configuration: IdentifyConfiguration
    private var state: IdentifyState
    private var limiter: PushLimiter
    private var observed: ObservedAddresses
    /// The external addresses of the swarm that came from here.
    private var announced: Set<Multiaddr> = []
    private var pushTimer: Timer?
    /// The connections over which a peer will ask, and so needs no push. Bounded by the connections.
    private var expected: Set<UInt64> = []
    /// How often a peer could not be told a revision. Bounded by the connections.
    private var failedPushes: [PeerID: (revision: UInt64, count: Int)] = [:]
    private var isRunning = false

    /// Pushes that were dropped because their senders pushed too often.
    public private(set) var droppedPushes = 0

    /// Messages that were not taken because they were malformed, too large, or another peer's.
    public private(set) var ignoredMessages = 0

    /// A service that has not started.
    ///
    /// - Parameters:
    ///   - swarm: where it runs.
    ///   - agentVersion: the program, such as `linnet/1.2.3`.
    ///   - protocolVersion: the family of protocols.
    ///   - configuration: times and limits.
    public init(
        swarm: Swarm, agentVersion: String, protocolVersion: String = "linnet/1.0.0",
        configuration: IdentifyConfiguration = .init()
    ) {
        configuration.validate()
        self.swarm = swarm
        self.configuration = configuration
        state = IdentifyState(
            identity: swarm.identity, protocolVersion: protocolVersion, agentVersion: agentVersion)
        limiter = PushLimiter(
            rate: configuration.inboundPushRate, burst: configuration.inboundPushBurst,
            totalRate: configuration.totalInboundPushRate, now: swarm.world.clock.now)
        observed = ObservedAddresses(observersToActivate: configuration.observersToActivate)
    }

    /// Begins to answer and to ask, on connections there are and on those to come.
    public func start() {
        guard !isRunning else { return }
        isRunning = true
        let answers = ProtocolLimits(inboundStreams: 256, perPeer: 16)
        swarm.setHandler(Identify.protocolID, limits: answers) { [weak self] stream in
            await self?.answer(stream)
        }
        let pushes = ProtocolLimits(inboundStreams: 64, perPeer: 2)
        swarm.setHandler(Identify.pushProtocolID, limits: pushes) { [weak self] stream in
            await self?.receivePush(stream)
        }
        swarm.addObserver(self)
        refresh()
        for connection in swarm.connections { identify(connection) }
    }

    /// What a peer has said about itself; nil before it has been connected.
    public func info(_ peer: PeerID) -> PeerInfo? { swarm.peers[peer] }

    /// Tells the connected peers what has changed since they were told last, after ``IdentifyConfiguration/pushDelay``
    /// so that changes in a row make one push. Called by itself when addresses or protocols change; without a change
    /// it does nothing.
    public func push() {
        guard isRunning, pushTimer == nil else { return }
        pushTimer = swarm.world.clock.schedule(after: configuration.pushDelay) { [weak self] in
            guard let self else { return }
            pushTimer = nil
            refresh()
            pushOn()
        }
    }

    /// Asks the swarm what it offers now.
    private func refresh() {
        var addresses = swarm.listenAddresses
        for address in swarm.externalAddresses where !addresses.contains(address) { addresses.append(address) }
        _ = state.update(addresses: addresses, protocols: swarm.supportedProtocols)
    }

    private func message(for connection: Connection) -> [UInt8] {
        state.message(
            to: connection.remoteAddress.isOnThisMachine ? .local : .remote, observed: connection.remoteAddress,
            now: swarm.world.wallClock.now
        ).encoded
    }
}

// MARK: - Asking and answering

extension IdentifyService {
    private func identify(_ connection: Connection, attempt: Int = 0) {
        spawn { [weak self] in
            guard let self else { return }
            do throws(IdentifyError) {
                let message = try await ask(connection)
                try take(message, over: connection, isPush: false)
            } catch {
                ignored(error)
                // Without an answer a peer speaks no protocol, for as long as it is connected.
                guard error.code == .streamFailed else { return }
                again(attempt) { [weak self] in
                    guard connection.isOpen else { return }
                    self?.identify(connection, attempt: attempt + 1)
                }
            }
        }
    }

    /// Does what failed once more after a while, but not for ever.
    private func again(_ attempt: Int, _ body: @escaping @NetworkActor () -> Void) {
        guard isRunning, configuration.retries.indices.contains(attempt) else { return }
        swarm.world.clock.schedule(after: configuration.retries[attempt], body)
    }

    private func ask(_ connection: Connection) async throws(IdentifyError) -> IdentifyMessage {
        let stream: Stream
        do {
            stream = try await connection.openStream([Identify.protocolID], timeout: configuration.timeout)
        } catch {
            throw IdentifyError(.streamFailed, error.message)
        }
        stream.setDeadline(after: configuration.timeout)
        return try await read(stream)
    }

    /// Reads the message on a stream and ends the stream.
    private func read(_ stream: Stream) async throws(IdentifyError) -> IdentifyMessage {
        var reader = IdentifyReader()
        do {
            while let bytes = try await stream.read() { try reader.receive(bytes) }
            let message = try reader.finish()
            stream.close()
            return message
        } catch let error as IdentifyError {
            stream.reset(.protocolViolation)
            throw error
        } catch {
            stream.reset()
            guard let error = error as? StreamError else { throw IdentifyError(.streamFailed, "the stream failed") }
            throw IdentifyError(
                error.code == .unsupportedProtocol ? .unsupportedProtocol : .streamFailed, error.detail)
        }
    }

    private func answer(_ stream: Stream) async {
        refresh()
        stream.setDeadline(after: configuration.timeout)
        let message = LengthPrefix.frame(message(for: stream.connection))
        expected.remove(stream.connection.id)
        state.didTell(stream.connection.remotePeer)
        do throws(StreamError) {
            try await stream.write(message)
            stream.close()
        } catch {
            stream.reset()
            wasNotTold(stream.connection.remotePeer, over: stream.connection)
        }
    }
}

// MARK: - Taking what peers say

extension IdentifyService {
    private func receivePush(_ stream: Stream) async {
        let connection = stream.connection
        let (peer, now) = (connection.remotePeer, swarm.world.clock.now)
        guard limiter.admit(peer, at: connection.remoteAddress, isFamiliar: swarm.isFamiliar(peer), now: now) else {
            droppedPushes += 1
            return stream.reset(.rateLimited)
        }
        stream.setDeadline(after: configuration.timeout)
        do throws(IdentifyError) {
            try take(try await read(stream), over: connection, isPush: true)
        } catch {
            ignored(error)
        }
    }

    /// Identify is never a reason to disconnect; the peer is merely not known better.
    private func ignored(_ error: IdentifyError) {
        switch error.code {
        case .malformed, .tooLarge, .wrongKey: ignoredMessages += 1
        case .unsupportedProtocol, .streamFailed: break
        }
    }

    /// The longest signed record that is kept to be passed on, in bytes: many peers are remembered.
    private static let maximumKeptRecord = 1024

    /// Takes what a peer says about itself; a push leaves unchanged what it does not say.
    private func take(
        _ message: IdentifyMessage, over connection: Connection, isPush: Bool
    ) throws(IdentifyError) {
        let peer = connection.remotePeer
        if let key = message.publicKey, key != connection.remotePublicKey.protobuf {
            throw IdentifyError(.wrongKey, "the message has another key than peer \(peer)")
        }
        guard swarm.isConnected(peer) else { return }
        let known = swarm.peers[peer] ?? PeerInfo()
        var info = isPush ? known : PeerInfo()
        // What was learned over another connection, and is not said here, or was said before.
        (info.listenAddresses, info.signedPeerRecord) = (known.listenAddresses, known.signedPeerRecord)
        info.roundTripTime = known.roundTripTime
        if !message.protocols.isEmpty { info.protocols = message.protocols }
        info.agentVersion = message.agentVersion ?? info.agentVersion
        info.protocolVersion = message.protocolVersion ?? info.protocolVersion
        if let observedAddress = message.observedAddress {
            info.observedAddress = observedAddress
            observe(observedAddress, over: connection)
        }
        if let addresses = takeAddresses(message, over: connection, isPush: isPush) {
            info.listenAddresses = addresses
            info.signedPeerRecord = message.signedPeerRecord.flatMap { $0.count <= Self.maximumKeptRecord ? $0 : nil }
        }
        swarm.post(identified: peer, info)
        // The peer may have become one that takes pushes.
        pushOn()
    }

    /// Puts the addresses of a message in the address book. Signed ones replace what was signed before; if they are
    /// not the peer's own, or badly signed, the whole message has no say about addresses.
    ///
    /// - Returns: the peer's addresses now; nil for no news.
    private func takeAddresses(
        _ message: IdentifyMessage, over connection: Connection, isPush: Bool
    ) -> [Multiaddr]? {
        let peer = connection.remotePeer
        if let bytes = message.signedPeerRecord {
            do {
                let record = try PeerRecord.open(bytes).record
                guard record.peerID == peer else { return nil }
                let isNews = swarm.addressBook.add(record, source: .identify, heardFrom: connection.remoteAddress)
                return isNews ? record.addresses : nil
            } catch .unexpectedPayloadType {
                // A record of a later kind: as if there were none.
            } catch {
                return nil
            }
        }
        let addresses = message.listenAddresses.filter { ($0.peerID ?? peer) == peer }
        guard !addresses.isEmpty else { return isPush ? nil : [] }
        swarm.addressBook.add(peer, addresses, source: .identify, heardFrom: connection.remoteAddress)
        return addresses
    }

    private func observe(_ address: Multiaddr, over connection: Connection) {
        guard connection.isOpen else { return }
        updateObserved { observed in
            observed.observe(
                address, over: connection.id, local: connection.localAddress, remote: connection.remoteAddress,
                listenAddresses: swarm.listenAddresses)
        }
    }

    private func updateObserved(_ change: (inout ObservedAddresses) -> Void) {
        change(&observed)
        for address in announced.subtracting(observed.active).sorted(by: { "\($0)" < "\($1)" }) {
            announced.remove(address)
            swarm.removeExternalAddress(address)
        }
        for address in observed.active where !swarm.externalAddresses.contains(address) {
            announced.insert(address)
            swarm.addExternalAddress(address)
        }
    }
}

// MARK: - Pushing

extension IdentifyService {
    /// Starts as many pushes as may run, to connected peers that have not been told the latest.
    private func pushOn() {
        guard pushTimer == nil, !swarm.isClosed else { return }
        let candidates = swarm.connectedPeers.filter { peer in
            swarm.peers[peer]?.protocols.contains(Identify.pushProtocolID) ?? false
        }
        while let peer = state.beginPush(among: candidates, limit: configuration.pushConcurrency) {
            let revision = state.revision
            spawn { [weak self] in
                guard let self else { return }
                let connection = swarm.bestConnection(to: peer)
                let isTold = if let connection { await push(over: connection) } else { false }
                state.endPush(to: peer, revision: revision)
                if isTold { failedPushes[peer] = nil } else { wasNotTold(peer, over: connection) }
                pushOn()
            }
        }
    }

    /// What a peer was told may not have arrived: it is told again, if it is connected still. At once, if that is over
    /// another connection.
    private func wasNotTold(_ peer: PeerID, over connection: Connection?) {
        guard swarm.isConnected(peer) else { return }
        if let connection, !connection.isOpen {
            state.untell(peer, revision: state.revision)
            return pushOn()
        }
        let revision = state.revision
        let attempt = failedPushes[peer].map { $0.revision == revision ? $0.count : 0 } ?? 0
        failedPushes[peer] = (revision, attempt + 1)
        again(attempt) { [weak self] in
            guard let self, swarm.isConnected(peer) else { return }
            state.untell(peer, revision: revision)
            pushOn()
        }
    }

    /// - Returns: whether the peer has taken it.
    private func push(over connection: Connection) async -> Bool {
        let protocols = [Identify.pushProtocolID]
        guard let stream = try? await connection.openStream(protocols, timeout: configuration.timeout) else {
            return false
        }
        stream.setDeadline(after: configuration.timeout)
        do {
            try await stream.write(LengthPrefix.frame(message(for: connection)))
            stream.closeWrite()
            // Read to the end, so that a peer which refuses or stalls is seen within the deadline.
            _ = try await stream.readToEnd(limit: 0)
            stream.close()
            return true
        } catch {
            stream.reset()
            return false
        }
    }
}

extension IdentifyService: SwarmObserver {
    /// Asks the peer. It will ask as well, and needs no push of what it is told then.
    public func connectionOpened(_ connection: Connection) {
        refresh()
        state.didTell(connection.remotePeer)
        expected.insert(connection.id)
        identify(connection)
    }

    /// What was observed over the connection counts no more. If the peer has not asked over it, it is told over another.
    public func connectionClosed(_ connection: Connection, reason: ConnectionCloseReason) {
        updateObserved { $0.connectionClosed(connection.id) }
        guard expected.remove(connection.id) != nil, swarm.isConnected(connection.remotePeer) else { return }
        state.untell(connection.remotePeer, revision: state.revision)
        pushOn()
    }

    /// Forgets that the peer was told.
    public func peerDisconnected(_ peer: PeerID) {
        state.forget(peer)
        failedPushes[peer] = nil
    }

    /// Pushes.
    public func listenAddressesChanged() { push() }

    /// Pushes.
    public func supportedProtocolsChanged() { push() }
}
