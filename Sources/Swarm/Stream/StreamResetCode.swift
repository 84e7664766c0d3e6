/// The number that tells the other side why a stream was reset. Advisory: no behaviour may depend on it, and old peers
/// send zero. The numbers are go-libp2p's; they differ by one from those of ``ConnectionCloseCode``.
public struct StreamResetCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The number on the wire.
    public let rawValue: UInt32

    /// A code by its number.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// No reason given.
    public static let none = StreamResetCode(rawValue: 0)
    /// No agreement on a protocol.
    public static let negotiationFailed = StreamResetCode(rawValue: 0x1001)
    /// A resource limit.
    public static let limitExceeded = StreamResetCode(rawValue: 0x1002)
    /// Too many requests.
    public static let rateLimited = StreamResetCode(rawValue: 0x1003)
    /// The other side broke the protocol.
    public static let protocolViolation = StreamResetCode(rawValue: 0x1004)
    /// Replaced by another stream.
    public static let supplanted = StreamResetCode(rawValue: 0x1005)
    /// Not used any more.
    public static let garbageCollected = StreamResetCode(rawValue: 0x1006)
    /// The node is stopping.
    public static let shutdown = StreamResetCode(rawValue: 0x1007)
    /// Not allowed to connect.
    public static let gated = StreamResetCode(rawValue: 0x1008)

    /// The code's name, or its number.
    public var description: String {
        switch self {
        case .none: "none"
        case .negotiationFailed: "protocol negotiation failed"
        case .limitExceeded: "resource limit exceeded"
        case .rateLimited: "rate limited"
        case .protocolViolation: "protocol violation"
        case .supplanted: "supplanted"
        case .garbageCollected: "garbage collected"
        case .shutdown: "shutdown"
        case .gated: "gated"
        default: "code \(rawValue)"
        }
    }
}
