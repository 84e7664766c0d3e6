import GossipSub
import Identify
import Identity
import Messaging
import Multiformats
import Perf
import Ping
import Reactor
import RequestResponse
import Store
import Swarm
import Time

/// The engine of linnet: lines of commands in, lines of answers and events out, and between them everything that is
/// below, put together here.
///
/// ```swift
/// let engine = try await Engine.start(world: .real(), options: options, output: sink, log: log)
/// await engine.receive(Array(#"{"cmd":"status"}"# + "\n"))
/// await engine.endOfInput()
/// let status = await engine.exitStatus
/// ```
///
/// The language is that of the schema (`Schema/`, and `CommandSpec`s beside their handlers in `Commands/`). An engine
/// reads no descriptor and knows no command line; time, randomness, the network and threads are those of its `World`,
/// so two engines run in one process, or in a simulated world.
@NetworkActor public final class Engine {
    /// Where it runs.
    public let world: World
    let options: EngineOptions
    /// What the user has set, by now.
    public internal(set) var configuration: Configuration
    let log: any LogSink
    /// Where what is heard and said is kept, if it is.
    let record: (any RecordSink)?
    let commands = CommandTable.standard

    let profile: Profile
    let store: Store
    /// The network, for those who embed an engine.
    public let swarm: Swarm
    let identify: IdentifyService
    let ping: PingService
    let perf: PerfService
    let requests: RequestResponse
    let gossip: GossipSubService
    let messaging: DirectMessaging
    /// What its sessions have done.
    let counters = Counters()
    /// The user's contacts; the store has the same.
    var contacts: ContactBook
    let startedAt: Instant

    /// The consumers that sessions of this engine have subscribed as.
    var consumers: Set<String> = []
    /// The commands that were given with an idempotency key.
    private(set) lazy var keys = IdempotencyKeys(store: store, known: knownKeys) { [weak self] in
        self?.storeFailed($0)
    }
    private let knownKeys: [String]
    private(set) var pruning: Pruning?
    /// Where files are written, so that a slow disk holds nobody up; in the order in which it was asked for.
    private(set) lazy var fileWorker = world.serialWorker(named: "files")

    /// The speaker on the engine's own pipes.
    private(set) lazy var session = {
        let session = Session(engine: self, sink: output, number: 0)
        session.onReaderGone = { [unowned self] in stop(.readerGone, drain: .zero) }
        return session
    }()
    /// The one of all speakers whose progress is kept over the engine's end: that on the pipes, or one in its place.
    lazy var reader = session
    /// Those who speak besides. At most ``maximumClients``.
    var clients: [Client] = []
    /// How many there have been.
    var clientCount = 0
    /// The last durable event that was ever logged.
    private(set) var lastSeq: Int64
    /// The last one that the reader before this engine was seen to take.
    let pipeCursor: Int64
    let lifecycle = Lifecycle()
    /// Called once, when the engine begins to stop.
    public var onStopping: (@NetworkActor () -> Void)?
    private let output: any LineSink
    private var network: NetworkEvents?

    private init(
        _ parts: EngineParts, world: World, options: EngineOptions, output: any LineSink, log: any LogSink,
        _ record: (any RecordSink)?
    ) {
        self.world = world
        self.options = options
        configuration = options.configuration
        self.log = log
        self.record = record
        profile = parts.profile
        store = parts.store
        swarm = parts.swarm
        identify = parts.identify
        ping = parts.ping
        perf = parts.perf
        requests = parts.requests
        gossip = parts.gossip
        messaging = parts.messaging
        contacts = parts.contacts
        knownKeys = parts.keys
        lastSeq = parts.lastSeq
        pipeCursor = parts.cursor
        startedAt = world.clock.now
        self.output = output
    }

