import Reactor

/// How many streams of one protocol there may be.
public struct ProtocolLimits: Equatable, Sendable {
    /// With all peers together.
    public var total: ResourceLimit
    /// With each peer.
    public var perPeer: ResourceLimit

    /// Limits of one protocol.
    public init(total: ResourceLimit, perPeer: ResourceLimit) {
        self.total = total
        self.perPeer = perPeer
    }

    /// So many inbound streams, in all and with one peer.
    public init(inboundStreams: Int, perPeer: Int) {
        self.init(
            total: ResourceLimit(inboundStreams: inboundStreams), perPeer: ResourceLimit(inboundStreams: perPeer))
    }
}

/// What answers the inbound streams of one protocol.
struct ProtocolHandler {
    let account: ResourceAccount
    let perPeerLimit: ResourceLimit
    let body: @NetworkActor (Stream) async -> Void
}
