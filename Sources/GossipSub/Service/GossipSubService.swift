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

    let swarm: Swarm
    let configuration: GossipSubConfiguration
    var state: GossipSubState<RandomGenerator>
    /// The peers that speak pubsub and are connected, or have left something to read.
    var links: [PeerID: PeerLink] = [:]
    /// Changes when something was written to a peer.
    let progress = Condition()
    private var handlers: [GossipSub.Topic: Handler] = [:]
    private var watchers: [GossipSub.Topic: Watcher] = [:]
    private(set) lazy var signatures = SignatureQueue(world: swarm.world) { [weak self] in self?.verified($0) }
    private var heart: Timer?
    private var lastSequence: UInt64 = 0
    private var dials = 0
    private(set) var isRunning = false

    /// Peers named by others that are dialed at a time (go-libp2p: 8 connectors).
    private static let maximumDials = 8
    /// Streams of a peer, of one version: one on each of its connections, and a new one may come before the old one is
    /// known to be gone.
    private static let maximumInbound = 10

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
        let limits = ProtocolLimits(inboundStreams: 4096, perPeer: Self.maximumInbound)
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
        let ended = links.sorted { $0.key < $1.key }
        links = [:]
        for (peer, link) in ended {
            link.leave()
            link.resetInbound()
            state.peerDisconnected(peer, now)
        }
        // Nobody is left to be told.
        _ = state.takeActions()
        progress.changed()
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
        await progress.wait(until: now + patience, on: swarm.world.clock) {
            !links.values.contains { $0.channel.isWriting }
        }
    }

    /// Returns when there is room to publish more: at once, unless a peer that reads lags behind by hundreds of
    /// kilobytes; what is published on and on without waiting is let go at some time. At the latest when `patience` is
    /// over.
    public func room(within patience: Duration) async {
        let deadline = now + patience
        while now < deadline, let end = links.values.compactMap(\.channel.isBehindUntil).min() {
            await progress.wait(until: min(end, deadline), on: swarm.world.clock) {
                !links.values.contains { $0.channel.isBehindUntil != nil }
            }
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

    var now: Instant { swarm.world.clock.now }
}

// MARK: - What the state wants

extension GossipSubService {
    func perform() {
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
            for peer in recipients { links[peer]?.channel.send(frame, priority) }
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

    /// Begins to look after what there is, unless that has begun.
    func beat() {
        if heart == nil { scheduleHeartbeat(after: configuration.heartbeatInitialDelay) }
    }

    private func scheduleHeartbeat(after delay: Duration) {
        heart = swarm.world.clock.schedule(after: delay) { [weak self] in
            guard let self, isRunning else { return }
            // Alone there is nothing to tend: it beats again when somebody comes.
            heart = nil
            if !links.isEmpty { scheduleHeartbeat(after: configuration.heartbeatInterval) }
            for peer in links.keys.sorted() {
                guard let dropped = links[peer]?.channel.takeDropped(), dropped > 0 else { continue }
                state.score.noteSlowness(peer, dropped)
            }
            state.heartbeat(now)
            perform()
        }
    }
}
