import Identity

/// Why reading from or writing to a stream failed. Two errors are equal when their codes are.
public struct StreamError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kinds of failure. The raw values are stable.
    public enum Code: String, Sendable {
        /// The other side reset the stream; ``StreamError/resetCode`` is what it gave.
        case reset = "reset"
        /// This side has closed or reset the stream.
        case closed = "closed"
        /// The connection below has ended.
        case connectionClosed = "connection_closed"
        /// The stream ended before as many bytes came as were asked for.
        case endOfStream = "end_of_stream"
        /// The deadline of ``Stream/setDeadline(after:)`` passed, or the other side did not agree on a protocol in time.
        case timedOut = "timed_out"
        /// The task was cancelled. Nothing was read or written by the call; the stream is as before.
        case cancelled = "cancelled"
        /// What the other side sends is larger than the caller's limit.
        case tooLarge = "too_large"
        /// A length prefix that is none.
        case malformed = "malformed"
        /// The other side does not speak the protocol.
        case unsupportedProtocol = "unsupported_protocol"
        /// Another task is in the same call on this stream.
        case busy = "busy"
    }

    /// The kind of failure.
    public let code: Code
    /// A sentence for people.
    public let detail: String
    /// The code that came with the reset, zero when there was none.
    public let resetCode: StreamResetCode

    /// An error of the given kind.
    public init(_ code: Code, _ detail: String, resetCode: StreamResetCode = .none) {
        self.code = code
        self.detail = detail
        self.resetCode = resetCode
    }

    /// The code and the detail.
    public var description: String { "\(code.rawValue): \(detail)" }

    /// Whether both errors are of the same kind.
    public static func == (left: StreamError, right: StreamError) -> Bool { left.code == right.code }
}

extension StreamError {
    static let closed = StreamError(.closed, "this side has closed the stream")
    static let cancelled = StreamError(.cancelled, "cancelled")
    static let timedOut = StreamError(.timedOut, "the stream's deadline has passed")
    static let connectionClosed = StreamError(.connectionClosed, "the connection has ended")
    static let busy = StreamError(.busy, "another task is waiting in the same call")

    static func reset(_ code: UInt32) -> StreamError {
        let code = StreamResetCode(rawValue: code)
        let reason = code == .none ? "" : " (\(code))"
        return StreamError(.reset, "the other side has reset the stream\(reason)", resetCode: code)
    }

    static func unsupported(_ protocols: [ProtocolID], by peer: PeerID) -> StreamError {
        StreamError(
            .unsupportedProtocol, "peer \(peer) speaks none of: \(protocols.prefix(8).joined(separator: ", "))")
    }

    static func tooLarge(limit: Int) -> StreamError {
        StreamError(.tooLarge, "more than the \(limit) bytes allowed")
    }
}
