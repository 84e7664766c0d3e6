import Identity
import Store

/// A stored message of ours as the bytes of a request, in each protocol that can carry it.
struct OutgoingRequest {
    let linnet: [UInt8]
    /// nil when gigi has no form for it: it takes short texts only.
    let gigi: [UInt8]?

    /// nil when the stored message cannot be read.
    init?(_ departure: PeerQueue.Departure, to peer: PeerID, from author: PeerID) {
        let stored = departure.message.content
        guard let id = MessageID(stored.id),
            let body = try? MessageBody(stored.body, contentType: stored.contentType)
        else { return nil }
        let content = MessageContent(
            id: id, author: author, recipient: peer, time: stored.sentAt, body: body,
            replyTo: stored.replyTo.flatMap { MessageID($0) })
        linnet = MessageRequest(content: content.encoded(), signature: stored.signature, after: departure.after)
            .encoded()
        if body.bytes.count <= GigiDirect.maximumTextBytes, let text = body.text {
            gigi = GigiDirect.Message.encoded(text: text)
        } else {
            gigi = nil
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
