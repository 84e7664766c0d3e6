/// The side that answers proposals: with their echo when it speaks the protocol, with `na` otherwise. The list request
/// `ls` of old peers is answered `na` as well.
///
/// The header goes out together with the first answer when both are due, so that header, echo and the protocol's first
/// bytes can share a segment.
public struct NegotiationListener {
    private enum State {
        case awaitingHeader
        case awaitingProposal
        case finished
    }

    private let isSupported: (String) -> Bool
    private var refused = 0
    private var state = State.awaitingHeader
    private var buffer = NegotiationMessageBuffer()

    /// Whether exactly one proposal was refused. What follows may then be bytes that a lazy dialer sent behind its
    /// only proposal: an error says nothing bad of the dialer, which still has the refusal to read.
    public var mayHaveLazyDialer: Bool { refused == 1 }

    /// Answers that were due when `receive` threw: to be sent before closing, if ``mayHaveLazyDialer``.
    public private(set) var unsent: [UInt8] = []

    /// A listener that agrees to the protocols for which `isSupported` says true. It is asked once for each proposal.
    public init(isSupported: @escaping (String) -> Bool) {
        self.isSupported = isSupported
    }

    /// Takes bytes from the other side: an array or a raw buffer.
    ///
    /// - Returns: what to send, and the agreement once it stands. After an agreement the machine has ended.
    /// - Throws: ``NegotiationError``, after which the machine has ended and the stream should be reset.
    public mutating func receive(_ bytes: some Sequence<UInt8>) throws(NegotiationError) -> NegotiationStep {
        buffer.append(bytes)
        var reply: [UInt8] = []
        do {
            return try advance(&reply)
        } catch {
            state = .finished
            unsent = reply
            throw error
        }
    }

    private mutating func advance(_ reply: inout [UInt8]) throws(NegotiationError) -> NegotiationStep {
        while state != .finished, let text = try buffer.next() {
            switch state {
            case .awaitingHeader:
                guard text.utf8.elementsEqual(Negotiation.header.utf8) else { throw .wrongHeader(text) }
                NegotiationMessage.append(Negotiation.header, to: &reply)
                state = .awaitingProposal
            case .awaitingProposal:
                guard refused < Negotiation.maximumProposals else { throw .tooManyProposals }
                if Negotiation.isValid(protocolID: text), isSupported(text) {
                    state = .finished
                    NegotiationMessage.append(text, to: &reply)
                    return .agreed(text, send: reply, leftover: buffer.takeRest())
                }
                refused += 1
                NegotiationMessage.append(Negotiation.refusal, to: &reply)
            case .finished:
                break
            }
        }
        guard state != .finished else { throw .finished }
        return .needMore(send: reply)
    }
}
