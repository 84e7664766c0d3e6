import Identity
import Multiformats
import Reactor
import Swarm
import Time
import Wire

/// Pubsub on a swarm: opens a stream to every peer that speaks it, and does what ``GossipSubState`` decides.
///
/// The swarm holds its observers weakly, so somebody must hold the service.
@NetworkActor
public final class GossipSubService {
    /// Looks at a message whose signature is valid, and says what to do with it; nil: ``report(_:_:)`` will tell later.
    public typealias Handler = @NetworkActor (PubsubMessage, MessageID, _ from: PeerID) -> ValidationResult?

    /// Hears of peers that enter a topic, or leave it.
    public typealias Watcher = @NetworkActor (PeerID, _ isMember: Bool) -> Void

    /// What became of a message that was published.
    public struct Receipt: Equatable, Sendable {
        /// The message's id.
        public let id: MessageID
        /// To how many peers it goes.
        public let recipients: Int
    }

    private let swarm: Swarm
    private let configuration: GossipSubConfiguration
    private var state: GossipSubState<RandomGenerator>
    private var channels: [PeerID: OutboundChannel] = [:]
    private var inbound: [PeerID: Stream] = [:]
    /// The streams of peers whose connections have ended, as long as there is something to read.
    private var leaving: [PeerID: Stream] = [:]
    private var handlers: [GossipSub.Topic: Handler] = [:]
    private var watchers: [GossipSub.Topic: Watcher] = [:]
    private lazy var signatures = SignatureQueue(world: swarm.world) { [weak self] in self?.verified($0) }
    private var heart: Timer?
    private var lastSequence: UInt64 = 0
    private var dials = 0
    private var isRunning = false

    /// Peers named by others that are dialed at a time (go-libp2p: 8 connectors).
    private static let maximumDials = 8
    /// How long an inbound stream may wait for the peer to take ours.
    private static let patience = Duration.seconds(10)

    /// Is called when a peer enters, or leaves, a topic that we are in.
    public var onMembership: (@NetworkActor (GossipSub.Topic, PeerID, _ isMember: Bool) -> Void)?

    /// A service that has not started.
    public init(swarm: Swarm, configuration: GossipSubConfiguration = .init()) {
        self.swarm = swarm
        self.configuration = configuration
        state = GossipSubState(
            localPeer: swarm.localPeer, configuration: configuration, random: swarm.world.random.generator)
    }

    /// Begins, on connections there are and on those to come.
    public func start() {
        guard !isRunning else { return }
        isRunning = true
        // Two: a new stream may come before the old one is known to be gone.
        let limits = ProtocolLimits(inboundStreams: 4096, perPeer: 2)
        for protocolID in GossipSub.protocolIDs {
            swarm.setHandler(protocolID, limits: limits) { [weak self] stream in await self?.read(stream) }
        }
        swarm.addObserver(self)
        for peer in swarm.connectedPeers { connect(peer) }
    }

    /// Ends all streams, and begins no others.
    public func stop() {
        guard isRunning else { return }
        isRunning = false
        heart?.cancel()
        heart = nil
        swarm.removeObserver(self)
        for protocolID in GossipSub.protocolIDs { swarm.removeHandler(protocolID) }
        for channel in channels.values { channel.close() }
        for stream in inbound.values { stream.reset() }
        channels = [:]
        inbound = [:]
        leaving = [:]
    }
}

// MARK: - Topics and messages

extension GossipSubService {
    /// The topics that we are in, sorted.
    public var topics: [GossipSub.Topic] { state.topics }

    /// The connected peers of a topic, sorted.
    public func peers(of topic: GossipSub.Topic) -> [PeerID] { state.subscribers(of: topic) }

    /// Whether no connected peer is in a topic.
    public func isEmpty(_ topic: GossipSub.Topic) -> Bool { state.isEmpty(topic) }

    /// Whether a peer is connected and in a topic.
    public func isPeer(_ peer: PeerID, of topic: GossipSub.Topic) -> Bool { state.isSubscriber(peer, of: topic) }

    /// Our mesh of a topic, sorted.
    public func mesh(of topic: GossipSub.Topic) -> [PeerID] { state.mesh(of: topic) }

    /// The score of a peer.
    public func score(of peer: PeerID) -> Double { state.score.score(of: peer, now) }

    /// How often things have happened.
    public var counts: GossipSubCounts { state.counts }

