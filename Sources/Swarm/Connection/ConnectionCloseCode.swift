/// The number that tells the other side why a connection ends, in the go-away frame. Advisory. Zero to two are
/// Yamux's own, the others go-libp2p's; they differ by one from those of ``StreamResetCode``.
public struct ConnectionCloseCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The number on the wire.
    public let rawValue: UInt32

    /// A code by its number.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// A normal end. Idle connections and a stopping node end with it, since every peer knows it.
    public static let normal = ConnectionCloseCode(rawValue: 0)
    /// The other side broke the rules of Yamux.
    public static let protocolError = ConnectionCloseCode(rawValue: 1)
    /// Something failed on this side.
    public static let internalError = ConnectionCloseCode(rawValue: 2)
    /// No agreement on a protocol.
    public static let negotiationFailed = ConnectionCloseCode(rawValue: 0x1000)
    /// A resource limit.
    public static let limitExceeded = ConnectionCloseCode(rawValue: 0x1001)
    /// Too many requests.
    public static let rateLimited = ConnectionCloseCode(rawValue: 0x1002)
    /// The other side broke a protocol.
    public static let protocolViolation = ConnectionCloseCode(rawValue: 0x1003)
    /// Another connection to the same peer does the work.
    public static let supplanted = ConnectionCloseCode(rawValue: 0x1004)
    /// Not used any more.
    public static let garbageCollected = ConnectionCloseCode(rawValue: 0x1005)
    /// The node is stopping.
    public static let shutdown = ConnectionCloseCode(rawValue: 0x1006)
    /// Not allowed to connect.
    public static let gated = ConnectionCloseCode(rawValue: 0x1007)

    /// The code's name, or its number.
    public var description: String {
        switch self {
        case .normal: "normal"
        case .protocolError: "protocol error"
        case .internalError: "internal error"
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

/// Why a connection ended.
public enum ConnectionCloseReason: Sendable, CustomStringConvertible {
    /// This side closed it.
    case local(ConnectionCloseCode)
    /// The other side said go-away.
    case remote(ConnectionCloseCode)
    /// The other side closed the socket without a word.
    case endOfStream
    /// No stream for as long as the configuration allows.
    case idle
    /// Another connection to the same peer does the work.
    case duplicate
    /// The keep-alive ping was not answered, or the other side took nothing for too long.
    case unresponsive
    /// The other side broke the rules of a layer; the text says which.
    case protocolError(String)
    /// The network failed; the text says how.
    case network(String)

    /// A word that names the reason, for events and logs.
    public var name: String {
        switch self {
        case .local: "closed"
        case .remote: "remote_closed"
        case .endOfStream: "remote_closed"
        case .idle: "idle"
        case .duplicate: "duplicate"
        case .unresponsive: "unresponsive"
        case .protocolError: "protocol_error"
        case .network: "network"
        }
    }

    /// A sentence for people.
    public var description: String {
        switch self {
        case .local(let code): "closed by this side (\(code))"
        case .remote(let code): "closed by the peer (\(code))"
        case .endOfStream: "the peer closed the socket"
        case .idle: "idle"
        case .duplicate: "another connection to the same peer is in use"
        case .unresponsive: "the peer does not answer"
        case .protocolError(let detail): "the peer broke the protocol: \(detail)"
        case .network(let detail): detail
        }
    }
}
