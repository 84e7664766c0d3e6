/// Limits and times of a session. The defaults are those of go-yamux and rust-yamux where these agree.
public struct YamuxConfiguration: Sendable {
    /// The window that every stream starts with in each direction, whatever else is configured, in bytes
    /// (specification, "Flow control").
    public static let defaultWindow: UInt32 = 262_144

    /// Largest payload of a data frame that is sent, in bytes, 1 … 2^24.
    public var maximumFramePayload = 65_536
    /// Bytes that may wait in a stream's send queue before its writer should wait.
    public var sendQueueLimit = 1 << 20
    /// Streams opened by the peer that wait to be accepted; the next is refused.
    public var acceptBacklog = 256
    /// Streams opened here that wait for the peer's acknowledgement; the next `open` fails.
    public var acknowledgementBacklog = 256
    /// Streams opened by the peer at one time; the next is refused.
    public var maximumInboundStreams = 512
    /// Streams opened here at one time; the next `open` fails.
    public var maximumOutboundStreams = 1024
    /// Receive window of a new stream in bytes, 262,144 … `maximumWindow`; what exceeds 262,144 is announced on the
    /// first frame and taken from `windowBudget`.
    public var initialWindow: UInt32 = YamuxConfiguration.defaultWindow
    /// Receive window that one stream may grow to, in bytes.
    public var maximumWindow: UInt32 = 16 << 20
    /// Sum of what all streams' receive windows may grow beyond their first 262,144 bytes.
    public var windowBudget = 64 << 20
    /// Time between keep-alive pings; `nil` sends only those that measure the round trip for window growth.
    public var keepAliveInterval: Duration? = .seconds(30)
    /// Time without a byte from the peer after a ping, or without a chance to send the ping, after which the
    /// connection counts as dead.
    public var keepAliveTimeout: Duration = .seconds(10)
    /// Time that a stream forgotten here waits for the peer to finish before it is reset.
    public var lingerTimeout: Duration = .seconds(60)
    /// Inbound streams that the peer may reset, or have refused, in 30 s, beyond `acceptBacklog`.
    public var resetBudget = 200

    /// The defaults.
    public init() {}

    /// The same, each number brought into its range.
    var clamped: YamuxConfiguration {
        var result = self
        result.maximumFramePayload = min(max(maximumFramePayload, 1), 1 << 24)
        result.sendQueueLimit = max(sendQueueLimit, 1)
        result.maximumWindow = max(maximumWindow, Self.defaultWindow)
        result.initialWindow = min(max(initialWindow, Self.defaultWindow), result.maximumWindow)
        return result
    }
}
