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
import Wire

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

    /// Who it is.
    let account: Account
    /// What runs, or has run last, for the account; nil until it is unlocked for the first time.
    var running: EngineParts?
    /// Whether the account is locked, and nothing runs for it.
    var isLocked = true
    /// Why.
    var lockReason = LockReason.start
    /// Whether it is being unlocked, or locked: commands that need it do not begin.
    var isChangingLock = false
    /// Changes of the account that were made while it was locked: they are logged once it is not.
    var untold: [NewEvent] = []
    /// Locks it when nobody has asked for anything for long enough.
    var idleTimer: Timer?
    /// When a command was last begun.
    var lastCommand: Instant
    /// What its sessions have done.
    let counters = Counters()
    /// What a bot has said lately.
    var botGuard = BotGuard()
    /// The user's contacts by the names that they have for the next line, also those that are on their way to the disk.
    var contacts = ContactBook([])
    /// The contacts that are on the disk.
    var storedContacts = ContactBook([])
    /// How many changes of a contact are on their way to the disk.
    var contactChanges: [PeerID: Int] = [:]
    let startedAt: Instant

    /// The readers with a name that sessions of this engine have told events.
    var readers: [ByteText: ReaderMark] = [:]
    /// The topics that were entered by command; the engine is in others of its own.
    var topics: Set<GossipSub.Topic> = []
    /// The commands that were given with an idempotency key.
    lazy var keys = makeKeys(KnownKeys())
    var pruning: Pruning?
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
    var lastSeq: Int64 = 0
    /// The last one that the reader before this engine was seen to take.
    var pipeCursor: Int64 = 0
    /// What was found wrong with the profile's directory in this turn; nil if nobody has looked yet.
    private var profileProblem: String??
    let lifecycle = Lifecycle()
    /// Called once, when the engine begins to stop.
    public var onStopping: (@NetworkActor () -> Void)?
    private let output: any LineSink
    var network: NetworkEvents?

    private init(
        _ account: Account, world: World, options: EngineOptions, output: any LineSink, log: any LogSink,
        _ record: (any RecordSink)?
    ) {
        self.account = account
        self.world = world
        self.options = options
        configuration = options.configuration
        self.log = log
        self.record = record
        startedAt = world.clock.now
        lastCommand = startedAt
        self.output = output
    }

    /// Starts an engine; the first line it writes is `started`, or `locked`.
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
        do throws(CommandFailure) {
            if let failure = CommandFailure.missingAlgorithms { throw failure }
            let account = try Account(options, world: world)
            let engine = Engine(account, world: world, options: options, output: output, log: log, record)
            record?.write(RecordEntry(.begin(RecordHeader(options, at: world.wallClock.now)), at: engine.startedAt))
            try await engine.begin()
            return engine
        } catch {
            if tellsFailure { await refuse(error, world: world, output: output) }
            throw error
        }
    }

    /// Runs, if the account is unlocked or the passphrase was given along; else waits for it.
    private func begin() async throws(CommandFailure) {
        if let passphrase = options.secret {
            if account.vault == nil, account.directory != nil, options.makesAccount {
                try await account.make(passphrase)
            } else if account.isLocked, account.vault != nil {
                let secrets = try await account.open(passphrase)
                account.adopt(secrets)
                await renewVault(secrets, passphrase)
            } else if account.vault != nil {
                log(.warning, "no passphrase needed", [("reason", "the account has none; account.password sets one")])
            }
            // It has served: from now on whoever wants to export or delete is asked.
            passphrase.wipe()
        }
        if account.isLocked {
            lockReason = account.vault == nil ? .missing : .start
            sayLocked(session, lockReason)
        } else {
            try await run()
        }
    }

    func sayStarted(_ session: Session, _ lastSeq: Int64) {
        session.output.line(Events.started.name) { line in
            line.expect(Events.started.fields)
            line.peer(Fields.peer, localPeer)
            line.count(LifeFields.language, LinnetVersion.language)
            line.string(Fields.version, LinnetVersion.current)
            line.addresses(Fields.addresses, ownAddresses)
            line.string(StatusFields.profile, options.profileName)
            line.string(LifeFields.account, accountName)
            line.limits()
            line.integer(Fields.sequence, lastSeq)
        }
    }

    /// Drops no more old events.
    func stopPruning() {
        pruning?.stop()
    }

    /// Durable events that were just committed.
    func logged(_ events: [LoggedEvent]) {
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
    func admit(_ spec: CommandSpec) throws(CommandFailure) {
        guard lifecycle.admitsCommands else {
            throw CommandFailure(.engineStopping, "the engine is stopping; start it again")
        }
        lastCommand = world.clock.now
        guard !isLocked && !isChangingLock || spec.worksLocked else {
            throw account.vault == nil && account.directory != nil
                ? CommandFailure(.accountMissing, "there is no account in this profile yet") : .locked
        }
        if spec.concernsProfile { try checkProfile() }
    }

    /// Looks whether the profile is where it was: once in a turn, however many commands come in it.
    private func checkProfile() throws(CommandFailure) {
        guard let place = account.place else { return }
        if profileProblem == nil {
            profileProblem = .some(place.problem())
            world.atEndOfTurn { [weak self] in self?.profileProblem = nil }
        }
        if case .some(.some(let problem)) = profileProblem { throw .gone(problem) }
    }

    /// Logs, if anybody wants it.
    func log(_ level: LogLevel, _ event: String, _ fields: @autoclosure () -> [(name: String, value: String)] = []) {
        guard level <= log.level else { return }
        log.write(LogRecord(level, at: world.wallClock.now, event, fields()))
    }
}
