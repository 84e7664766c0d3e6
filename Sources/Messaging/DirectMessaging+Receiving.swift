import Crypto
import Identity
import Reactor
import RequestResponse
import Store
import Swarm
import Time

extension DirectMessaging {
    /// Answers the requests of both protocols, each with its own bound on a request's size.
    func beginReceiving() {
        var limits = RequestLimits()
        limits.timeout = configuration.requestTimeout
        limits.requests = 256
        // Our own limits come first: they answer when to come again, where these can only reset the stream.
        limits.rate = configuration.inboundMessages.perSecond * 2
        limits.burst = configuration.inboundMessages.burst * 2
        limits.maximumRequest = MessageRequest.maximumBytes
        requests.handle([MessageRequest.protocolID], limits: limits) { [weak self] peer, _, bytes in
            guard let self, phase == .running else { return nil }
            return await receive(bytes, from: peer).encoded()
        }
        limits.maximumRequest = GigiDirect.maximumRequestBytes
        requests.handle([GigiDirect.protocolID], limits: limits) { [weak self] peer, _, bytes in
            guard let self, phase == .running else { return nil }
            return await receiveGigi(bytes, from: peer).encoded()
        }
    }

    /// Answers no more requests.
    func endReceiving() { requests.removeHandlers([MessageRequest.protocolID, GigiDirect.protocolID]) }

    /// Takes in a message of `/linnet/message/1.0.0`: checks it, stores it, and only then says so.
    func receive(_ bytes: [UInt8], from peer: PeerID) async -> MessageAnswer {
        do {
            if let delay = rate.admit(bytes.count, from: peer, now: world.clock.now) {
                throw MessageRefusal(.busy, "too many messages at once", retryAfter: delay)
            }
            let request = try MessageRequest(decoding: bytes)
            let content = try MessageContent(decoding: request.content)
            guard content.author == peer else {
                throw MessageRefusal(.invalid, "the author is not the peer that sent it")
            }
            guard content.recipient == identity.peerID else {
                throw MessageRefusal(.recipient, "the message is for another peer")
            }
            guard content.isSigned(by: request.signature, over: request.content) else {
                throw MessageRefusal(.invalid, "the signature is wrong")
            }
            onHearing?(peer.description, content.isBot)
            try await keep(
                incoming(
                    content, from: peer, digest: MessageContent.digest(of: request.content),
                    signature: request.signature), after: request.after)
            return .stored
        } catch let refusal as MessageRefusal {
            return .refused(refusal)
        } catch {
            return .refused(MessageRefusal(.unavailable, "cannot store it now", retryAfter: Self.storePause))
        }
    }

    /// Takes in a message of gigi's `/direct/1.0.0`. It has no id: one is made here.
    func receiveGigi(_ bytes: [UInt8], from peer: PeerID) async -> GigiDirect.Response {
        guard rate.admit(bytes.count, from: peer, now: world.clock.now) == nil else {
            return .error("too many messages at once")
        }
        guard let message = GigiDirect.Message(decoding: bytes) else { return .error("malformed message") }
        do {
            onHearing?(peer.description, false)
            let now = world.wallClock.now
            let content = MessageContent(
                id: nextID(at: now), author: peer, recipient: identity.peerID, time: now, body: try message.body())
            try await keep(
                incoming(content, from: peer, digest: SHA256.hash(content.id.bytes + bytes), signature: []), after: nil)
            return .ack
        } catch let error as MessagingError {
            return .error(error.message)
        } catch {
            return .error("cannot store it now")
        }
    }

    /// How long a peer should wait when our store fails.
    private static let storePause = Duration.seconds(5)

    private func incoming(
        _ content: MessageContent, from peer: PeerID, digest: [UInt8], signature: [UInt8]
    ) -> NewMessage {
        let author = peer.description
        var message = NewMessage(
            id: content.id.description, author: author, chat: author, isOutgoing: false, sentAt: content.time,
            storedAt: world.wallClock.now, contentType: content.body.contentType, body: content.body.bytes,
            replyTo: content.replyTo?.description, state: .received, digest: digest, signature: signature,
            isBot: content.isBot)
        message.nick = nickname(peer)
        return message
    }

    /// Stores a message and its event, unless it is there already. On return it is on the disk.
    private func keep(_ message: NewMessage, after: MessageID?) async throws {
        let encodeEvent = encodeEvent
        let refusal = try await store.write { transaction -> MessageRefusal? in
            if let after, try !transaction.hasMessage(message.id, by: message.author),
                try !transaction.hasMessage(after.description, by: message.author)
            {
                return MessageRefusal(.order, "the message before it is missing")
            }
            switch try transaction.insert(message) {
            case .inserted(let position):
                try transaction.append(encodeEvent(.received(StoredMessage(position: position, content: message))))
                return nil
            case .duplicate: return nil
            case .conflict: return MessageRefusal(.conflict, "another message has the same id")
            }
        }
        if let refusal { throw refusal }
    }

    /// Marks the incoming messages of a chat as read, up to and with `message`, or all of them. Returns how many were not
    /// read before; if there were any, the event `read` tells of it.
    ///
    /// - Throws: `unknownMessage` when the chat has no such message, or `store`.
    public func markRead(chat: String, upTo message: MessageID? = nil) async throws(MessagingError) -> Int {
        let time = world.wallClock.now
        let encodeEvent = encodeEvent
        do {
            let count = try await store.write { transaction -> Int? in
                var position: Int64?
                if let message {
                    position = try transaction.messages(withID: message.description).last { $0.chat == chat }?.position
                    guard position != nil else { return nil }
                }
                let count = try transaction.markRead(in: chat, upTo: position, at: time)
                if count > 0 {
                    try transaction.append(
                        encodeEvent(.read(chat: chat, message: message?.description, count: count, time: time)))
                }
                return count
            }
            if let count { return count }
        } catch {
            throw MessagingError(error)
        }
        throw MessagingError(.unknownMessage, "the chat has no such message")
    }
}