    /// Starts an engine; the first line it writes is `started`.
    ///
    /// - Parameters:
    ///   - record: Where what it hears and says is kept.
    ///   - tellsFailure: Whether to write, if it cannot start, the lines that say why.
    /// - Throws: `profile.in_use`, `profile.invalid`, `store.…`, `address.…`: then nothing runs, and the lines that
    ///   tell it have been written.
    public static func start(
        world: World, options: EngineOptions, output: any LineSink, log: any LogSink = SilentLog(),
        record: (any RecordSink)? = nil, tellsFailure: Bool = true
    ) async throws(CommandFailure) -> Engine {
        let parts: EngineParts
        do throws(CommandFailure) {
            parts = try await EngineParts.assemble(world: world, options: options)
        } catch {
            if tellsFailure { await refuse(error, world: world, output: output) }
            throw error
        }
        let engine = Engine(parts, world: world, options: options, output: output, log: log, record)
        record?.write(RecordEntry(.begin(RecordHeader(options, at: world.wallClock.now)), at: engine.startedAt))
        do throws(CommandFailure) {
            try await engine.begin(parts)
        } catch {
            await parts.close()
            if tellsFailure { await refuse(error, world: world, output: output) }
            throw error
        }
        return engine
    }

    /// This engine's peer id.
    public var localPeer: PeerID { profile.identity.peerID }

    private func begin(_ parts: EngineParts) async throws(CommandFailure) {
        do throws(MessagingError) {
            try await messaging.start()
        } catch {
            throw CommandFailure(error)
        }
        // From here to `started` nothing suspends, so nothing can be told before it.
        for text in settings.listen { try listen(text) }
        store.onEvents = { [weak self] events in self?.logged(events) }
        store.passenger = { [weak self] in self?.cursorUpdate() }
        sayStarted(session, lastSeq)
        let network = NetworkEvents(self)
        swarm.addObserver(network)
        self.network = network
        log(.info, "started", [("peer", localPeer.description)])
        pruning = Pruning(settings.retention, world: world, store: store) { [weak self] in self?.storeFailed($0) }
        guard options.tellsEvents else { return session.events.count(from: lastSeq) }
        session.events.onLimit = { [weak self] in self?.stop(.endOfInput) }
        // What an engine before this one has told, nobody knows.
        tell(
            session, after: pipeCursor, mayHaveBeenToldThrough: lastSeq, limit: options.eventLimit, options.filter)
    }

    func sayStarted(_ session: Session, _ lastSeq: Int64) {
        session.output.line(Events.started.name) { line in
            line.expect(Events.started.fields)
            line.peer(Fields.peer, localPeer)
            line.count(LifeFields.language, LinnetVersion.language)
            line.string(Fields.version, LinnetVersion.current)
            line.addresses(Fields.addresses, ownAddresses)
            line.string(StatusFields.profile, options.profileName)
            line.field(LifeFields.limits) { json in
                json.beginObject()
                json.key("line")
                json.integer(LineSplitter.maximumLength)
                json.key("in_flight")
                json.integer(Session.maximumInFlight)
                json.endObject()
            }
            line.integer(Fields.sequence, lastSeq)
        }
    }

    /// Drops no more old events.
    func stopPruning() {
        pruning?.stop()
    }

    /// Durable events that were just committed.
    private func logged(_ events: [LoggedEvent]) {
        counters.eventsLogged += UInt64(events.count)
        lastSeq = max(lastSeq, events.last?.seq ?? 0)
        for session in sessions { session.events.publish(events) }
        pruning?.logged(events.count)
        lifecycle.changed()
    }
}

/// What commands need of it
extension Engine {
    /// Resolves what users write for peers.
    var resolver: TargetResolver {
        TargetResolver(contacts: contacts, localPeer: localPeer)
    }

    /// The other peer that an argument names.
    func target(_ call: Invocation, _ argument: Argument<String>) throws(CommandFailure) -> PeerID {
        try resolver.resolveOther(try call.value(argument), field: argument.spec.name)
    }

    /// Where this engine listens, each address with its peer id: ready for another's `net.connect`.
    var ownAddresses: [Multiaddr] { named(swarm.listenAddresses) }

    /// Addresses with this engine's peer id.
    func named(_ addresses: [Multiaddr]) -> [Multiaddr] {
        addresses.map { $0.peerID == nil ? $0.appending(peer: localPeer) : $0 }
    }

    /// Whether a command may begin.
    func admit(_ envelope: Envelope) throws(CommandFailure) {
        guard lifecycle.admitsCommands else {
            throw CommandFailure(.engineStopping, "the engine is stopping; start it again")
        }
    }

    /// Logs, if anybody wants it.
    func log(_ level: LogLevel, _ event: String, _ fields: @autoclosure () -> [(name: String, value: String)] = []) {
        guard level <= log.level else { return }
        log.write(LogRecord(level, at: world.wallClock.now, event, fields()))
    }
}
