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
    /// - Throws: ``StoreError``, ``GossipSubError``, ``GroupError`` `full`. We are not in it then.
    public func joinGigi(_ topic: GossipSub.Topic) async throws {
        guard !gigiRooms.contains(topic) else { return }
        try checkRoom()
        openings += 1
        defer { openings -= 1 }
        try enterGigiRoom(topic)
        let row = StoredGroup(id: GroupChat.gigi(topic).description)
        try await save(row) { [self] result in
            switch result {
            case .success:
                gigiRooms.insert(topic)
                leftGigiRooms.remove(topic)
            case .failure: if !gigiRooms.contains(topic) { gossip.unsubscribe(topic) }
            }
        }
    }

    /// Leaves a room.
    ///
    /// - Throws: ``StoreError``. We are still in it then.
    public func leaveGigi(_ topic: GossipSub.Topic) async throws {
        let row = StoredGroup(id: GroupChat.gigi(topic).description, hasLeft: true)
        try await save(row) { [self] result in
            guard case .success = result else { return }
            gigiRooms.remove(topic)
            leftGigiRooms.insert(topic)
            gossip.unsubscribe(topic)
        }
    }

    /// Writes a row down; `completion` makes it true here, in the order of the writes.
    private func save(
        _ row: StoredGroup, completion: @escaping @NetworkActor (Result<Void, StoreError>) -> Void
    ) async throws(StoreError) {
        let result: Result<Void, StoreError> = await withCheckedContinuation { continuation in
            store.write({ try $0.save(row) }) { result in
                completion(result)
                continuation.resume(returning: result)
            }
        }
        try result.get()
    }

    /// Says something in a room. On return it is on the disk, and on its way to those who are there; if nobody is, it
    /// waits until somebody comes.
    ///
    /// - Throws: ``StoreError``, ``MessagingError`` where it is no text, ``GroupError`` `not_member` where we are not in
    ///   the room.
    public func sendGigi(
        _ body: MessageBody, to topic: GossipSub.Topic, noting: (MessageID, MessageState?) -> Void = { _, _ in }
    ) async throws -> Said {
        guard gigiRooms.contains(topic) else { throw GroupError(.notMember, "you are not in the room; group.join it") }
        let now = world.wallClock.now
        guard let text = body.text,
            let bytes = GigiGroupMessage(nickname: ownName, content: text, time: now).encoded
        else { throw MessagingError(.invalidText, "a room of gigi takes texts only, of up to 60 KiB") }
        let digest = SHA256.hash(bytes)
        let id = nextGigiID(at: now, digest)
        let isHeard = !gossip.isEmpty(topic)
        let foreseen: MessageState? = isHeard ? nil : .accepted
        let chat = GroupChat.gigi(topic).description
        let new = gigiMessage(id, chat, swarm.localPeer, text, now, digest, isOutgoing: true)
        let row = GroupFrameRow(
            group: chat, id: id.description, author: new.author, digest: SHA256.hash(digest + id.bytes), epoch: [],
            time: now, frame: bytes)
        underway.insert(id)
        defer { underway.remove(id) }
        noting(id, foreseen)
        let result: Result<(position: Int64, recipients: Int), StoreError> = await withCheckedContinuation {
            continuation in
            store.write(
                { transaction in
                    guard case .inserted(let position) = try transaction.insert(new) else {
                        throw MessagingError(.store, "the id \(new.id) was used before")
                    }
                    try transaction.insert(row)
                    return position
                },
                completion: { [self] result in
                    continuation.resume(returning: result.map { ($0, publish(bytes, to: topic)) })
                })
        }
        let (position, recipients) = try result.get()
        var state = MessageState.accepted
        if recipients > 0 {
            let hearer = isHeard ? nil : gossip.peers(of: topic).first
            if await markSent(id, in: chat, at: position, tellingOf: hearer), isHeard { state = .sent }
        }
        return Said(id: id, state: state)
    }

    func enterGigiRoom(_ topic: GossipSub.Topic) throws(GossipSubError) {
        try gossip.subscribe(
            topic,
            watcher: { [weak self] peer, isMember in
                if isMember { self?.repeatGigi(topic, to: peer) }
            },
            { [weak self] message, _, _ in
                guard let self, let author = message.author else { return .ignore }
                guard let said = GigiGroupMessage(decoding: message.data) else {
                    count(.gigiMalformed)
                    return .reject
                }
                keep(said, by: author, on: topic, message.data)
                return .accept
            })
    }

    /// What was said while nobody was there waits for so long, and is so much at most.
    private nonisolated static let (patience, maximumRepeats): (Duration, Int) = (.seconds(7 * 86_400), 256)

    /// Says what nobody has heard yet to somebody who has come.
    private func repeatGigi(_ topic: GossipSub.Topic, to peer: PeerID) {
        guard isRunning, gigiRooms.contains(topic), repeating.insert(topic).inserted else { return }
        let chat = GroupChat.gigi(topic).description
        let oldest = world.wallClock.now - Self.patience
        spawn { [self] in
            defer { repeating.remove(topic) }
            do throws(StoreError) {
                let waiting = try await store.read {
                    try $0.unsentFrames(in: chat, since: oldest, limit: Self.maximumRepeats)
                }
                for message in waiting {
                    guard isRunning, gigiRooms.contains(topic), let id = MessageID(message.id), !underway.contains(id)
                    else { continue }
                    guard publish(message.frame, to: topic) > 0 else { return }
                    _ = await markSent(id, in: chat, at: message.position, tellingOf: peer)
                }
            } catch {
                count(.notRead)
            }
        }
    }

    private func keep(_ said: GigiGroupMessage, by author: PeerID, on topic: GossipSub.Topic, _ bytes: [UInt8]) {
        // An empty text says nothing; what is in it otherwise is shown as it is.
        guard !said.content.isEmpty else { return }
        let now = world.wallClock.now
        let chat = GroupChat.gigi(topic).description
        let digest = SHA256.hash(author.bytes + bytes)
        let id = nextGigiID(at: now, digest)
        var message = gigiMessage(id, chat, author, said.content, said.time, digest, isOutgoing: false)
        message.mentionsMe = isMention(of: swarm.localPeer, said.content)
        message.nick = said.nickname.isEmpty ? nil : said.nickname
        let new = message
        let row = GroupFrameRow(
            group: chat, id: id.description, author: new.author, digest: SHA256.hash(digest + id.bytes), epoch: [],
            time: now, frame: [])
        onHearing?(chat, false)
        let encodeEvent = encodeEvent
        store.write(
            { transaction in
                guard case .inserted(let position) = try transaction.insert(new) else { return }
                try transaction.insert(row)
                try transaction.append(
                    encodeEvent(
                        GroupEvent(
                            kind: .message(StoredMessage(position: position, content: new)), group: chat,
                            name: topic.description, description: "", time: now)))
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
