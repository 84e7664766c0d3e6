import Identity
import Messaging
import Reactor
import Store

/// `message.send` given again, with the key of one whose message is on the disk already.
extension Engine {
    /// Goes on with the message, from where it is.
    func messageResume(_ call: Invocation, _ id: MessageID) async throws(CommandFailure) {
        guard let stored = try await ownMessage(id) else {
            throw CommandFailure(.messageUnknown, "message \(id) is not here any more")
        }
        call.message = id
        call.messageState = stored.state
        call.change = .made
        // It has taken effect long since.
        call.release(.made)
        // Who of a group has it is not known, so there is nothing to wait for.
        if GroupChat(stored.chat) != nil { return conclude(call, id, stored.state) }
        if let peer = try? PeerID(stored.chat) { watch(call, peer) }
        try await follow(call, id)
    }

    /// Goes on with the message if the command waits for more than the first answer told.
    ///
    /// - Returns: Whether it did; otherwise the first answer is the answer.
    func messageResume(
        _ call: Invocation, _ id: MessageID, unless first: IdempotencyKeys.Outcome
    ) async throws(CommandFailure) -> Bool {
        guard case .ok = first, call.spec.isKnownByMessage, let wanted = waits(call),
            let state = try await ownMessage(id)?.state,
            state == .accepted || (state == .sent && wanted != .sent) || state.isFinal
        else { return false }
        try await messageResume(call, id)
        return true
    }

    /// The message that a key of linnet's own names, if there is one, and the command says the same.
    ///
    /// - Throws: `key.conflict`, `store.…`.
    func messageMade(_ call: Invocation, by claim: IdempotencyKeys.Claim) async throws(CommandFailure) -> MessageID? {
        guard call.spec.isKnownByMessage, let id = IdempotencyKeys.message(of: claim.key),
            let stored = try await ownMessage(id)
        else { return nil }
        let content = stored.content
        guard let chat = try? chat(call, Arguments.to, for: .acting).chat, let body = try? body(call),
            stored.chat == chat,
            content.body == body.bytes, content.contentType == body.contentType,
            content.replyTo == call.optional(Arguments.replyTo)?.description
        else { throw IdempotencyKeys.conflict(claim) }
        return id
    }

    private func ownMessage(_ id: MessageID) async throws(CommandFailure) -> StoredMessage? {
        let author = localPeer.description
        do throws(StoreError) {
            return try await store.read { try $0.message(id.description, by: author) }
        } catch {
            throw CommandFailure(error)
        }
    }
}
