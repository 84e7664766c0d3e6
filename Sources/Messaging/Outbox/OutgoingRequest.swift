import Identity
import Store

/// A stored message of ours, to be written as a request of the protocol that is agreed on.
struct OutgoingRequest {
    private let content: MessageContent
    private let signature: [UInt8]
    private let after: MessageID?

    /// nil when the stored message cannot be read.
    init?(_ departure: PeerQueue.Departure, to peer: PeerID, from author: PeerID) {
        let stored = departure.message.content
        guard let id = MessageID(stored.id),
            let body = try? MessageBody(stored.body, contentType: stored.contentType)
        else { return nil }
        content = MessageContent(
            id: id, author: author, recipient: peer, time: stored.sentAt, body: body,
            replyTo: stored.replyTo.flatMap { MessageID($0) }, isBot: stored.isBot)
        signature = stored.signature
        after = departure.after
    }

    /// Whether gigi has a form for it: it takes short texts only.
    var fitsGigi: Bool { content.body.isText && content.body.bytes.count <= GigiDirect.maximumTextBytes }

    func encoded(for spoken: MessageProtocol) -> [UInt8] {
        switch spoken {
        case .linnet:
            MessageRequest(content: content.encoded(), signature: signature, after: after).encoded()
        case .gigi:
            GigiDirect.Message.encoded(text: content.body.text ?? "")
        }
    }
}

extension PeerQueue.Answer {
    /// The answer that a peer gave, in the protocol that it speaks.
    init(_ bytes: [UInt8], in spoken: MessageProtocol) {
        switch spoken {
        case .linnet:
            switch MessageAnswer(decoding: bytes) {
            case .stored: self = .delivered
            case .refused(let refusal): self.init(refusal)
            case .refusedForUnknownReason(let code): self = .refused("the peer refused it: \(code)")
            case nil: self = .unreachable
            }
        case .gigi:
            switch GigiDirect.Response(decoding: bytes) {
            case .ack: self = .delivered
            case .error(let text): self = .refused("the peer refused it: \(text)")
            case nil: self = .unreachable
            }
        }
    }

    private init(_ refusal: MessageRefusal) {
        switch refusal.code {
        case .order: self = .outOfOrder
        case .busy, .unavailable: self = .busy(retryAfter: refusal.retryAfter)
        case .conflict, .invalid, .tooLarge, .recipient, .unsupported:
            self = .refused("the peer refused it: \(refusal.message)")
        }
    }
}
