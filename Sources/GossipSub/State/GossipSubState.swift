import Identity
import Time

/// What a node of pubsub knows and decides. Events and the time go in; what to do comes out of ``takeActions()``.
///
/// Everything is bounded by the configuration and by the number of connected peers. No decision depends on the order
/// of a set: with one `Random`, the same events give the same actions.
///
/// Source: gossipsub v1.0, v1.1, v1.2; floodsub.
public struct GossipSubState<Random: RandomNumberGenerator> {
    /// A connected peer that speaks pubsub.
    struct Peer {
        var version: GossipSub.Version
        /// Whether we have connected to it.
        var isOutbound: Bool
        /// What it has subscribed to; at most ``GossipSubConfiguration/maximumTopicsPerPeer``.
        var topics: Set<GossipSub.Topic> = []
        /// IHAVE messages taken since the last heartbeat.
        var iHaveMessages = 0
        /// Ids asked of it since then.
        var askedIDs = 0
        /// IDONTWANT messages taken since then.
        var iDontWantMessages = 0
        /// What it does not want, with the heartbeats that this is remembered; bounded by
        /// ``GossipSubConfiguration/maximumUnwanted``.
        var unwanted: [MessageID: Int] = [:]
    }

    struct Fanout {
        var peers: Set<PeerID> = []
        var lastPublished: Instant
    }

    /// A message whose signature is being verified, or that the application has been asked about.
    struct Pending {
        let message: PubsubMessage
        let from: PeerID
        /// Who has sent the same since.
        var copiers: Set<PeerID> = []
        /// Other messages with the same id, while it is not known which of them is the author's.
        var rivals: [(message: PubsubMessage, from: PeerID)] = []
        /// Whether its signature is valid, if it has to have one.
        var isProven = false
    }

    /// This node.
    public let localPeer: PeerID
    /// What was set at the start.
    public let configuration: GossipSubConfiguration
    /// How peers have behaved.
    public internal(set) var score: PeerScore

    var random: Random
    var peers: [PeerID: Peer] = [:]
    /// The topics that we are in, each with its mesh.
    var mesh: [GossipSub.Topic: Set<PeerID>] = [:]
    /// Topics that we only publish to.
    var fanout: [GossipSub.Topic: Fanout] = [:]
    /// Who has subscribed to what.
    var subscribers: [GossipSub.Topic: Set<PeerID>] = [:]
    /// Until when a peer is not to be grafted. Outlives connections; expired ones go with the heartbeat.
    var backoffs = Backoffs()
    var cache: MessageCache
    var seen: SeenCache
    var sequences: SequenceGuard
    var promises = Promises()
    var pending: [MessageID: Pending] = [:]
    /// Peers that are always connected, outside of every mesh, and always sent everything.
    var direct: Set<PeerID> = []
    /// Signed records of connected peers, to be named in PRUNE.
    var records: [PeerID: [UInt8]] = [:]
    /// GRAFT and PRUNE that go out together at the end of an event.
    var outbox: [PeerID: RPC] = [:]
    var actions: [GossipSubAction] = []
    var ticks = 0
    var lastDecay: Instant?
    /// Counts of what happened.
    public internal(set) var counts = GossipSubCounts()

    /// A node without peers and topics.
    public init(localPeer: PeerID, configuration: GossipSubConfiguration = .init(), random: Random) {
        configuration.validate()
        self.localPeer = localPeer
        self.configuration = configuration
        self.random = random
        score = PeerScore(
            configuration.score, deliveryTTL: configuration.seenTTL, deliveryCapacity: configuration.seenCapacity / 2)
        cache = MessageCache(
            history: configuration.historyLength, gossip: configuration.historyGossip,
            capacity: configuration.cacheCapacity)
        seen = SeenCache(ttl: configuration.seenTTL, capacity: configuration.seenCapacity)
        sequences = SequenceGuard(ttl: configuration.seenTTL, capacity: configuration.maximumAuthors)
    }

    /// What to do after the events so far, in this order.
    public mutating func takeActions() -> [GossipSubAction] {
        for peer in outbox.keys.sorted() {
            guard let rpc = outbox[peer], !rpc.isEmpty else { continue }
            actions.append(.send(rpc.frame, to: [peer], .control))
        }
        outbox.removeAll(keepingCapacity: true)
        var taken: [GossipSubAction] = []
        swap(&taken, &actions)
        return taken
    }
}