    /// Subscribes to a topic.
    ///
    /// - Parameters:
    ///   - watcher: is told of the peers that enter it and leave it from now on, whatever ``onMembership`` is told.
    ///   - handler: is given each of its messages once, those of ours excepted; both replace those before.
    /// - Throws: ``GossipSubError`` `invalidTopic`, `tooManyTopics`.
    public func subscribe(
        _ topic: GossipSub.Topic, watcher: Watcher? = nil, _ handler: @escaping Handler
    ) throws(GossipSubError) {
        try state.subscribe(topic, now)
        handlers[topic] = handler
        watchers[topic] = watcher
        perform()
    }

    /// Leaves a topic.
    public func unsubscribe(_ topic: GossipSub.Topic) {
        handlers[topic] = nil
        watchers[topic] = nil
        state.unsubscribe(topic, now)
        perform()
    }

    /// Publishes to a topic, whether we are in it or not.
    ///
    /// - Throws: ``GossipSubError``: `noPeers` if nobody of the topic is connected: nothing is kept for later.
    @discardableResult
    public func publish(_ data: [UInt8], to topic: GossipSub.Topic) throws(GossipSubError) -> Receipt {
        let message: PubsubMessage
        switch configuration.signaturePolicy {
        case .strictSign:
            message = .signed(data, to: topic, sequence: nextSequence(), by: swarm.identity)
        case .strictNoSign:
            message = PubsubMessage(topic: topic, data: data)
        }
        let recipients = try state.publish(message, now)
        perform()
        return Receipt(id: configuration.messageID.compute(message), recipients: recipients)
    }

    /// Returns when what was published has been handed to the connections, or when `patience` is over. To be waited for
    /// before the swarm closes, which sends what its connections were given.
    public func flush(within patience: Duration) async {
        let deadline = now + patience
        while channels.values.contains(where: \.isWriting), now < deadline {
            await swarm.world.clock.sleep(for: .milliseconds(2))
        }
    }

    /// Returns when there is room to publish more: at once, unless a peer that reads lags behind by hundreds of
    /// kilobytes; what is published on and on without waiting is let go at some time. At the latest when `patience` is
    /// over.
    public func room(within patience: Duration) async {
        let deadline = now + patience
        while channels.values.contains(where: \.isBehind), now < deadline {
            await swarm.world.clock.sleep(for: .milliseconds(2))
        }
    }

    /// What the application found about a message that its handler had to think about.
    public func report(_ id: MessageID, _ result: ValidationResult) {
        state.validated(id, result, now)
        perform()
    }

    /// P5 of a peer's score.
    public func setApplicationScore(_ peer: PeerID, _ score: Double) {
        state.score.setApplicationScore(peer, score)
    }

    /// Numbers that grow even over a restart: nanoseconds since 1970, as in go.
    private func nextSequence() -> UInt64 {
        let now = UInt64(max(0, swarm.world.wallClock.now.milliseconds)) &* 1_000_000
        lastSequence = max(lastSequence + 1, now)
        return lastSequence
    }

    private var now: Instant { swarm.world.clock.now }
}

// MARK: - What the state wants

extension GossipSubService {
    private func perform() {
        // What is done may lead to more of it.
        while true {
            let actions = state.takeActions()
            guard !actions.isEmpty else { return }
            for action in actions { perform(action) }
        }
    }

    private func perform(_ action: GossipSubAction) {
        switch action {
        case .send(let frame, let recipients, let priority):
            for peer in recipients { channels[peer]?.send(frame, priority) }
        case .verify(let id, let message):
            signatures.append(id, message)
        case .validate(let id, let message, let sender):
            let result = handlers[message.topic].map { $0(message, id, sender) } ?? .ignore
            if let result { state.validated(id, result, now) }
        case .dial(let peer, let record):
            dial(peer, record)
        case .reconnect(let peer):
            spawn { [swarm] in _ = try? await swarm.dial(peer) }
        case .membership(let topic, let peer, let isMember):
            onMembership?(topic, peer, isMember)
            watchers[topic]?(peer, isMember)
        }
    }

    private func verified(_ results: [(MessageID, Bool)]) {
        for (id, isValid) in results { state.verified(id, isValid, now) }
        perform()
    }

