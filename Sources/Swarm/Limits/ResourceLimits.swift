/// The limits of every scope. The numbers are the defaults of go-libp2p's resource manager: a base for 128 MiB of
/// memory, and an increase for every GiB more.
public struct ResourceLimits: Equatable, Sendable {
    /// Everything together.
    public var system: ResourceLimit
    /// Connections not upgraded yet and inbound streams without a protocol.
    public var transient: ResourceLimit
    /// The same for addresses on the allow-list.
    public var allowListed: ResourceLimit
    /// Peers that are not familiar, all of them together: the rest of ``system`` is kept for those who are.
    public var strangers: ResourceLimit { system.threeQuarters }
    /// One peer.
    public var peer: ResourceLimit
    /// One connection.
    public var connection: ResourceLimit
    /// One protocol, where ``Swarm/setHandler(_:limits:_:)`` gives no other.
    public var `protocol`: ResourceLimit
    /// One protocol with one peer, where ``Swarm/setHandler(_:limits:_:)`` gives no other.
    public var protocolPeer: ResourceLimit
    /// Connections by remote address.
    public var networks: NetworkLimits

    /// The base, sized for 128 MiB of memory given to networking.
    public static let base = ResourceLimits(
        system: ResourceLimit(
            inboundConnections: 64, outboundConnections: 128, connections: 128, inboundStreams: 1024,
            outboundStreams: 2048, streams: 2048, memory: 128 << 20),
        transient: ResourceLimit(
            inboundConnections: 32, outboundConnections: 64, connections: 64, inboundStreams: 128,
            outboundStreams: 256, streams: 256, memory: 32 << 20),
        allowListed: ResourceLimit(
            inboundConnections: 32, outboundConnections: 64, connections: 64, inboundStreams: 128,
            outboundStreams: 256, streams: 256, memory: 32 << 20),
        peer: ResourceLimit(
            inboundConnections: 8, outboundConnections: 8, connections: 8, inboundStreams: 256, outboundStreams: 512,
            streams: 512, memory: 64 << 20),
        connection: ResourceLimit(memory: 32 << 20),
        protocol: ResourceLimit(inboundStreams: 512, outboundStreams: 2048, streams: 2048, memory: 64 << 20),
        protocolPeer: ResourceLimit(inboundStreams: 64, outboundStreams: 128, streams: 256, memory: 16 << 20),
        networks: NetworkLimits())

    /// No limits: for tests and measurements.
    public static let unlimited = ResourceLimits(
        system: .unlimited, transient: .unlimited, allowListed: .unlimited, peer: .unlimited, connection: .unlimited,
        protocol: .unlimited, protocolPeer: .unlimited, networks: .unlimited)

    /// The limits for a process that may give `memory` bytes to networking; go-libp2p gives an eighth of the machine's.
    public static func scaled(toMemory memory: UInt64) -> ResourceLimits {
        let gib = Double(memory > 128 << 20 ? memory - 128 << 20 : 0) / Double(1 << 30)
        var limits = base
        limits.system = base.system.raised(
            by: ResourceLimit(
                inboundConnections: 64, outboundConnections: 128, connections: 128, inboundStreams: 2048,
                outboundStreams: 4096, streams: 4096, memory: 1 << 30), times: gib)
        let transient = ResourceLimit(
            inboundConnections: 16, outboundConnections: 32, connections: 32, inboundStreams: 128,
            outboundStreams: 256, streams: 256, memory: 128 << 20)
        limits.transient = base.transient.raised(by: transient, times: gib)
        limits.allowListed = base.allowListed.raised(by: transient, times: gib)
        limits.peer = base.peer.raised(
            by: ResourceLimit(
                inboundConnections: 0, outboundConnections: 0, connections: 0, inboundStreams: 128,
                outboundStreams: 256, streams: 256, memory: 128 << 20), times: gib)
        limits.protocol = base.protocol.raised(
            by: ResourceLimit(inboundStreams: 256, outboundStreams: 512, streams: 512, memory: 164 << 20), times: gib)
        limits.protocolPeer = base.protocolPeer.raised(
            by: ResourceLimit(inboundStreams: 64, outboundStreams: 128, streams: 256, memory: 4 << 20), times: gib)
        return limits
    }
}

/// The limits on connections from one part of the address space. Loopback is never limited.
public struct NetworkLimits: Equatable, Sendable {
    /// Connections at once per IPv4 address and per IPv6 /56.
    public var perSite = 8
    /// Connections at once per IPv6 /48.
    public var perProvider = 64
    /// New inbound connections per second, per IPv4 address and per IPv6 /56.
    public var siteRate = 0.2
    /// How many may come at once before ``siteRate`` holds.
    public var siteBurst = 16
    /// New inbound connections per second, per IPv6 /48.
    public var providerRate = 0.5
    /// How many may come at once before ``providerRate`` holds.
    public var providerBurst = 80

    /// go-libp2p's numbers.
    public init() {}

    /// No limits.
    public static let unlimited = {
        var limits = NetworkLimits()
        limits.perSite = .max
        limits.perProvider = .max
        limits.siteBurst = .max
        limits.providerBurst = .max
        return limits
    }()
}