/// What is known
extension GossipSubState {
    /// The topics that we are in, sorted.
    public var topics: [GossipSub.Topic] { mesh.keys.sorted() }

    /// The connected peers that have subscribed to a topic, sorted.
    public func subscribers(of topic: GossipSub.Topic) -> [PeerID] { (subscribers[topic] ?? []).sorted() }

    /// Whether no connected peer has subscribed to a topic.
    public func isEmpty(_ topic: GossipSub.Topic) -> Bool { subscribers[topic]?.isEmpty ?? true }

    /// Whether a connected peer has subscribed to a topic.
    public func isSubscriber(_ peer: PeerID, of topic: GossipSub.Topic) -> Bool {
        subscribers[topic]?.contains(peer) ?? false
    }

    /// The mesh of a topic that we are in, sorted.
    public func mesh(of topic: GossipSub.Topic) -> [PeerID] { (mesh[topic] ?? []).sorted() }

    /// The connected peers that speak pubsub, sorted.
    public var connectedPeers: [PeerID] { peers.keys.sorted() }

    func isAbove(_ threshold: Double, _ peer: PeerID, _ now: Instant) -> Bool {
        direct.contains(peer) || score.score(of: peer, now) >= threshold
    }

    /// Up to `count` of these peers, at random.
    mutating func pick(_ count: Int, from candidates: some Sequence<PeerID>) -> [PeerID] {
        guard count > 0 else { return [] }
        // Sorted first, so that the choice depends on nothing but the random numbers.
        return Array(candidates.sorted().shuffled(using: &random).prefix(count))
    }

    /// The subscribers of a topic that may be asked into its mesh.
    func graftable(_ topic: GossipSub.Topic, _ now: Instant) -> [PeerID] {
        (subscribers[topic] ?? []).filter { isGraftable($0, topic, now) }
    }

    /// Whether a peer may be asked into a topic's mesh.
    func isGraftable(_ peer: PeerID, _ topic: GossipSub.Topic, _ now: Instant) -> Bool {
        peers[peer]?.version.hasMesh == true && mesh[topic]?.contains(peer) != true && !direct.contains(peer)
            && !backoffs.isActive(peer, topic, now) && score.score(of: peer, now) >= 0
    }

    /// Takes a peer into a topic's mesh and tells it.
    mutating func graft(_ peer: PeerID, _ topic: GossipSub.Topic, _ now: Instant) {
        mesh[topic, default: []].insert(peer)
        score.graft(peer, topic, now)
        outbox[peer, default: RPC()].control.graft.append(topic)
    }

    /// Takes a peer out of a topic's mesh, tells it, and does not want it back for a while.
    mutating func prune(
        _ peer: PeerID, _ topic: GossipSub.Topic, _ now: Instant, namesPeers: Bool, backoff: Duration? = nil
    ) {
        mesh[topic]?.remove(peer)
        score.prune(peer, topic, now)
        let backoff = backoff ?? configuration.pruneBackoff
        backoffs.extend(peer, topic, until: now + backoff)
        var prune = RPC.Prune(topic)
        if let version = peers[peer]?.version, version >= .v1_1 {
            prune.backoff = UInt64(max(0, backoff.components.seconds))
            if namesPeers { prune.peers = peersToName(to: peer, topic, now) }
        }
        outbox[peer, default: RPC()].control.prune.append(prune)
    }

    /// Peers of a topic for somebody whom we do not take in.
    private mutating func peersToName(
        to peer: PeerID, _ topic: GossipSub.Topic, _ now: Instant
    ) -> [RPC.PeerInfo] {
        guard configuration.prunePeers > 0, score.score(of: peer, now) >= 0 else { return [] }
        // Without a record it could not be dialed.
        let candidates = (subscribers[topic] ?? []).filter {
            $0 != peer && records[$0] != nil && score.score(of: $0, now) >= 0
        }
        let named = pick(configuration.prunePeers, from: candidates)
        return named.map { RPC.PeerInfo($0.bytes, record: records[$0]) }
    }
}
