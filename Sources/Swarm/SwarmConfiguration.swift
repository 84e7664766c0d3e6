import Identity

/// What can be set about a swarm. The defaults are those of go-libp2p where it has them.
public struct SwarmConfiguration: Sendable {
    /// The limits of every scope.
    public var limits = ResourceLimits.scaled(toMemory: 1 << 30)

    /// Networks whose peers are trusted: connections from them are not counted by address and use their own share of
    /// the transient scope. This is the option for many honest peers behind one address.
    public var allowedNetworks: [NetworkPrefix] = []

    /// How long the upgrade of an inbound connection may take, from accept to the first stream.
    public var inboundUpgradeTimeout: Duration = .seconds(15)

    /// How long the upgrade of an outbound connection may take, once the transport is connected.
    public var outboundUpgradeTimeout: Duration = .seconds(15)

    /// How long a transport may take to connect.
    public var connectTimeout: Duration = .seconds(5)

    /// How long the other side may take to agree on the protocol of a stream.
    public var negotiationTimeout: Duration = .seconds(10)

    /// A connection without streams and without tags is closed after this long; nil never.
    public var idleTimeout: Duration? = .seconds(300)

    /// The same for a connection beside a better one to the same peer.
    public var duplicateTimeout: Duration = .seconds(10)

    /// How often a connection is checked for life, and its round trip measured.
    public var keepAliveInterval: Duration = .seconds(30)

    /// How long the answer to a keep-alive ping may take, and how long the other side may take nothing of what is
    /// waiting for it, before the connection is given up.
    public var keepAliveTimeout: Duration = .seconds(30)

    /// How many addresses of a peer are dialed at once.
    public var concurrentDialsPerPeer = 8

    /// Until the next address is tried while one on the open internet is still silent.
    public var publicDialStagger: Duration = .milliseconds(250)

    /// Until the next address is tried while one on the local network or this machine is still silent.
    public var privateDialStagger: Duration = .milliseconds(30)

    /// Dial from the listening port, so that others see the address that this node can be reached at.
    public var dialsFromListenPort = false

    /// Addresses kept of a peer that is not connected.
    public var addressesPerPeer = 64

    /// Peers that the address book keeps addresses of.
    public var peersInAddressBook = 4096

    /// The largest window of one stream, in bytes; windows grow up to it as the round trip asks for.
    public var maximumStreamWindow = 16 << 20

    /// The bytes waiting to be sent on one stream before a writer has to wait.
    public var streamSendBuffer = 1 << 20

    /// Unused time that ``Swarm/close()`` gives connections to send what is waiting.
    public var closeTimeout: Duration = .seconds(2)

    /// The defaults.
    public init() {}
}
