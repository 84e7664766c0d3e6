/// What can be set about pubsub. Names are those of the specification; defaults are go-libp2p's unless a line says
/// otherwise.
public struct GossipSubConfiguration: Sendable {
    // MARK: Mesh

    /// D: peers in a topic's mesh.
    public var degree = 6
    /// D_lo: with fewer, peers are added.
    public var degreeLow = 5
    /// D_hi: with more, peers are taken out, and no others let in.
    public var degreeHigh = 12
    /// D_score: of those kept when peers are taken out, this many are the best.
    public var degreeScore = 4
    /// D_out: peers in the mesh that we have connected to ourselves, at least: those who come to us may be sybils.
    public var degreeOut = 2
    /// How often the mesh is looked after.
    public var heartbeatInterval: Duration = .seconds(1)
    /// Before the first time.
    public var heartbeatInitialDelay: Duration = .milliseconds(100)
    /// How long topics that we only publish to keep their peers.
    public var fanoutTTL: Duration = .seconds(60)
    /// How long a peer that was pruned stays out.
    public var pruneBackoff: Duration = .seconds(60)
    /// The same, when we leave the topic.
    public var unsubscribeBackoff: Duration = .seconds(10)
    /// The longest back-off that is taken from a peer (rust-libp2p).
    public var maximumBackoff: Duration = .seconds(3600)
    /// Peers named in a PRUNE, and taken from one. None are named to whom we distrust.
    public var prunePeers = 16
    /// A GRAFT so soon after its PRUNE is punished twice.
    public var graftFloodThreshold: Duration = .seconds(10)
    /// Heartbeats from one opportunistic grafting to the next.
    public var opportunisticGraftTicks = 60
    /// Peers grafted then.
    public var opportunisticGraftPeers = 2

    // MARK: Gossip

    /// D_lazy: peers that are told of messages, at least.
    public var degreeLazy = 6
    /// Of the peers outside of the mesh, this part is told.
    public var gossipFactor = 0.25
    /// Heartbeats that a message can be asked for.
    public var historyLength = 5
    /// Heartbeats that a message is told of.
    public var historyGossip = 3
    /// How often a message is sent to a peer that asks for it.
    public var gossipRetransmission = 3
    /// Message ids that are asked of a peer between two heartbeats, and told to it.
    public var maximumIHaveLength = 5000
    /// IHAVE messages that are taken from a peer between two heartbeats.
    public var maximumIHaveMessages = 10
    /// When a message that was promised should be here.
    public var iWantFollowupTime: Duration = .seconds(3)
    /// Bytes of data from which on peers are told not to send what we have.
    public var iDontWantThreshold = 1024
    /// IDONTWANT messages taken from a peer between two heartbeats.
    public var maximumIDontWantMessages = 1000
    /// Ids taken of one.
    public var maximumIDontWantLength = 10
    /// Ids that are remembered of a peer (rust-libp2p); a message's worth may come on top.
    public var maximumUnwanted = 10_000
    /// Heartbeats that they are remembered.
    public var iDontWantTicks = 3

    // MARK: Messages

    /// Whether our own messages go to all peers of the topic at once.
    public var floodPublish = true
    /// The largest RPC that is taken, in bytes, and sent.
    public var maximumRPC = 1 << 20
    /// The largest data that is published or taken, in bytes.
    public var maximumData = 256 << 10
    /// How long a message is known again.
    public var seenTTL: Duration = .seconds(120)
    /// Messages that are known again at a time.
    public var seenCapacity = 1 << 18
    /// Bytes of messages that can be asked for, at a time.
    public var cacheCapacity = 32 << 20
    /// Messages that wait for their signature to be verified, or for the application's word; more are let go.
    public var validationCapacity = 8192
    /// What messages must have.
    public var signaturePolicy = SignaturePolicy.strictSign
    /// How ids are computed.
    public var messageID = MessageIDFunction.authorAndSequence
    /// Whether an author's messages with a sequence number not above its highest are ignored: old messages that
    /// somebody sends again after ``seenTTL``.
    public var checksSequence = true
    /// Authors whose highest number is kept.
    public var maximumAuthors = 16_384

    // MARK: Peers

    /// Our own topics.
    public var maximumTopics = 4096
    /// Topics that are kept of a peer.
    public var maximumTopicsPerPeer = 1024
    /// How much of an RPC is read.
    public var limits = RPCLimits()
    /// Scores, and what follows from them.
    public var score = PeerScoreParameters()

    /// The defaults.
    public init() {}

    /// Whether all values make sense together.
    ///
    /// - Precondition: D_lo ≤ D ≤ D_hi; D_out < D_lo and 2·D_out ≤ D; D_score ≤ D; gossip within history; sizes and
    ///   times are positive.
    public func validate() {
        precondition(0 < degreeLow && degreeLow <= degree && degree <= degreeHigh, "D_lo ≤ D ≤ D_hi")
        precondition(0 <= degreeOut && degreeOut < degreeLow && 2 * degreeOut <= degree, "D_out < D_lo, 2·D_out ≤ D")
        precondition(0 <= degreeScore && degreeScore <= degree, "D_score ≤ D")
        precondition(0 <= degreeLazy && 0...1 ~= gossipFactor, "gossip goes to a part of the peers")
        precondition(0 < historyGossip && historyGossip <= historyLength, "gossip is within history")
        precondition(
            heartbeatInterval > .zero && heartbeatInitialDelay >= .zero && fanoutTTL > .zero && pruneBackoff > .zero
                && unsubscribeBackoff > .zero && maximumBackoff >= pruneBackoff && iWantFollowupTime > .zero
                && seenTTL > .zero, "times are positive")
        precondition(
            maximumData > 0 && maximumRPC > maximumData && seenCapacity > 0 && cacheCapacity > maximumData
                && validationCapacity > 0 && maximumAuthors > 0 && maximumTopics > 0 && maximumTopicsPerPeer > 0,
            "sizes are positive")
        precondition(opportunisticGraftTicks > 0, "opportunistic grafting has its time")
        score.validate()
    }
}
