#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// How peers are scored, and from which scores on what follows.
///
/// Source: gossipsub v1.1, "Peer Scoring"; defaults of rust-libp2p, which has some.
public struct PeerScoreParameters: Sendable {
    /// What a score below, or above, has as its consequence.
    public struct Thresholds: Sendable {
        /// Below: no gossip to this peer, and none taken.
        public var gossip = -10.0
        /// Below: none of our own messages.
        public var publish = -50.0
        /// Below: nothing of what it sends is read.
        public var graylist = -80.0
        /// From here on: the peers it names are believed to be some.
        public var acceptPX = 10.0
        /// A mesh whose median is below gets better peers.
        public var opportunisticGraft = 5.0

        /// The defaults.
        public init() {}
    }

    /// What follows.
    public var thresholds = Thresholds()
    /// Parameters of topics that have their own.
    public var topics: [GossipSub.Topic: TopicScoreParameters] = [:]
    /// Parameters of the others; nil: they do not count.
    public var topicDefault: TopicScoreParameters? = TopicScoreParameters()
    /// The most that topics together can earn a peer.
    public var topicCap = 100.0
    /// P5: the weight of the application's own score.
    public var appWeight = 10.0
    /// P6: the weight of sharing an address with others.
    public var ipColocationWeight = -5.0
    /// P6: peers of one address that are no surprise.
    public var ipColocationThreshold = 10
    /// P6: addresses whose peers may be as many as they like.
    public var ipColocationWhitelist: Set<String> = []
    /// P7: the weight of misbehaviour.
    public var behaviourWeight = -10.0
    /// P7: misbehaviour that is forgiven.
    public var behaviourThreshold = 6.0
    /// P7: what is left of it after each ``decayInterval``.
    public var behaviourDecay = 0.9
    /// The weight of a queue that overflows because the peer does not read.
    public var slowPeerWeight = -0.2
    /// Overflows that are forgiven.
    public var slowPeerThreshold = 0.0
    /// What is left of them after each ``decayInterval``.
    public var slowPeerDecay = 0.2
    /// How often counters decay.
    public var decayInterval: Duration = .seconds(1)
    /// A counter below is zero.
    public var decayToZero = 0.01
    /// How long a peer that has left, and was not good, is remembered.
    public var retainScore: Duration = .seconds(3600)
    /// Peers that are remembered at a time.
    public var maximumRetained = 4096

    /// The defaults.
    public init() {}

    /// The factor by which a counter of 1 falls to `decayToZero` within `time`.
    public func decay(over time: Duration) -> Double {
        let ticks = max(1, time / decayInterval)
        return pow(decayToZero, 1 / ticks)
    }

    /// Whether all values make sense.
    ///
    /// - Precondition: punishing weights and thresholds are not positive, rewarding ones not negative; factors of
    ///   decay are between 0 and 1.
    public func validate() {
        precondition(
            thresholds.gossip <= 0 && thresholds.publish <= thresholds.gossip
                && thresholds.graylist <= thresholds.publish, "graylist ≤ publish ≤ gossip ≤ 0")
        precondition(thresholds.acceptPX >= 0 && thresholds.opportunisticGraft >= 0, "thresholds for the good ones")
        precondition(topicCap >= 0 && appWeight >= 0, "rewards are not negative")
        precondition(
            ipColocationWeight <= 0 && behaviourWeight <= 0 && slowPeerWeight <= 0, "punishments are not positive")
        precondition(ipColocationThreshold >= 1, "one peer has an address to itself")
        precondition(0..<1 ~= behaviourDecay && 0..<1 ~= slowPeerDecay, "counters decay")
        precondition(decayInterval > .zero && 0 < decayToZero && decayToZero < 1, "counters decay")
        precondition(retainScore >= .zero && maximumRetained >= 0, "peers are remembered")
        topicDefault?.validate()
        for topic in topics.values { topic.validate() }
    }
}

/// How peers are scored by what they do in one topic.
public struct TopicScoreParameters: Sendable {
    /// The topic's weight among all.
    public var weight = 0.5
    /// P1: the weight of time in the mesh.
    public var timeInMeshWeight = 0.01
    /// P1: the unit of that time.
    public var timeInMeshQuantum: Duration = .seconds(1)
    /// P1: the most of it that counts.
    public var timeInMeshCap = 3600.0
    /// P2: the weight of having delivered first.
    public var firstDeliveriesWeight = 1.0
    /// P2: what is left after each decay.
    public var firstDeliveriesDecay = 0.5
    /// P2: the most that counts.
    public var firstDeliveriesCap = 100.0
    /// P3: the weight of having delivered too little. Zero unless the topic's rate is known: a quiet topic would
    /// punish everyone.
    public var meshDeliveriesWeight = 0.0
    /// P3: what is left after each decay.
    public var meshDeliveriesDecay = 0.5
    /// P3: the most that counts.
    public var meshDeliveriesCap = 100.0
    /// P3: enough.
    public var meshDeliveriesThreshold = 20.0
    /// P3: how long after the first a delivery still counts.
    public var meshDeliveriesWindow: Duration = .milliseconds(10)
    /// P3: time in the mesh before it counts.
    public var meshDeliveriesActivation: Duration = .seconds(5)
    /// P3b: the weight of having left the mesh with a deficit.
    public var meshFailureWeight = 0.0
    /// P3b: what is left after each decay.
    public var meshFailureDecay = 0.5
    /// P4: the weight of invalid messages.
    public var invalidWeight = -10.0
    /// P4: what is left after each decay.
    public var invalidDecay = 0.9

    /// The defaults.
    public init() {}

    func validate() {
        precondition(weight >= 0 && timeInMeshWeight >= 0 && firstDeliveriesWeight >= 0, "rewards are not negative")
        precondition(
            meshDeliveriesWeight <= 0 && meshFailureWeight <= 0 && invalidWeight <= 0, "punishments are not positive")
        precondition(timeInMeshQuantum > .zero && meshDeliveriesActivation >= .zero, "times are positive")
        precondition(
            0..<1 ~= firstDeliveriesDecay && 0..<1 ~= meshDeliveriesDecay && 0..<1 ~= meshFailureDecay
                && 0..<1 ~= invalidDecay, "counters decay")
    }
}
