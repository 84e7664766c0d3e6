import Identity
import Swarm
import Time

/// What a node of presence knows and decides. Events and the time go in; what to do comes out of ``takeActions()``.
///
/// Everything is bounded by the configuration and by the number of connected peers. No decision depends on the order
/// of a set: with one `Random`, the same events give the same actions.
public struct PresenceState<Random: RandomNumberGenerator> {
    /// This node.
    public let localPeer: PeerID
    /// What was set at the start, but for the interval.
    public internal(set) var configuration: PresenceConfiguration
    /// Counts of what happened.
    public internal(set) var counts = PresenceCounts()

    var random: Random
    /// What we tell about ourselves.
    var own = PresenceRecord.Shown(status: .online)
    /// The time of our last announcement.
    var lastTime: Int64 = 0
    var lastAnnounced: Instant?
    /// When we announce ourselves next; nil while nobody is there to hear it.
    var nextAnnouncement: Instant?
    /// Whether we have said goodbye.
    var isOver = false
    var foreign = ForeignVoice()
    /// Whether we are in P2PMsg's topic: others may enter it at any time.
    public var isInForeignTopic = false

    /// At most ``PresenceConfiguration/maximumPeers``.
    var records: [PeerID: PresenceRecord] = [:]
    /// How many of them are there.
    var presentCount = 0
    /// Those of whom something is to be told.
    var untold: Set<PeerID> = []
    var newcomers: TokenBucket
    /// The peers with connections.
    var connected: Set<PeerID> = []
    /// The connected peers of the topic, and since when.
    var neighbours: [PeerID: Instant] = [:]
    /// Those of them whom we have asked about others.
    var greeted: Set<PeerID> = []
    var greetings: TokenBucket
    /// Whether one of them has answered, since we were alone.
    var isWelcome = false
    /// The peers that are being asked, and since when. At most ``PresenceConfiguration/maximumProbes`` and
    /// ``PresenceConfiguration/maximumDoubts``, and ``PresenceConfiguration/greetings``.
    var asked: [PeerID: Question] = [:]
    /// Peers in whose name something came that may be old, and when they were asked. At most
    /// ``PresenceConfiguration/maximumDoubted``.
    var doubted: [PeerID: Instant] = [:]
    var nextLook: Instant
    var actions: [PresenceAction] = []

    /// Why a peer is asked.
    enum Reason: Equatable {
        case silence
        case doubt
        case greeting
    }

    struct Question {
        var reason: Reason
        var since: Instant
    }

    /// How often everything is looked over.
    private static var lookInterval: Duration { .seconds(1) }
    /// How much longer that takes while nobody is known.
    private static var restInterval: Duration { .seconds(59) }

    /// A node that knows nobody yet.
    public init(
        localPeer: PeerID, configuration: PresenceConfiguration = .init(), random: Random, _ moment: PresenceMoment
    ) {
        configuration.validate()
        self.localPeer = localPeer
        self.configuration = configuration
        self.random = random
        newcomers = TokenBucket(
            rate: configuration.newcomers.rate, burst: configuration.newcomers.burst, now: moment.now)
        let seconds = Double(configuration.interval.millisecondsClamped) / 1000
        greetings = TokenBucket(
            rate: Double(configuration.greetings) / seconds, burst: configuration.greetings, now: moment.now)
        nextLook = moment.now + Self.lookInterval
    }

    /// What to do after the events so far, in this order.
    public mutating func takeActions() -> [PresenceAction] {
        var taken: [PresenceAction] = []
        swap(&taken, &actions)
        return taken
    }

    /// When to call ``tick(_:)`` at the latest.
    public var deadline: Instant { min(lookDue, nextAnnouncement ?? .distantFuture) }

    /// Alone there is little to look over.
    private var lookDue: Instant { isAlone ? nextLook + Self.restInterval : nextLook }

    private var isAlone: Bool {
        connected.isEmpty && neighbours.isEmpty && records.isEmpty && asked.isEmpty && !foreign.isThere
            && !isInForeignTopic
    }

    /// Time has passed.
    public mutating func tick(_ moment: PresenceMoment) {
        guard !isOver else { return }
        if let nextAnnouncement, nextAnnouncement <= moment.now { announce(moment) }
        guard lookDue <= moment.now else { return }
        nextLook = moment.now + Self.lookInterval
        suspect(moment)
        forget(moment)
        greet(moment)
        tellLate(moment)
        if let word = foreign.due(moment.now, every: interval) { actions.append(.say(word)) }
    }
}

/// What is known
extension PresenceState {
    /// Everybody who is known, sorted by peer id; those who have gone lately among them.
    public var peers: [PeerPresence] {
        records.keys.sorted().compactMap { peer in records[peer]?.presence(of: peer) }
    }

    /// How many peers are there.
    public var count: Int { presentCount }

    /// What is known of a peer.
    public subscript(peer: PeerID) -> PeerPresence? { records[peer]?.presence(of: peer) }

    /// From one announcement of ours to the next, at most: longer, the more peers there are.
    public var interval: Duration {
        let wanted = configuration.pace * (presentCount + 1)
        return min(max(wanted, configuration.interval), configuration.maximumInterval)
    }

    /// A random part of a duration.
    mutating func part(of duration: Duration) -> Duration {
        let most = max(0, duration.millisecondsClamped)
        return .milliseconds(Int64.random(in: 0...most, using: &random))
    }
}
