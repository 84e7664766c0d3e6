/// What the way from one simulated host to another is like.
public struct LinkConditions: Sendable, Equatable {
    /// How long a segment travels.
    public var latency: Duration
    /// Added to the latency, uniformly distributed from zero to this. Never reorders a connection's bytes.
    public var jitter: Duration
    /// Bytes a second, shared by all connections in one direction; nil is unlimited.
    public var bandwidth: Int?
    /// Share of segments, 0 to 1, that have to be sent again: TCP sees loss as delay. Datagrams are lost for good.
    public var loss: Double
    /// Share of datagrams, 0 to 1, that arrive twice.
    public var duplication: Double
    /// Bytes that a connection holds in one direction, on the way or unread, before writing blocks. Taken when the
    /// connection is made.
    public var socketBuffer: Int

    /// Conditions of a good wide-area link, unless said otherwise.
    public init(
        latency: Duration = .milliseconds(10), jitter: Duration = .milliseconds(2), bandwidth: Int? = nil,
        loss: Double = 0, socketBuffer: Int = 256 * 1024, duplication: Double = 0
    ) {
        self.latency = latency
        self.jitter = jitter
        self.bandwidth = bandwidth
        self.loss = loss
        self.socketBuffer = socketBuffer
        self.duplication = duplication
    }

    /// From a host to itself.
    static let loopback = LinkConditions(latency: .microseconds(20), jitter: .zero)
}
