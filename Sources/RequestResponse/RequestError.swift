import Swarm

/// Why a request has no response. Two errors are equal when their codes are.
public struct RequestError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kinds of failure. The raw values are stable.
    public enum Code: String, Sendable {
        /// There is no connection to the peer, and none could be made; ``RequestError/cause`` says why.
        case dialFailed = "dial_failed"
        /// The peer speaks none of the protocols.
        case unsupportedProtocol = "unsupported_protocol"
        /// No whole response in time.
        case timedOut = "timed_out"
        /// The request is larger than ``RequestConfiguration/maximumRequest``; nothing was sent.
        case requestTooLarge = "request_too_large"
        /// The response is larger than ``RequestConfiguration/maximumResponse``.
        case responseTooLarge = "response_too_large"
        /// The peer refused the request or could not answer it.
        case reset = "reset"
        /// The connection ended.
        case remoteClosed = "remote_closed"
        /// Too many requests to the peer wait already, or another limit of this node; nothing was sent.
        case limitExceeded = "limit_exceeded"
        /// The task was cancelled.
        case cancelled = "cancelled"
    }

    /// The kind of failure.
    public let code: Code
    /// A sentence for people.
    public let detail: String
    /// The swarm's error, where it began with one.
    public let cause: SwarmError?

    /// An error of the given kind.
    public init(_ code: Code, _ detail: String, cause: SwarmError? = nil) {
        self.code = code
        self.detail = detail
        self.cause = cause
    }

    /// The code and the detail.
    public var description: String { "\(code.rawValue): \(detail)" }

    /// Whether both errors are of the same kind.
    public static func == (left: RequestError, right: RequestError) -> Bool { left.code == right.code }

    /// Whether the peer may have received and handled the request. If not, asking again cannot do anything twice.
    public var mayHaveArrived: Bool {
        switch code {
        case .dialFailed, .unsupportedProtocol, .requestTooLarge, .limitExceeded: false
        case .timedOut, .responseTooLarge, .reset, .remoteClosed, .cancelled: true
        }
    }
}

extension RequestError {
    static func requestTooLarge(_ count: Int, limit: Int) -> RequestError {
        RequestError(.requestTooLarge, "a request of \(count) bytes; at most \(limit) are allowed")
    }

    static let tooManyWaiting = RequestError(.limitExceeded, "too many requests wait for this peer")

    init(_ error: SwarmError) {
        let code: Code =
            switch error.code {
            case .unsupportedProtocol: .unsupportedProtocol
            case .limitExceeded: .limitExceeded
            case .cancelled: .cancelled
            case .streamFailed, .connectionClosed: .remoteClosed
            case .timedOut: .timedOut
            default: .dialFailed
            }
        self.init(code, error.message, cause: error)
    }

    init(_ error: StreamError, limit: Int) {
        switch error.code {
        case .unsupportedProtocol: self.init(.unsupportedProtocol, error.detail)
        case .cancelled: self.init(.cancelled, error.detail)
        case .timedOut: self.init(.timedOut, error.detail)
        case .tooLarge: self.init(.responseTooLarge, "a response of more than \(limit) bytes")
        case .reset: self.init(.reset, error.detail)
        default: self.init(.remoteClosed, error.detail)
        }
    }
}
