import Crypto
import Identity
import Multiformats
import Noise
import Reactor
import Time
import Yamux

/// A node's connections to its peers.
///
/// A swarm listens, dials, upgrades what comes of both to secured and multiplexed connections, and hands inbound
/// streams to the handlers of their protocols. It knows no protocol of its own: identify, ping and the rest are
/// handlers and callers.
///
/// ```swift
/// let swarm = Swarm(world: .real(), identity: keys)
/// try swarm.listen(on: Multiaddr("/ip4/0.0.0.0/tcp/4001"))
/// swarm.setHandler("/echo/1.0.0") { stream in
///     while let bytes = try? await stream.read() { try? await stream.write(bytes) }
/// }
/// let stream = try await swarm.openStream(to: peer, ["/echo/1.0.0"])
/// ```
///
/// Everything is isolated to the network actor. A swarm lives until ``close()``.
@NetworkActor
public final class Swarm {
    /// Time, randomness, network.
    public let world: World
    /// The key pair behind ``localPeer``.
    public let identity: KeyPair
    /// This node's own id.
    public let localPeer: PeerID
    /// What was set at the start.
    public let configuration: SwarmConfiguration
    /// Where peers can be reached.
    public let addressBook: AddressBook
    /// What peers have said about themselves.
    public internal(set) var peers = PeerStore()

    /// What has happened so far.
    public internal(set) var counters = SwarmCounters()

    let accounts: ResourceAccounts
    let buffers = RecordBuffers()
    let noiseKey: NoiseStaticKey

    var listeners: [ListeningSocket] = []
    var confirmedAddresses: [Multiaddr] = []
    var handlers: [ProtocolID: ProtocolHandler] = [:]
    var observers = ObserverList()

    /// Tells when this host's interfaces change; from the first time that there is something to tell.
    var interfaceWatch: (any InterfaceWatch)?
    /// The addresses of this host, as of the last change.
    var hostAddresses: Set<IPAddress> = []
    var redials = Redials()
    var redialTimer: (at: Instant, timer: Timer)?

    var pending: [ObjectIdentifier: PendingConnection] = [:]
    var dials: [PeerID: Dial] = [:]
    var connectionsByPeer: [PeerID: [Connection]] = [:]
    /// Connections that have ended but still send what was queued.
    var closing: [UInt64: Connection] = [:]
    var closeWaiters: [Waiter] = []
    private var lastConnectionID: UInt64 = 0
    /// Whether ``close()`` was called.
    public internal(set) var isClosed = false

    private var flushQueue: [Connection] = []
    private var readQueue: [Connection] = []
    private var isTurnScheduled = false
    private var idleEvents: [[YamuxEvent]] = []

    /// A swarm that neither listens nor dials yet.
    ///
    /// - Parameters:
    ///   - world: where time, randomness and the network come from.
    ///   - identity: the key pair whose peer id it has.
    ///   - configuration: limits and times.
    public init(world: World, identity: KeyPair, configuration: SwarmConfiguration = .init()) {
        self.world = world
        self.identity = identity
        self.configuration = configuration
        localPeer = identity.peerID
        accounts = ResourceAccounts(limits: configuration.limits)
        addressBook = AddressBook(
            clock: world.clock, maximumAddresses: configuration.addressesPerPeer,
            maximumPeers: configuration.peersInAddressBook)
        noiseKey = NoiseStaticKey(privateKey: Self.makeKey(world.random), identity: identity)
        addressBook.isConnected = { [weak self] in self?.isConnected($0) ?? false }
    }

    func makeEphemeralKey() -> X25519.PrivateKey { Self.makeKey(world.random) }

    private static func makeKey(_ random: any RandomSource) -> X25519.PrivateKey {
        X25519.PrivateKey(bytes: SecretBytes(count: X25519.byteCount) { random.fill($0) })
    }

    // MARK: Observers

    /// Adds someone who wants to know what happens. Held weakly; adding twice is adding once.
    public func addObserver(_ observer: any SwarmObserver) { observers.add(observer) }

    /// Takes an observer out.
    public func removeObserver(_ observer: any SwarmObserver) { observers.remove(observer) }

    /// What identify has learned about a peer: kept in ``peers`` and told to the observers.
    public func post(identified peer: PeerID, _ info: PeerInfo) {
        var info = info
        info.roundTripTime = info.roundTripTime ?? peers[peer]?.roundTripTime
        peers[peer] = info
        for observer in observers.all { observer.identified(peer, info) }
    }

    /// A round trip that a protocol has measured: kept in ``peers``. Told to nobody.
    public func post(roundTripTime: Duration, to peer: PeerID) {
        peers[peer]?.roundTripTime = roundTripTime
    }

    // MARK: Resources

    /// Whether a peer is one that the user knows, such as a contact. What strangers use up is kept apart from what
    /// familiar peers have: a quarter of everything is kept for those, and the limit of a protocol on all its streams
    /// counts only the strangers'. Nobody is familiar until this is set. Asked for each connection and each stream.
    public var isFamiliar: @NetworkActor (PeerID) -> Bool {
        get { accounts.isFamiliar }
        set { accounts.isFamiliar = newValue }
    }

    /// What is in use, and what was refused.
    public var resources: ResourceStatus {
        ResourceStatus(
            system: accounts.system.usage, systemLimit: accounts.system.limit,
            transient: accounts.transient.usage + accounts.familiarTransient.usage,
            transientLimit: accounts.transient.limit, refusals: accounts.refusals, lastRefusal: accounts.lastRefusal)
    }

    // MARK: The loop's turn

    /// Flushes the connection at the end of this turn of the loop: many writes become one.
    func scheduleFlush(_ connection: Connection) {
        guard !connection.isFlushScheduled else { return }
        connection.isFlushScheduled = true
        flushQueue.append(connection)
        scheduleTurn()
    }

    /// Reads on in the next turn: one busy socket must not keep the others waiting.
    func scheduleRead(_ connection: Connection) {
        readQueue.append(connection)
        scheduleTurn()
    }

    private func scheduleTurn() {
        guard !isTurnScheduled else { return }
        isTurnScheduled = true
        world.atEndOfTurn { self.endTurn() }
    }

    private func endTurn() {
        isTurnScheduled = false
        var due: [Connection] = []
        swap(&due, &flushQueue)
        for connection in due { connection.flush() }
        if flushQueue.isEmpty {
            due.removeAll(keepingCapacity: true)
            swap(&due, &flushQueue)
        }
        guard !readQueue.isEmpty else { return }
        var readers: [Connection] = []
        swap(&readers, &readQueue)
        for connection in readers { connection.channelReadable() }
    }

    // Event lists are lent out, so that a call within a call has its own and none is allocated in the long run.

    func takeEvents() -> [YamuxEvent] { idleEvents.popLast() ?? [] }

    func giveBackEvents(_ events: [YamuxEvent]) {
        if idleEvents.count < 4 { idleEvents.append(events) }
    }

    func nextConnectionID() -> UInt64 {
        lastConnectionID += 1
        return lastConnectionID
    }
}
