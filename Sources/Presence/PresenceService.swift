import GossipSub
import Identity
import Reactor
import RequestResponse
import Swarm
import Time

/// Presence on a swarm: tells and hears in a topic of pubsub, asks and answers on streams, and does what
/// ``PresenceState`` decides.
///
/// The swarm holds its observers weakly, so somebody must hold the service.
@NetworkActor
public final class PresenceService {
    private let swarm: Swarm
    private let gossip: GossipSubService
    private let requests: RequestResponse
    private let configuration: PresenceConfiguration
    private var state: PresenceState<RandomGenerator>
    private lazy var verifier: any SerialWorker = swarm.world.serialWorker(named: "presence")
    private var timer: Timer?
    private var planned: Instant?
    private var isRunning = false

    /// Is called when somebody has come, changed or gone. Not more than once a second for each peer.
    public var onChange: (@NetworkActor (PeerPresence) -> Void)?
    /// Whether we are in P2PMsg's topic: then it is told there as well.
    public var isInForeignTopic = false {
        didSet {
            state.isInForeignTopic = isInForeignTopic
            perform()
        }
    }

    /// A service that has not started.
    public init(
        swarm: Swarm, gossip: GossipSubService, requests: RequestResponse,
        configuration: PresenceConfiguration = .init()
    ) {
        self.swarm = swarm
        self.gossip = gossip
        self.requests = requests
        self.configuration = configuration
        state = Self.state(swarm, configuration)
    }

    private static func state(
        _ swarm: Swarm, _ configuration: PresenceConfiguration
    ) -> PresenceState<RandomGenerator> {
        let world = swarm.world
        return PresenceState(
            localPeer: swarm.localPeer, configuration: configuration, random: world.random.generator,
            PresenceMoment(now: world.clock.now, wall: world.wallClock.now))
    }

    /// Begins, or begins anew: with the first peer that is interested, everybody is told.
    ///
    /// - Throws: ``GossipSubError`` `tooManyTopics`.
    public func start() throws(GossipSubError) {
        guard !isRunning else { return }
        isRunning = true
        if state.isOver {
            let own = state.own
            state = Self.state(swarm, state.configuration)
            state.set(own.status, text: own.text, nick: own.nick, moment)
        }
        var limits = RequestLimits()
        limits.maximumRequest = Greeting.maximumRequest
        limits.maximumResponse = Greeting.maximumCount
        limits.requests = 128
        limits.requestsPerPeer = 2
        limits.rate = 0.5
        limits.burst = 8
        requests.handle([configuration.protocolID], limits: limits) { [weak self] peer, _, request in
            guard let self else { return nil }
            defer { perform() }
            return state.answer(request, from: peer, moment)
        }
        swarm.addObserver(self)
        for peer in swarm.connectedPeers { state.peerConnected(peer) }
        try gossip.subscribe(
            configuration.topic,
            watcher: { [weak self] peer, isMember in
                guard let self else { return }
                state.neighbour(peer, isMember: isMember, moment)
                perform()
            },
            { [weak self] message, _, _ in
                guard let self else { return .ignore }
                defer { perform() }
                return state.receive(message, moment)
            })
        for peer in gossip.peers(of: configuration.topic) { state.neighbour(peer, isMember: true, moment) }
        perform()
    }

    /// Says goodbye, and ends. Before the swarm closes, wait for ``GossipSubService/flush(within:)``.
    public func stop() {
        guard isRunning else { return }
        state.end(moment)
        perform()
        isRunning = false
        timer?.cancel()
        swarm.removeObserver(self)
        gossip.unsubscribe(configuration.topic)
        requests.removeHandlers([configuration.protocolID])
    }

    // MARK: What is told and known

    /// What everybody is told from now on.
    ///
    /// - Parameters:
    ///   - status: online, away or busy.
    ///   - text: one line about that, at most ``DisplayText/maximumText`` bytes.
    ///   - nick: what we call ourselves: one line, at most ``DisplayText/maximumNick`` bytes.
    public func set(_ status: PresenceStatus, text: String?, nick: String?) {
        state.set(status, text: text, nick: nick, moment)
        perform()
    }

    /// What we call ourselves from now on, the rest being as it was.
    public func setNick(_ nick: String?) {
        set(state.own.status, text: state.own.text, nick: nick)
    }

