import Swarm

/// Why a run was not finished. Two errors are equal when their codes are.
public struct PerfError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kinds of failure. The raw values are stable.
    public enum Code: String, Sendable {
        /// There is no connection to the peer, and none could be made; ``PerfError/cause`` says why.
        case dialFailed = "dial_failed"
        /// The peer does not serve it.
        case unsupportedProtocol = "unsupported_protocol"
        /// Nothing moved for ``PerfConfiguration/stallTimeout``.
        case timedOut = "timed_out"
        /// The server sent another number of bytes than was asked for.
        case wrongCount = "wrong_count"
        /// The peer ended the stream, or the connection ended.
        case closed = "closed"
        /// The task was cancelled.
        case cancelled = "cancelled"
    }

    /// The kind of failure.
    public let code: Code
    /// A sentence for people.
    public let detail: String
    /// The failed dial, for `dialFailed`.
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
    public static func == (left: PerfError, right: PerfError) -> Bool { left.code == right.code }
}

extension PerfError {
    init(_ error: SwarmError) {
        switch error.code {
        case .unsupportedProtocol: self.init(.unsupportedProtocol, error.message, cause: error)
        case .cancelled: self.init(.cancelled, error.message, cause: error)
        default: self.init(.dialFailed, error.message, cause: error)
        }
    }

    init(_ error: StreamError) {
        switch error.code {
        case .unsupportedProtocol: self.init(.unsupportedProtocol, error.detail)
        case .cancelled: self.init(.cancelled, error.detail)
        case .timedOut: self.init(.timedOut, "nothing moved for a while")
        default: self.init(.closed, error.detail)
        }
    }
}
