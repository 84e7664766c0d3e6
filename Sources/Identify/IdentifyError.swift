import Wire

/// Why an identify message was ignored. None of these ends the connection: identify is never a reason to disconnect.
///
/// Two errors are equal when their codes are.
public struct IdentifyError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kinds of failure. The raw values are stable.
    public enum Code: String, Sendable {
        /// No protobuf message, or none at all.
        case malformed = "malformed"
        /// A part above ``IdentifyMessage/maximumPart``, or more of them than ``IdentifyMessage/maximumParts``.
        case tooLarge = "too_large"
        /// The key in the message is not the one the peer proved to hold.
        case wrongKey = "wrong_key"
        /// The peer speaks no identify.
        case unsupportedProtocol = "unsupported_protocol"
        /// The stream ended before its time, or took too long.
        case streamFailed = "stream_failed"
    }

    /// The kind of failure.
    public let code: Code
    /// A sentence for people.
    public let detail: String

    /// An error of the given kind.
    public init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    /// The code and the detail.
    public var description: String { "\(code.rawValue): \(detail)" }

    /// Whether both errors are of the same kind.
    public static func == (left: IdentifyError, right: IdentifyError) -> Bool { left.code == right.code }
}
