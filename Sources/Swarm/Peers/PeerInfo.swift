import Multiformats

/// What a peer has said about itself, and what is known about the way to it.
public struct PeerInfo: Equatable, Sendable {
    /// The program it runs, as it says; nil before identify.
    public var agentVersion: String?
    /// The family of protocols it belongs to, as it says.
    public var protocolVersion: String?
    /// The protocols it answers, as it says.
    public var protocols: [ProtocolID]
    /// Where it listens, as it says.
    public var listenAddresses: [Multiaddr]
    /// Our own address as it sees it.
    public var observedAddress: Multiaddr?
    /// Its own signed record of that, in its envelope, to be passed on to others; nil if there is none, or too long a
    /// one. Already found valid.
    public var signedPeerRecord: [UInt8]?
    /// The latest round trip.
    public var roundTripTime: Duration?

    /// What is known.
    public init(
        agentVersion: String? = nil, protocolVersion: String? = nil, protocols: [ProtocolID] = [],
        listenAddresses: [Multiaddr] = [], observedAddress: Multiaddr? = nil, roundTripTime: Duration? = nil
    ) {
        self.agentVersion = agentVersion
        self.protocolVersion = protocolVersion
        self.protocols = protocols
        self.listenAddresses = listenAddresses
        self.observedAddress = observedAddress
        self.roundTripTime = roundTripTime
    }
}
