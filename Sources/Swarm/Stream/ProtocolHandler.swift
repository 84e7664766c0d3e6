import Reactor

/// How many streams of one protocol there may be.
public struct ProtocolLimits: Equatable, Sendable {
    /// With all peers together that are not familiar (see ``Swarm/isFamiliar``); those who are have only the limit
    /// of each peer.
    public var total: ResourceLimit
    /// With each peer.
    public var perPeer: ResourceLimit

    /// Limits of one protocol.
    public init(total: ResourceLimit, perPeer: ResourceLimit) {
        self.total = total
        self.perPeer = perPeer
    }

    /// So many inbound streams, in all with strangers and with each peer.
    public init(inboundStreams: Int, perPeer: Int) {
        self.init(
            total: ResourceLimit(inboundStreams: inboundStreams), perPeer: ResourceLimit(inboundStreams: perPeer))
    }
}

/// What answers the inbound streams of one protocol.
struct ProtocolHandler {
    let strangers: ResourceAccount
    let familiar: ResourceAccount
    let perPeerLimit: ResourceLimit
    let body: @NetworkActor (Stream) async -> Void
}
