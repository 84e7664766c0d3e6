import Identity
import Multiformats

/// Why something that a swarm was asked for did not happen. Two errors are equal when their codes are.
public struct SwarmError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kinds of failure. The raw values are stable.
    public enum Code: String, Sendable {
        /// The address cannot be dialed or listened on as it is: port 0, an unspecified host, a name to listen on.
        case invalidAddress = "invalid_address"
        /// No transport for an address of this shape.
        case unsupportedAddress = "unsupported_address"
        /// Another socket listens there already.
        case addressInUse = "address_in_use"
        /// The operating system refused to listen.
        case listenFailed = "listen_failed"
        /// The operating system has no addresses of this family, such as IPv6.
        case familyMissing = "family_missing"
        /// No address is known for the peer.
        case noAddresses = "no_addresses"
        /// Every address failed; ``SwarmError/attempts`` says why.
        case dialFailed = "dial_failed"
        /// The peer asked for is this one.
        case selfDial = "self_dial"
        /// Another peer answered; ``SwarmError/expectedPeer`` and ``SwarmError/actualPeer`` name both.
        case wrongPeer = "wrong_peer"
        /// It took too long.
        case timedOut = "timed_out"
        /// The other side is no libp2p peer, or has no security or multiplexing in common with this one.
        case upgradeFailed = "upgrade_failed"
        /// A limit; ``SwarmError/limit`` says which.
        case limitExceeded = "limit_exceeded"
        /// The peer speaks none of the protocols asked for; ``SwarmError/protocols`` names them.
        case unsupportedProtocol = "unsupported_protocol"
        /// The stream ended while its protocol was being agreed on.
        case streamFailed = "stream_failed"
        /// The connection has ended.
        case connectionClosed = "connection_closed"
        /// The task was cancelled.
        case cancelled = "cancelled"
        /// The swarm has been closed.
        case closed = "closed"
    }

    /// The kind of failure.
    public let code: Code
    /// A sentence for people.
    public let message: String
    /// The peer that was wanted, for `wrongPeer`.
    public let expectedPeer: PeerID?
    /// The peer that answered, for `wrongPeer`.
    public let actualPeer: PeerID?
    /// Every address that was tried, in the order of trying, for `dialFailed` and errors of a single address.
    public let attempts: [DialAttempt]
    /// The limit that refused, for `limitExceeded`.
    public let limit: LimitExceeded?
    /// The protocols that were proposed, for `unsupportedProtocol`.
    public let protocols: [ProtocolID]

    /// An error of the given kind.
    public init(
        _ code: Code, _ message: String, expectedPeer: PeerID? = nil, actualPeer: PeerID? = nil,
        attempts: [DialAttempt] = [], limit: LimitExceeded? = nil, protocols: [ProtocolID] = []
    ) {
        self.code = code
        self.message = message
        self.expectedPeer = expectedPeer
        self.actualPeer = actualPeer
        self.attempts = attempts
        self.limit = limit
        self.protocols = protocols
    }

    /// The code and the message.
    public var description: String { "\(code.rawValue): \(message)" }

    /// When the first address may be dialed again, if none was tried because those that can be dialed failed lately;
    /// nil for any other failure.
    public var retryAfter: Duration? {
        let waits = attempts.compactMap(\.retryAfter)
        let isOnlyBackoff = attempts.allSatisfy { attempt in
            switch attempt.reason {
            case .backedOff, .unsupportedAddress, .invalidAddress: true
            default: false
            }
        }
        return isOnlyBackoff ? waits.min() : nil
    }

    /// Whether both errors are of the same kind.
    public static func == (left: SwarmError, right: SwarmError) -> Bool { left.code == right.code }
}

/// One address that a dial tried, or did not try, and why it gave no connection.
public struct DialAttempt: Sendable, CustomStringConvertible {
    /// The address.
    public let address: Multiaddr
    /// Why it failed.
    public let reason: DialFailure
    /// A sentence for people.
    public let detail: String
    /// For `backedOff`, how long the address is still left alone.
    public let retryAfter: Duration?

    /// An attempt that failed.
    public init(address: Multiaddr, reason: DialFailure, detail: String, retryAfter: Duration? = nil) {
        self.address = address
        self.reason = reason
        self.detail = detail
        self.retryAfter = retryAfter
    }

    /// The address and the sentence.
    public var description: String { "\(address): \(detail)" }
}

/// Why one address gave no connection.
public enum DialFailure: String, Sendable {
    /// Not an address one dials.
    case invalidAddress = "invalid_address"
    /// No transport for it.
    case unsupportedAddress = "unsupported_address"
    /// The name has no address.
    case unresolved = "unresolved"
    /// It failed lately and is left alone for a while.
    case backedOff = "backed_off"
    /// Nothing listens there.
    case refused = "refused"
    /// No answer in time.
    case timedOut = "timed_out"
    /// The network has no way there, or ended the connection.
    case unreachable = "unreachable"
    /// Another peer lives there.
    case wrongPeer = "wrong_peer"
    /// The other side does not speak Noise and Yamux as it should.
    case upgradeFailed = "upgrade_failed"
    /// A limit of this side.
    case limitExceeded = "limit_exceeded"
    /// Given up, because another address was faster or nobody waited any more.
    case cancelled = "cancelled"
}

extension SwarmError {
    static let swarmClosed = SwarmError(.closed, "the swarm has been closed")
    static let cancelled = SwarmError(.cancelled, "cancelled")
    static let connectionClosed = SwarmError(.connectionClosed, "the connection has ended")

    static func limited(_ limit: LimitExceeded) -> SwarmError {
        SwarmError(.limitExceeded, limit.description, limit: limit)
    }

    static func unsupported(_ protocols: [ProtocolID], by peer: PeerID) -> SwarmError {
        SwarmError(
            .unsupportedProtocol, "peer \(peer) speaks none of: \(protocols.prefix(8).joined(separator: ", "))",
            protocols: protocols)
    }

    static func wrongPeer(expected: PeerID, actual: PeerID, at address: Multiaddr) -> SwarmError {
        SwarmError(
            .wrongPeer, "\(address) is peer \(actual), expected \(expected)", expectedPeer: expected,
            actualPeer: actual)
    }
}
