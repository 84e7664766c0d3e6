import Identity
import Reactor
import RequestResponse
import Store
import Swarm
import Time

/// Direct messages: accepts ours into the durable outbox and sees them delivered, takes in those of others.
///
/// ```swift
/// let messaging = DirectMessaging(
///     world: world, swarm: swarm, requests: requests, store: store, identity: identity, encodeEvent: encode)
/// try await messaging.start()
/// let id = try await messaging.send(MessageBody(text: "hi"), to: bob)
/// let state = try await messaging.wait(for: id, state: .delivered)
/// ```
///
/// Events go through `encodeEvent`, on the store's thread, into the event log, in the transaction of the change that
/// they tell of.
@NetworkActor
public final class DirectMessaging {
    let world: World
    let swarm: Swarm
    let requests: RequestResponse
    let store: Store
    let identity: KeyPair
    let configuration: MessagingConfiguration
    /// Turns what happened into an entry of the event log, on any thread.
    public let encodeEvent: @Sendable (MessagingEvent) -> NewEvent

    var phase = Phase.created
    var ids = MessageIDGenerator()
    var queues: [PeerID: PeerQueue] = [:]
    /// What the peers that are connected turned out to speak.
    var protocols: [PeerID: MessageProtocol] = [:]
    /// Why the last attempt to send to a peer failed; only for peers with a queue.
    var obstacles: [PeerID: Obstacle] = [:]
    var pauses: [PeerID: (until: Instant, timer: Timer)] = [:]
    /// Requests to peers that were not connected when they began.
    var dials = 0
    /// Peers whose turn to be dialed will come, in order.
    var undialed: [PeerID] = []
    var rate: InboundRate
    var expiry: (at: Timestamp, timer: Timer)?
    /// Changes of state on their way to the disk.
    var settling = 0
    /// Messages whose peer has answered, until the disk knows.
    var unsettled: Set<Int64> = []
    let waiters = StateWaiters()
    var drainers: [UInt64: Drainer] = [:]

    enum Phase {
        case created
        case running
        case stopped
    }

    /// Messages of ours that no peer has acknowledged: `undelivered` is all of them, `unsent` those among them that were
    /// never handed to a connection.
    public internal(set) var pendingCount: (unsent: Int, undelivered: Int) = (0, 0)

    /// What a peer calls itself, for display.
    public var nickname: @NetworkActor (PeerID) -> String? = { _ in nil }

    /// Somebody else has said something in this conversation, and is a bot or not.
    public var onHearing: (@NetworkActor (_ chat: String, _ isBot: Bool) -> Void)?

    /// A service that does nothing until `start`.
    ///
    /// - Parameters:
    ///   - identity: signs what we write; the identity of the swarm.
    ///   - encodeEvent: turns what happened into an entry of the event log. Called on the store's thread.
    public init(
        world: World, swarm: Swarm, requests: RequestResponse, store: Store, identity: KeyPair,
        configuration: MessagingConfiguration = .init(), encodeEvent: @escaping @Sendable (MessagingEvent) -> NewEvent
    ) {
        self.world = world
        self.swarm = swarm
        self.requests = requests
        self.store = store
        self.identity = identity
        self.configuration = configuration
        self.encodeEvent = encodeEvent
        rate = InboundRate(configuration)
    }

    /// Loads the outbox, begins to receive, and goes on with what was not delivered yet. Call once.
    public func start() async throws(MessagingError) {
        let backlogs: [OutboxBacklog]
        let nextExpiry: Timestamp?
        do {
            (backlogs, nextExpiry) = try await store.read { (try $0.outboxBacklogs(), try $0.nextOutboxExpiry()) }
        } catch {
            throw MessagingError(error)
        }
        phase = .running
        for backlog in backlogs {
            guard let peer = try? PeerID(backlog.peer) else { continue }
            pendingCount.unsent += backlog.unsent
            pendingCount.undelivered += backlog.count
            queues[peer] = PeerQueue(limits: queueLimits, hasBacklog: true)
            // Not all at once: many peers may be away.
            if !swarm.isConnected(peer) {
                let spread = Duration.milliseconds(Int64(world.random.next(below: 1000)))
                queues[peer]?.pause(world.clock.now + spread)
            }
        }
        swarm.addObserver(self)
        beginReceiving()
        if let nextExpiry { scheduleExpiry(nextExpiry) }
        for peer in queues.keys.sorted() { pump(peer) }
    }

    /// Stops sending and receiving. What waits is in the store, and the next start goes on with it. Who waits for a
    /// state gets the error `stopped`.
    public func stop() {
        guard phase == .running else { return }
        phase = .stopped
        endReceiving()
        swarm.removeObserver(self)
        expiry?.timer.cancel()
        for pause in pauses.values { pause.timer.cancel() }
        pauses = [:]
        waiters.failAll(MessagingError(.stopped, "messaging was stopped"))
        endDrain(force: true)
    }

    /// The time by which messages expire.
    var steadyNow: Timestamp { world.steadyClock.now }

    var queueLimits: PeerQueue.Limits {
        PeerQueue.Limits(window: configuration.window, largeBody: configuration.largeBody)
    }

    static func closed() -> MessagingError { MessagingError(.stopped, "messaging is not running") }
}

/// What a peer's messages travel in.
enum MessageProtocol: Sendable {
    case linnet
    case gigi

    init?(_ protocolID: ProtocolID) {
        switch protocolID {
        case MessageRequest.protocolID: self = .linnet
        case GigiDirect.protocolID: self = .gigi
        default: return nil
        }
    }

    var protocolID: ProtocolID {
        switch self {
        case .linnet: MessageRequest.protocolID
        case .gigi: GigiDirect.protocolID
        }
    }
}
