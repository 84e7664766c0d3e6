/// Why a negotiation failed. Every one of these ends the stream or the connection that was being negotiated.
///
/// Two errors are equal when their codes are.
public struct NegotiationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kinds of failure.
    public enum Code: String, Sendable {
        /// The other side refused every protocol proposed, or none could be proposed.
        case unsupported
        /// The first message of the other side was not the header.
        case wrongHeader
        /// A message that is not an uvarint length, UTF-8 text and a newline.
        case malformed
        /// A message above ``Negotiation/maximumMessageLength``.
        case messageTooLarge
        /// More proposals than ``Negotiation/maximumProposals``.
        case tooManyProposals
        /// The answer to a proposal was neither its echo nor `na`.
        case unexpectedAnswer
        /// Bytes were handed over after the negotiation had ended.
        case finished
    }

    /// The kind of failure.
    public let code: Code

    /// A sentence for people. It holds at most 64 characters of what the other side sent.
    public let detail: String

    /// An error of the given kind.
    public init(code: Code, detail: String) {
        self.code = code
        self.detail = detail
    }

    /// The code and the detail.
    public var description: String { "\(code.rawValue): \(detail)" }

    /// Whether both errors are of the same kind.
    public static func == (left: NegotiationError, right: NegotiationError) -> Bool { left.code == right.code }
}

extension NegotiationError {
    static func unsupported(_ protocols: [String]) -> NegotiationError {
        let listed = protocols.prefix(8).joined(separator: ", ")
        return NegotiationError(code: .unsupported, detail: "the peer speaks none of: \(listed)")
    }

    static func wrongHeader(_ text: String) -> NegotiationError {
        NegotiationError(code: .wrongHeader, detail: "expected \(Negotiation.header), got \(quoted(text))")
    }

    static func malformed(_ detail: String) -> NegotiationError {
        NegotiationError(code: .malformed, detail: detail)
    }

    static let messageTooLarge = NegotiationError(
        code: .messageTooLarge, detail: "a message may have \(Negotiation.maximumMessageLength) bytes")

    static let tooManyProposals = NegotiationError(
        code: .tooManyProposals, detail: "\(Negotiation.maximumProposals) proposals were refused already")

    static func unexpectedAnswer(_ text: String, to proposal: String) -> NegotiationError {
        NegotiationError(code: .unexpectedAnswer, detail: "proposed \(proposal), got \(quoted(text))")
    }

    static let finished = NegotiationError(code: .finished, detail: "the negotiation has ended")

    /// The start of what a peer wrote, printable and short.
    private static func quoted(_ text: String) -> String {
        let shown = text.unicodeScalars.prefix(64).map { scalar in
            scalar.isASCII && scalar.value >= 0x20 && scalar.value < 0x7f ? Character(scalar) : "?"
        }
        return "\"\(String(shown))\""
    }
}
