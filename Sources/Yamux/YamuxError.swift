/// What went wrong in a session or on one of its streams.
///
/// Two errors are equal when their codes are.
public struct YamuxError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What happened.
    public enum Code: Sendable {
        /// No such stream: it never was, or it was reset or has been forgotten.
        case unknownStream
        /// A write after `closeWrite`.
        case writeAfterClose
        /// 256 streams that were opened here wait for the peer's acknowledgement.
        case backlogExceeded
        /// The limit of streams opened from here is reached.
        case tooManyStreams
        /// All 2^31 ids of this side are used: dial again.
        case idsExhausted
        /// One of the two sides has sent a go away: no new streams.
        case goneAway
        /// A frame that the protocol does not allow.
        case protocolViolation
        /// The peer sent more than the window allows.
        case windowExceeded
        /// The peer opens and resets streams, or otherwise wastes work, faster than any honest peer does.
        case abuse
        /// The peer did not answer a keep-alive ping in time, or takes no bytes.
        case timedOut
    }

    /// How far the damage goes.
    public enum Severity: Equatable, Sendable {
        /// The call failed; the session goes on.
        case stream
        /// The session is over. `transmit` gives one last go-away frame with this code.
        case connection(goAway: UInt32)
    }

    /// What happened.
    public let code: Code
    /// How far the damage goes.
    public let severity: Severity
    /// What a person needs to understand the case.
    public let detail: String

    static func stream(_ code: Code, _ detail: String) -> YamuxError {
        YamuxError(code: code, severity: .stream, detail: detail)
    }

    static func connection(_ code: Code, goAway: UInt32, _ detail: String) -> YamuxError {
        YamuxError(code: code, severity: .connection(goAway: goAway), detail: detail)
    }

    @inline(never)
    static func violation(_ detail: String) -> YamuxError {
        connection(.protocolViolation, goAway: YamuxGoAwayCode.protocolError, detail)
    }

    /// The code and the detail.
    public var description: String { "yamux \(code): \(detail)" }

    /// Compares codes alone.
    public static func == (left: YamuxError, right: YamuxError) -> Bool { left.code == right.code }
}

/// Codes of a go-away frame: the specification's three, and those of go-libp2p that a session sends by itself.
public enum YamuxGoAwayCode {
    /// The peer may go: nothing is wrong.
    public static let normal: UInt32 = 0
    /// The peer broke the protocol.
    public static let protocolError: UInt32 = 1
    /// This side cannot go on.
    public static let internalError: UInt32 = 2
    /// The peer does something too often (go-libp2p connection code).
    public static let rateLimited: UInt32 = 0x1002
}

/// Codes in the length of a window update with RST, as go-libp2p numbers them. Advisory: nothing branches on them.
public enum YamuxResetCode {
    /// No reason given; what older peers send.
    public static let none: UInt32 = 0
    /// More streams than this side allows.
    public static let resourceLimitExceeded: UInt32 = 0x1002
    /// Kept open by the peer long after this side had closed it.
    public static let garbageCollected: UInt32 = 0x1006
    /// This side has said go away.
    public static let shutdown: UInt32 = 0x1007
}
