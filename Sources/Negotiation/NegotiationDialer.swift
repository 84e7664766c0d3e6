import Wire

/// The side that proposes.
///
/// ``start()`` gives the header and the first proposal to be sent in one write, so that an agreement costs one round
/// trip. A lazy dialer (one protocol only) may send bytes of that protocol right behind them; whether the other side
/// speaks it then turns out at the first read: ``receive(_:)`` answers `agreed` or throws.
public struct NegotiationDialer: Sendable {
    private enum State {
        case awaitingHeader
        case awaitingAnswer
        case finished
    }

    private let protocols: [String]
    private var proposed = 0
    private var state = State.awaitingHeader
    private var buffer = NegotiationMessageBuffer()

    /// Whether bytes of the protocol may be sent right behind ``start()``, before the other side has answered.
    public let isLazy: Bool

    /// A dialer that proposes `protocols` in this order.
    ///
    /// - Parameters:
    ///   - protocols: ids in the order of preference. Ids that fit no message (``Negotiation/isValid(protocolID:)``)
    ///     are left out; with none left, ``start()`` gives no bytes and every `receive` throws `unsupported`.
    ///   - lazy: send the protocol's bytes before its echo came. Taken only with exactly one protocol, since the bytes
    ///     could not be taken back after a refusal.
    public init(protocols: [String], lazy: Bool = false) {
        self.protocols = protocols.filter { Negotiation.isValid(protocolID: $0) }
        isLazy = lazy && self.protocols.count == 1
    }

    /// The header and the first proposal, to be sent at once and in one write.
    public mutating func start() -> [UInt8] {
        var bytes: [UInt8] = []
        guard let first = protocols.first else { return bytes }
        NegotiationMessage.append(Negotiation.header, to: &bytes)
        NegotiationMessage.append(first, to: &bytes)
        return bytes
    }

    /// Takes bytes from the other side: an array or a raw buffer.
    ///
    /// - Returns: what to send, and the agreement once it stands. After an agreement the machine has ended.
    /// - Throws: ``NegotiationError``, after which the machine has ended and the stream should be reset.
    public mutating func receive(_ bytes: some Sequence<UInt8>) throws(NegotiationError) -> NegotiationStep {
        buffer.append(bytes)
        do {
            return try advance()
        } catch {
            state = .finished
            throw error
        }
    }

    private mutating func advance() throws(NegotiationError) -> NegotiationStep {
        guard proposed < protocols.count else { throw .unsupported(protocols) }
        var reply: [UInt8] = []
        while state != .finished, let text = try buffer.next() {
            switch state {
            case .awaitingHeader:
                guard text.utf8.elementsEqual(Negotiation.header.utf8) else { throw .wrongHeader(text) }
                state = .awaitingAnswer
            case .awaitingAnswer:
                let proposal = protocols[proposed]
                if text.utf8.elementsEqual(proposal.utf8) {
                    state = .finished
                    return .agreed(proposal, send: reply, leftover: buffer.takeRest())
                }
                guard text.isSame(as: Negotiation.refusal) else { throw .unexpectedAnswer(text, to: proposal) }
                proposed += 1
                guard proposed < protocols.count else { throw .unsupported(protocols) }
                NegotiationMessage.append(protocols[proposed], to: &reply)
            case .finished:
                break
            }
        }
        guard state != .finished else { throw .finished }
        return .needMore(send: reply)
    }
}