    /// From one announcement of ours to the next, at most, from now on; within ``Announcement/intervals``.
    public func setInterval(_ interval: Duration) {
        state.setInterval(interval, moment)
        perform()
    }

    /// Everybody who is known, sorted by peer id, those who have gone lately among them; nobody while it does not run.
    public var peers: [PeerPresence] { isRunning ? state.peers : [] }

    /// How many peers are there.
    public var count: Int { isRunning ? state.count : 0 }

    /// How often things have happened.
    public var counts: PresenceCounts { state.counts }

    /// What is known of a peer.
    public subscript(peer: PeerID) -> PeerPresence? { isRunning ? state[peer] : nil }

    /// A message has come in P2PMsg's topic.
    public func receiveForeign(_ message: PubsubMessage) {
        guard isRunning, let author = message.author else { return }
        state.receiveForeign(message.data, from: author, moment)
        perform()
    }

    private var moment: PresenceMoment {
        PresenceMoment(now: swarm.world.clock.now, wall: swarm.world.wallClock.now)
    }
}

// MARK: - What the state wants

extension PresenceService {
    private func perform() {
        for action in state.takeActions() { perform(action) }
        guard isRunning else { return }
        let deadline = state.deadline
        guard timer.map({ !$0.isPending }) ?? true || deadline < (planned ?? .distantFuture) else { return }
        timer?.cancel()
        planned = deadline
        timer = swarm.world.clock.schedule(at: deadline) { [weak self] in self?.tick() }
    }

    private func tick() {
        guard isRunning else { return }
        state.enterForeign(isInForeignTopic && !gossip.isEmpty(Presence.foreignTopic))
        state.tick(moment)
        perform()
    }

    private func perform(_ action: PresenceAction) {
        switch action {
        case .publish(let bytes):
            // Without anybody to hear it nothing is lost: who comes is told.
            _ = try? gossip.publish(bytes, to: configuration.topic)
        case .say(let word):
            _ = try? gossip.publish(Array(word.rawValue.utf8), to: Presence.foreignTopic)
        case .ask(let peer, let request):
            ask(peer, request)
        case .verify(let messages):
            verify(messages)
        case .tell(let presence):
            onChange?(presence)
        }
    }

    private func ask(_ peer: PeerID, _ request: [UInt8]) {
        spawn { [weak self, requests, configuration] in
            let answer: PresenceAnswer
            do throws(RequestError) {
                let (_, response) = try await requests.request(
                    peer, protocols: [configuration.protocolID], timeout: configuration.probeTimeout,
                    maximumResponse: Greeting.maximumCount, repeatable: [configuration.protocolID]
                ) { _ in request }
                answer = .greeting(response)
            } catch {
                // Whoever refuses, or asks us to come again later, is there.
                switch error.code {
                case .unsupportedProtocol, .reset, .responseTooLarge: answer = .alive
                default: answer = .none
                }
            }
            guard let self, isRunning else { return }
            state.asked(peer, answer, moment)
            perform()
        }
    }

    private func verify(_ messages: [PubsubMessage]) {
        spawn { [weak self, verifier] in
            let valid = try? await verifier.run { messages.filter(\.hasValidSignature) }
            guard let self, isRunning, let valid else { return }
            state.verified(valid, moment)
            perform()
        }
    }
}

// MARK: - Connections

extension PresenceService: SwarmObserver {
    /// A peer that can be asked without dialing it. It lives, whatever became of a question that was on its way over
    /// another connection.
    public func connectionOpened(_ connection: Connection) {
        guard isRunning else { return }
        state.peerReached(connection.remotePeer, moment)
        perform()
    }

    /// The last connection to a peer may be gone.
    public func connectionClosed(_ connection: Connection, reason: ConnectionCloseReason) {
        let peer = connection.remotePeer
        guard isRunning, !swarm.isConnected(peer), !swarm.isClosed else { return }
        let onPurpose =
            switch reason {
            case .local, .remote, .idle, .duplicate: true
            case .endOfStream, .unresponsive, .protocolError, .network: false
            }
        state.peerDisconnected(peer, onPurpose: onPurpose, moment)
        perform()
    }
}
