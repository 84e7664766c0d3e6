import Identity
import Reactor
import Store
import Time

extension DirectMessaging {
    /// Accepts a message: returns once it is on the disk, from where it will be sent whenever the peer can be reached.
    ///
    /// - Parameters:
    ///   - replyTo: the message that this one answers.
    ///   - isBot: whether a program says it.
    ///   - expiresIn: when to give up, 7 days if nil: 1 ms...30 days.
    ///   - noting: told the id, before anything is written.
    /// - Throws: `ownPeer`, `invalidExpiry`, `stopped`, or `store` when it could not be kept. Cancelling the task does not
    ///   take the message back.
    public func send(
        _ body: MessageBody, to peer: PeerID, replyTo: MessageID? = nil, isBot: Bool = false,
        expiresIn: Duration? = nil, noting: (MessageID) -> Void = { _ in }
    ) async throws(MessagingError) -> MessageID {
        guard phase == .running else { throw Self.closed() }
        guard peer != identity.peerID else { throw MessagingError(.ownPeer, "this is your own peer id") }
        let lifetime = expiresIn ?? configuration.expiry
        guard lifetime >= .milliseconds(1), lifetime <= MessagingConfiguration.maximumExpiry else {
            throw MessagingError(.invalidExpiry, "a message expires within 1 ms to 30 days")
        }
        let now = world.wallClock.now
        let id = nextID(at: now)
        let expiresAt = steadyNow + lifetime
        let content = MessageContent(
            id: id, author: identity.peerID, recipient: peer, time: now, body: body, replyTo: replyTo,
            isBot: isBot)
        let encoded = content.encoded()
        let chat = peer.description
        let message = NewMessage(
            id: id.description, author: identity.peerID.description, chat: chat, isOutgoing: true, sentAt: now,
            storedAt: now, contentType: body.contentType, body: body.bytes, replyTo: replyTo?.description,
            state: .accepted, expiresAt: expiresAt, digest: MessageContent.digest(of: encoded),
            signature: MessageContent.sign(encoded, with: identity), isBot: isBot)
        noting(id)
        let result = await withCheckedContinuation { continuation in
            store.write(
                { transaction in
                    guard case .inserted(let position) = try transaction.insert(message) else {
                        throw MessagingError(.store, "the id \(message.id) was used before")
                    }
                    try transaction.enqueue(messageAt: position, for: chat, expiresAt: expiresAt)
                    return position
                },
                completion: { [self] result in
                    // Here and not behind the continuation: completions come in the order of the positions.
                    if case .success(let position) = result {
                        accepted(StoredMessage(position: position, content: message), for: peer, expiresAt: expiresAt)
                    }
                    continuation.resume(returning: result)
                })
        }
        switch result {
        case .success: return id
        case .failure(let error): throw MessagingError(error)
        }
    }

    /// Waits until a message of ours is in `state` or beyond, or has failed or expired, and returns the state that it is
    /// in then.
    ///
    /// - Throws: `unknownMessage`, `store`, `stopped`, or `cancelled` when the task was cancelled.
    public func wait(
        for id: MessageID, state wanted: MessageState
    ) async throws(MessagingError) -> MessageState {
        guard phase == .running else { throw Self.closed() }
        let token = waiters.nextToken()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiters.add(token, for: id, wanted, continuation)
                if Task.isCancelled { return cancelWait(token, for: id) }
                // The present state, asked for after listening for changes, so that none is missed.
                lookUp(id, for: token)
            }
        } onCancel: {
            EventLoop.shared.execute { self.cancelWait(token, for: id) }
        }
        return try result.get()
    }

    func nextID(at now: Timestamp) -> MessageID {
        ids.next(at: now, entropy: (UInt16(truncatingIfNeeded: world.random.next()), world.random.next()))
    }

    private func accepted(_ message: StoredMessage, for peer: PeerID, expiresAt: Timestamp) {
        pendingCount.unsent += 1
        pendingCount.undelivered += 1
        queues[peer, default: PeerQueue(limits: queueLimits, hasBacklog: false)].enqueue(message)
        queues[peer]?.isPipelined = protocols[peer] == .linnet
        queues[peer]?.isUrgent = isDraining
        queues[peer]?.nudge(now: world.clock.now)
        scheduleExpiry(expiresAt)
        pump(peer)
    }

    private func lookUp(_ id: MessageID, for token: UInt64) {
        let author = identity.peerID.description
        spawn { [self] in
            do {
                guard let message = try await store.read({ try $0.message(id.description, by: author) }) else {
                    throw MessagingError(.unknownMessage, "no message of yours has the id \(id)")
                }
                waiters.reached(message.state, id)
            } catch let error as StoreError {
                waiters.fail(token, for: id, MessagingError(error))
            } catch let error as MessagingError {
                waiters.fail(token, for: id, error)
            }
        }
    }

    private func cancelWait(_ token: UInt64, for id: MessageID) {
        waiters.fail(token, for: id, MessagingError(.cancelled, "no longer waited for"))
    }
}
