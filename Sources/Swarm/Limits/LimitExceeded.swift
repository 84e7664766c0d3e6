import Identity

/// What a limit counts for.
public enum ResourceScope: Hashable, Sendable, CustomStringConvertible {
    /// Everything of this swarm.
    case system
    /// Connections that are not upgraded yet, and inbound streams that have not agreed on a protocol yet.
    case transient
    /// Transient work of addresses on the allow-list, which strangers cannot use up.
    case allowListed
    /// Everything of peers that are not familiar; see ``Swarm/isFamiliar``.
    case strangers
    /// All connections and streams with one peer.
    case peer(PeerID)
    /// All streams of one protocol.
    case `protocol`(ProtocolID)
    /// The streams of one protocol with one peer.
    case protocolPeer(ProtocolID, PeerID)
    /// One connection, by its ``Connection/id``.
    case connection(UInt64)
    /// The remote addresses below one prefix, in text such as `192.0.2.7/32`.
    case network(String)

    /// The scope's name, with what it is about.
    public var description: String {
        switch self {
        case .system: "system"
        case .transient: "transient"
        case .allowListed: "allow-listed"
        case .strangers: "strangers"
        case .peer(let peer): "peer \(peer)"
        case .protocol(let protocolID): "protocol \(protocolID)"
        case .protocolPeer(let protocolID, let peer): "protocol \(protocolID) with peer \(peer)"
        case .connection(let id): "connection \(id)"
        case .network(let prefix): "network \(prefix)"
        }
    }
}

/// What is counted.
public enum Resource: String, Sendable {
    /// Connections that the other side began.
    case inboundConnections = "inbound connections"
    /// Connections that this side began.
    case outboundConnections = "outbound connections"
    /// Connections of both directions.
    case connections = "connections"
    /// New connections per time; the limit is the burst.
    case connectionRate = "new connections at once"
    /// Streams that the other side opened.
    case inboundStreams = "inbound streams"
    /// Streams that this side opened.
    case outboundStreams = "outbound streams"
    /// Streams of both directions.
    case streams = "streams"
    /// Bytes.
    case memory = "bytes of memory"
}

/// A refusal: granting the request would have gone above a limit. It names everything needed to raise the right one.
public struct LimitExceeded: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where the limit applies.
    public let scope: ResourceScope
    /// What was asked for.
    public let resource: Resource
    /// The most that the scope may hold.
    public let limit: Int
    /// What the scope held when it refused.
    public let current: Int

    /// A refusal by `scope`.
    public init(scope: ResourceScope, resource: Resource, limit: Int, current: Int) {
        self.scope = scope
        self.resource = resource
        self.limit = limit
        self.current = current
    }

    /// One sentence: scope, resource, limit, current value.
    public var description: String {
        "resource limit exceeded: scope \(scope) allows \(limit) \(resource.rawValue), \(current) in use"
    }
}
