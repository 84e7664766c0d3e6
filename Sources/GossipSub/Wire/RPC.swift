import Identity

/// One message between two peers that speak pubsub: subscriptions, published messages, control. Any of them may be
/// empty.
///
/// Source: pubsub specification, "The RPC"; gossipsub v1.0, v1.1, v1.2, "Protobuf".
public struct RPC: Equatable, Sendable {
    /// Topics that the sender enters or leaves.
    public var subscriptions: [Subscription] = []
    /// Published messages.
    public var messages: [PubsubMessage] = []
    /// Mesh and gossip.
    public var control = Control()

    /// A message that says nothing.
    public init() {}

    /// Whether it says nothing.
    public var isEmpty: Bool { subscriptions.isEmpty && messages.isEmpty && control.isEmpty }
}

extension RPC {
    /// That the sender enters or leaves a topic.
    public struct Subscription: Equatable, Sendable {
        /// Enters, or leaves.
        public var isSubscribing: Bool
        /// Which topic.
        public var topic: GossipSub.Topic

        /// A subscription.
        public init(_ topic: GossipSub.Topic, isSubscribing: Bool = true) {
            self.topic = topic
            self.isSubscribing = isSubscribing
        }
    }

    /// What keeps meshes and gossip going.
    public struct Control: Equatable, Sendable {
        /// "I have these messages."
        public var iHave: [IHave] = []
        /// "Send me these."
        public var iWant: [[MessageID]] = []
        /// "You are in my mesh."
        public var graft: [GossipSub.Topic] = []
        /// "You are not."
        public var prune: [Prune] = []
        /// "Do not send me these: I have them." (v1.2)
        public var iDontWant: [[MessageID]] = []

        /// Nothing.
        public init() {}

        /// Whether there is nothing.
        public var isEmpty: Bool {
            iHave.isEmpty && iWant.isEmpty && graft.isEmpty && prune.isEmpty && iDontWant.isEmpty
        }
    }

    /// Messages of a topic that the sender has.
    public struct IHave: Equatable, Sendable {
        /// The topic.
        public var topic: GossipSub.Topic
        /// Their ids.
        public var ids: [MessageID]

        /// Messages of a topic.
        public init(_ topic: GossipSub.Topic, _ ids: [MessageID]) {
            self.topic = topic
            self.ids = ids
        }
    }

    /// The end of a place in the sender's mesh.
    public struct Prune: Equatable, Sendable {
        /// The topic.
        public var topic: GossipSub.Topic
        /// Other peers to turn to, with signed records if the sender has them (v1.1).
        public var peers: [PeerInfo]
        /// How long not to come back, in seconds; nil before v1.1.
        public var backoff: UInt64?

        /// An end, with nothing more said.
        public init(_ topic: GossipSub.Topic, peers: [PeerInfo] = [], backoff: UInt64? = nil) {
            self.topic = topic
            self.peers = peers
            self.backoff = backoff
        }
    }

    /// A peer to turn to.
    public struct PeerInfo: Equatable, Sendable {
        /// Who, as bytes of a peer id: not checked.
        public var peer: [UInt8]
        /// A signed peer record in its envelope: not opened.
        public var record: [UInt8]?

        /// A peer, and where it is.
        public init(_ peer: [UInt8], record: [UInt8]? = nil) {
            self.peer = peer
            self.record = record
        }
    }
}
