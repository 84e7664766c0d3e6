/// Agreeing on a protocol: multistream-select 1.0.
///
/// Both ends of a connection or stream begin with the header `/multistream/1.0.0`. The dialer then proposes protocol
/// ids, one at a time; the listener answers each with its echo (agreed) or with `na`. Every message is
/// `uvarint(length) || text || "\n"`.
///
/// The two machines here do no I/O. Bytes go in as they come, split or joined in any way; a step comes out that says
/// what to send and whether an agreement stands. Bytes that arrived behind the last message of the dialogue belong to
/// the protocol agreed on and come back as `leftover`: they must be handed on.
///
/// ```swift
/// var dialer = NegotiationDialer(protocols: ["/noise"])
/// send(dialer.start())
/// switch try dialer.receive(bytes) {
/// case .needMore(let reply): send(reply)
/// case .agreed(let protocolID, _, let leftover): run(protocolID, beginningWith: leftover)
/// }
/// ```
///
/// Source: the connections specification of libp2p, multistream-select. The limits are go-libp2p's for the size of a
/// message and our own for the number of proposals.
public enum Negotiation {
    /// The protocol id of the negotiation itself, the first message of both sides.
    public static let header = "/multistream/1.0.0"

    /// The most bytes a message may have, its newline included and its length prefix not (go-libp2p's limit).
    public static let maximumMessageLength = 1024

    /// The most proposals a listener answers on one stream; the next one is an error.
    public static let maximumProposals = 64

    /// The listener's refusal of one proposal.
    static let refusal = "na"

    /// Whether `protocolID` can be said in one message: neither empty nor too long, and without a newline.
    public static func isValid(protocolID: String) -> Bool {
        let text = protocolID.utf8
        return !text.isEmpty && text.count < maximumMessageLength && !text.contains(newline)
    }

    static let newline = UInt8(ascii: "\n")
}

/// What a negotiating machine wants after bytes arrived.
public enum NegotiationStep: Equatable, Sendable {
    /// Send these bytes (there may be none) and hand over what arrives next.
    case needMore(send: [UInt8])

    /// The protocol agreed on. Send `send` (there may be nothing) before anything of that protocol; `leftover` are the
    /// bytes already received that belong to it.
    case agreed(String, send: [UInt8], leftover: [UInt8])
}
