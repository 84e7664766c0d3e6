import RequestResponse
import Swarm

/// Why a message cannot reach its peer at present, as a sentence for people. It goes on waiting all the same.
struct Obstacle: Equatable, Sendable {
    /// The longest sentence, in characters: an address per attempt may make it long.
    static let maximumCharacters = 250

    let text: String
    /// Whether it only says that an address is left alone for a while: what came before says more.
    var isBackoff = false

    init(_ text: String) {
        self.text = text.count > Self.maximumCharacters ? text.prefix(Self.maximumCharacters - 1) + "…" : text
    }

    /// No address to dial.
    static let noAddress = Obstacle("no address of the peer is known; add one with contact.update, or use --lan")
    /// Addresses, but no connection.
    static let notConnected = Obstacle("the peer is not connected")
    /// The peer can carry no messages.
    static let unsupported = Obstacle("the peer speaks no protocol for messages")
    /// The peer takes nothing at present.
    static let busy = Obstacle("the peer is too busy to take messages")
    /// Neither stored nor refused.
    static let unanswered = Obstacle("the peer did not answer")
    /// There are so many peers to dial that this one has to wait for its turn.
    static let notDialedYet = Obstacle("too many other peers are being dialed")

    /// Why a request got no answer.
    init(_ error: RequestError) {
        switch (error.code, error.cause?.code) {
        case (_, .noAddresses): self = .noAddress
        case (.unsupportedProtocol, _): self = .unsupported
        case (_, .wrongPeer): self.init("another peer answers: \(error.detail)")
        case (.timedOut, nil): self.init("the peer did not answer in time")
        case (.reset, _), (.remoteClosed, _): self.init("the connection broke before the peer answered")
        default:
            self.init(error.detail)
            isBackoff = error.cause?.retryAfter != nil
        }
    }

    /// What an answer says about the present; nil where the message is settled, or just out of turn.
    init?(_ answer: PeerQueue.Answer) {
        switch answer {
        case .busy: self = .busy
        case .unsupported: self = .unsupported
        case .unreachable: self = .unanswered
        case .delivered, .outOfOrder, .refused: return nil
        }
    }
}
