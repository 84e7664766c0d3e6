/// Publish and subscribe over a mesh that heals itself: GossipSub `/meshsub/1.2.0`, `1.1.0`, `1.0.0`, and
/// `/floodsub/1.0.0`.
///
/// For each topic a peer keeps a few others, its mesh, and passes every message on to them; to some of the rest it only
/// tells which messages it has, and they ask for what they miss. Peers are scored by what they do; who misbehaves
/// loses its place, then its voice, then its hearing.
///
/// - ``RPC`` is what goes over the wire, ``PubsubMessage`` the message in it.
/// - ``GossipSubState`` decides: events and the time in, ``GossipSubAction`` out.
/// - ``PeerScore`` remembers how peers have behaved.
/// - ``PeerOutbox`` holds what waits for one peer, in the order of its importance.
/// - ``GossipSubService`` runs it all on a swarm.
///
/// ```swift
/// let gossip = GossipSubService(swarm: swarm)
/// gossip.start()
/// gossip.subscribe("news") { message in .accept }
/// let receipt = try gossip.publish(Array("hello".utf8), to: "news")
/// ```
///
/// Source: the pubsub specifications of libp2p (gossipsub v1.0 to v1.2, floodsub); where they leave a choice, what
/// go-libp2p does.
public enum GossipSub {
    /// What a peer speaks. Later versions do all that earlier ones do.
    public enum Version: Int, Comparable, CaseIterable, Sendable {
        /// Messages to everyone, no control messages.
        case floodsub
        /// Mesh and gossip.
        case v1_0
        /// Prune back-off, peer exchange, scores.
        case v1_1
        /// IDONTWANT.
        case v1_2

        /// The protocol's id on the wire.
        public var protocolID: String {
            switch self {
            case .floodsub: "/floodsub/1.0.0"
            case .v1_0: "/meshsub/1.0.0"
            case .v1_1: "/meshsub/1.1.0"
            case .v1_2: "/meshsub/1.2.0"
            }
        }

        /// The version behind a protocol id; nil for any other protocol.
        public init?(protocolID: String) {
            guard let version = Self.allCases.first(where: { $0.protocolID == protocolID }) else { return nil }
            self = version
        }

        /// Earlier versions are less.
        public static func < (left: Version, right: Version) -> Bool { left.rawValue < right.rawValue }

        /// Whether such a peer can be in a mesh.
        var hasMesh: Bool { self >= .v1_0 }
    }

    /// The protocols, the best first.
    public static let protocolIDs = Version.allCases.reversed().map(\.protocolID)
}
