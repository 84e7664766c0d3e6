import Crypto
import GossipSub
import Groups
import Identity
import Reactor
import Store
import Time

/// Rooms of gigi: everybody on a topic, in the clear, with nothing kept for those who are away.
extension GroupMessaging {
    /// Enters a room.
    ///
    /// - Parameter topic: what gigi calls the group's id; 1...256 bytes.
    /// - Throws: ``StoreError``, ``GossipSubError``, ``GroupError`` `full`.
    public func joinGigi(_ topic: String) async throws {
        guard !gigiRooms.contains(topic) else { return }
        guard rooms.count + gigiRooms.count < Self.maximumGroups else {
            throw GroupError(.full, "an account is in at most \(Self.maximumGroups) groups; leave one")
        }
        let row = StoredGroup(id: GroupChat.gigi(topic).description)
        try await store.write { try $0.save(row) }
        gigiRooms.insert(topic)
        enterGigiRoom(topic)
    }

    /// Leaves a room.
    ///
    /// - Throws: ``StoreError``.
    public func leaveGigi(_ topic: String) async throws {
        let row = StoredGroup(id: GroupChat.gigi(topic).description, hasLeft: true)
        try await store.write { try $0.save(row) }
        gigiRooms.remove(topic)
        gossip.unsubscribe(topic)
    }

    /// Says something in a room.
    ///
    /// - Throws: ``StoreError``, ``MessagingError`` where it is no text, `unknownMessage` where we are not in the room.
    public func sendGigi(
        _ body: MessageBody, to topic: String,
        alongside: (@Sendable (Transaction, MessageID, MessageState) throws -> Void)? = nil
    ) async throws -> (MessageID, MessageState) {
        guard gigiRooms.contains(topic) else { throw GroupError(.notMember, "you are not in the room; group.join it") }
        let now = world.wallClock.now
        guard let text = body.text,
            let bytes = GigiGroupMessage(nickname: ownName, content: text, time: now).encoded
        else { throw MessagingError(.invalidText, "a room of gigi takes texts only, of up to 60 KiB") }
        let digest = SHA256.hash(bytes)
        let id = nextGigiID(at: now, digest)
        let state: MessageState = gossip.isEmpty(topic) ? .accepted : .sent
        let chat = GroupChat.gigi(topic).description
        let new = gigiMessage(id, chat, swarm.localPeer, text, now, digest, isOutgoing: true)
        let row = GroupFrameRow(
            group: chat, id: id.description, author: new.author, digest: SHA256.hash(digest + id.bytes), epoch: [],
            time: now, frame: [])
        try await store.write { transaction in
            guard case .inserted(let position) = try transaction.insert(new) else {
                throw MessagingError(.store, "the id \(new.id) was used before")
            }
            if state == .sent { try transaction.advance(messageAt: position, to: .sent, at: now) }
            try transaction.insert(row)
            try alongside?(transaction, id, state)
        }
        _ = try? gossip.publish(bytes, to: topic)
        return (id, state)
    }

    func enterGigiRoom(_ topic: String) {
        do throws(GossipSubError) {
            try gossip.subscribe(topic) { [weak self] message, _, _ in
                guard let self, let author = message.author else { return .ignore }
                guard let said = GigiGroupMessage(decoding: message.data) else {
                    count(.gigiMalformed)
                    return .reject
                }
                keep(said, by: author, on: topic, message.data)
                return .accept
            }
        } catch {
            count(.topicRefused)
        }
    }

    private func keep(_ said: GigiGroupMessage, by author: PeerID, on topic: String, _ bytes: [UInt8]) {
        // An empty text says nothing; what is in it otherwise is shown as it is.
        guard !said.content.isEmpty else { return }
        let now = world.wallClock.now
        let chat = GroupChat.gigi(topic).description
        let digest = SHA256.hash(author.bytes + bytes)
        let id = nextGigiID(at: now, digest)
        let new = gigiMessage(id, chat, author, said.content, said.time, digest, isOutgoing: false)
        let row = GroupFrameRow(
            group: chat, id: id.description, author: new.author, digest: SHA256.hash(digest + id.bytes), epoch: [],
            time: now, frame: [])
        var traits = GroupMessageTraits()
        traits.mentionsMe = isMention(of: swarm.localPeer, said.content)
        traits.nick = said.nickname.isEmpty ? nil : said.nickname
        onHearing?(chat, false)
        let (encodeEvent, told) = (encodeEvent, traits)
        store.write(
            { transaction in
                guard case .inserted(let position) = try transaction.insert(new) else { return }
                try transaction.insert(row)
                try transaction.append(
                    encodeEvent(
                        GroupEvent(
                            kind: .message(StoredMessage(position: position, content: new), told), group: chat,
                            name: topic, description: "", time: now)))
            },
            completion: { [weak self] result in
                if case .failure = result { self?.count(.notStored) }
            })
    }

    private func gigiMessage(
        _ id: MessageID, _ chat: String, _ author: PeerID, _ text: String, _ time: Timestamp, _ digest: [UInt8],
        isOutgoing: Bool
    ) -> NewMessage {
        NewMessage(
            id: id.description, author: author.description, chat: chat, isOutgoing: isOutgoing, sentAt: time,
            storedAt: world.wallClock.now, contentType: MessageBody.plainText, body: Array(text.utf8),
            state: isOutgoing ? .accepted : .received, digest: digest, signature: [])
    }

    /// What gigi's people see before what we say.
    private var ownName: String { nickname(swarm.localPeer) ?? String(swarm.localPeer.description.suffix(8)) }

    /// Messages of gigi have no ids: the time of arrival makes one.
    private func nextGigiID(at now: Timestamp, _ digest: [UInt8]) -> MessageID {
        let time = UInt64(min(max(now.milliseconds, 0), 1 << 48 - 1))
        return MessageID(
            high: time << 16 | (world.random.next() & 0xffff),
            low: digest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}