    private func dial(_ peer: PeerID, _ bytes: [UInt8]) {
        guard dials < Self.maximumDials, !swarm.isConnected(peer), let record = try? PeerRecord.open(bytes).record,
            record.peerID == peer
        else { return }
        dials += 1
        // Told by a peer, so no address of the inside is dialed on its word.
        _ = swarm.addressBook.add(record, source: .exchange)
        spawn { [weak self, swarm] in
            _ = try? await swarm.dial(peer)
            self?.dials -= 1
        }
    }

    private func scheduleHeartbeat(after delay: Duration) {
        heart = swarm.world.clock.schedule(after: delay) { [weak self] in
            guard let self, isRunning else { return }
            // Alone there is nothing to tend: it beats again when somebody comes.
            heart = nil
            if !channels.isEmpty { scheduleHeartbeat(after: configuration.heartbeatInterval) }
            for peer in channels.keys.sorted() {
                guard let dropped = channels[peer]?.takeDropped(), dropped > 0 else { continue }
                state.score.noteSlowness(peer, dropped)
            }
            state.heartbeat(now)
            perform()
        }
    }
}

// MARK: - Peers

extension GossipSubService: SwarmObserver {
    /// A peer that speaks pubsub gets a stream.
    public func identified(_ peer: PeerID, _ info: PeerInfo) {
        guard info.protocols.contains(where: { GossipSub.Version(protocolID: $0) != nil }) else { return }
        connect(peer)
        if let record = info.signedPeerRecord { state.setRecord(record, of: peer) }
    }

    /// Forgets the peer; its score stays.
    public func peerDisconnected(_ peer: PeerID) {
        disconnect(peer)
    }

    private func connect(_ peer: PeerID) {
        guard isRunning, channels[peer] == nil, swarm.isConnected(peer) else { return }
        let speaks = swarm.peers[peer]?.protocols.contains { GossipSub.Version(protocolID: $0) != nil } ?? false
        guard speaks || inbound[peer] != nil else { return }
        if leaving.removeValue(forKey: peer) != nil { forget(peer) }
        let channel = OutboundChannel(peer: peer, swarm: swarm) { [weak self] in self?.disconnect(peer) }
        channels[peer] = channel
        if heart == nil { scheduleHeartbeat(after: configuration.heartbeatInitialDelay) }
        spawn { [weak self] in
            let version = await channel.open()
            guard let self, channels[peer] === channel, !channel.isClosed else { return }
            guard let version, let connection = swarm.connections(to: peer).first else {
                channel.close()
                channels[peer] = nil
                return
            }
            state.peerConnected(
                peer, version: version, isOutbound: connection.direction == .outbound,
                address: Self.scoredAddress(connection.remoteAddress))
            if let record = swarm.peers[peer]?.signedPeerRecord { state.setRecord(record, of: peer) }
            perform()
        }
    }

    /// The IP address by which many peers count as one attacker. Those of one machine among themselves do not.
    nonisolated static func scoredAddress(_ address: Multiaddr) -> String? {
        guard let text = address.components.first?.text, let ip = IPAddress(text), !ip.isLoopback else { return nil }
        return ip.description
    }

    private func disconnect(_ peer: PeerID) {
        channels.removeValue(forKey: peer)?.close()
        // What came before the connection ended, and was not read yet, still counts.
        if !swarm.isConnected(peer), let stream = inbound.removeValue(forKey: peer) { leaving[peer] = stream }
        if leaving[peer] == nil { forget(peer) }
    }

    private func forget(_ peer: PeerID) {
        state.peerDisconnected(peer, now)
        perform()
    }

    /// Reads a peer's own stream, until it ends or another takes its place.
    private func read(_ stream: Stream) async {
        let peer = stream.connection.remotePeer
        inbound.updateValue(stream, forKey: peer)?.reset()
        defer {
            if inbound[peer] === stream { inbound[peer] = nil }
            if leaving[peer] === stream {
                leaving[peer] = nil
                forget(peer)
            }
        }
        connect(peer)
        // What it tells first is for the state, which knows the peer when our own stream is there.
        let deadline = now + Self.patience
        while channels[peer]?.version == nil {
            guard now < deadline, channels[peer] != nil else { return stream.reset() }
            await swarm.world.clock.sleep(for: .milliseconds(5))
        }
        var decoder = LengthPrefixedDecoder(limit: configuration.maximumRPC)
        do {
            while let bytes = try await stream.read() {
                decoder.receive(bytes)
                while let frame = try decoder.next() {
                    state.receive(try RPC(frame, limits: configuration.limits), from: peer, now)
                }
                perform()
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
}
