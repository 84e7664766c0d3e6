import GossipSub
import Groups
import Identity
import Ledger
import Reactor
import Store
import Time

extension MessageID {
    /// The name of a group's message: the time that its author gave it, and the first 80 bits of its hash. So the ids of
    /// a group sort as its messages do, everywhere.
    public init(_ message: GroupMessage) {
        self.init(time: message.time, digest: message.id)
    }

    init(time: Timestamp, digest: GroupMessageID) {
        let bytes = digest.bytes
        let time = UInt64(min(max(time.milliseconds, 0), 1 << 48 - 1))
        let head = bytes.prefix(2).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let tail = bytes.dropFirst(2).prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        self.init(high: time << 16 | head, low: tail)
    }
}

/// Saying something.
extension GroupMessaging {
    /// What is said beside a body.
    public struct Remarks: Sendable {
        /// The message that it answers.
        public var replyTo: MessageID?
        /// Whom it concerns.
        public var mentions: [PeerID] = []
        /// Whether a program says it.
        public var isBot = false

        /// Nothing beside it.
        public init() {}
    }

    /// Says something in a group. On return it is on the disk, and on its way to those who are there; the others get it
    /// when they catch up.
    ///
    /// - Parameter alongside: what to write in the same transaction; if it throws, nothing is said.
    /// - Returns: the message's id, and `sent`, or `accepted` if nobody was there.
    /// - Throws: ``GroupError``, ``StoreError``.
    public func send(
        _ body: MessageBody, to id: GroupID, _ remarks: Remarks = Remarks(),
        alongside: (@Sendable (Transaction, MessageID, MessageState) throws -> Void)? = nil
    ) async throws -> (MessageID, MessageState) {
        var draft = GroupMessage.Draft(contentType: body.contentType, body: body.bytes)
        draft.mentions = remarks.mentions
        draft.isBot = remarks.isBot
        if let answered = remarks.replyTo {
            let group = id.description
            let digest = try await store.read { try $0.digest(ofMessage: answered.description, in: group) }
            guard let digest = digest.flatMap({ Digest($0) }) else {
                throw MessagingError(.unknownMessage, "the group has no message \(answered)")
            }
            draft.replyTo = digest
        }
        // In place: a copy would copy all that the group remembers.
        let sealed = try rooms[id]?.group.seal(draft, now: world.wallClock.now, random: random)
        guard let (message, frame) = sealed else { throw unknown(id) }
        let topic = rooms[id]?.group.topics(now: world.wallClock.now).first
        let isHeard = topic.map { !gossip.isEmpty($0) } ?? false
        let state: MessageState = isHeard ? .sent : .accepted
        var new = stored(message, in: id.description, replyTo: remarks.replyTo)
        new.state = .accepted
        let row = row(of: message, frame)
        let name = MessageID(message)
        let stored = new
        try await store.write { transaction in
            guard case .inserted(let position) = try transaction.insert(stored) else {
                throw MessagingError(.store, "the id \(stored.id) was used before")
            }
            if state == .sent { try transaction.advance(messageAt: position, to: .sent, at: stored.storedAt) }
            try transaction.insert(row, nextSequence: Int64(clamping: message.sequence) + 1)
            try alongside?(transaction, name, state)
        }
        if let topic {
            _ = try? gossip.publish(frame, to: topic)
            catchUp(id, beside: topic)
        }
        return (name, state)
    }

    /// A message as the store keeps it.
    func stored(_ message: GroupMessage, in chat: String, replyTo: MessageID?) -> NewMessage {
        NewMessage(
            id: MessageID(message).description, author: message.author.description, chat: chat,
            isOutgoing: message.author == swarm.localPeer, sentAt: message.time, storedAt: world.wallClock.now,
            contentType: message.content.contentType, body: message.content.body, replyTo: replyTo?.description,
            state: message.author == swarm.localPeer ? .sent : .received, digest: message.id.bytes, signature: [],
            isBot: message.content.isBot)
    }

    func row(of message: GroupMessage, _ frame: [UInt8]) -> GroupFrameRow {
        GroupFrameRow(
            group: message.group.description, id: MessageID(message).description, author: message.author.description,
            digest: message.id.bytes, epoch: message.epoch.bytes, time: message.time, frame: frame)
    }
}

/// Hearing something.
extension GroupMessaging {
    /// Enters the topics where a group talks now, and leaves those where it does not any more.
    func refreshTopics(of id: GroupID) {
        guard isRunning, let room = rooms[id] else { return }
        var topics = room.hasLeft ? [] : room.group.topics(now: world.wallClock.now)
        // The log of a public room comes from those who talk there.
        if topics.isEmpty, !room.hasLeft, room.group.state == nil, room.invite?.visibility != .private {
            topics = [Group.publicTopic(of: id)]
        }
        guard topics != room.topics else { return }
        for topic in topics where !room.topics.contains(topic) {
            do throws(GossipSubError) {
                try gossip.subscribe(topic) { [weak self] message, _, sender in
                    self?.receive(message.data, in: id, from: sender) ?? .ignore
                }
            } catch {
                count(.topicRefused)
            }
        }
        for topic in room.topics where !topics.contains(topic) { gossip.unsubscribe(topic) }
        rooms[id]?.topics = topics
    }

    /// Takes in what was said on a group's topic.
    func receive(_ frame: [UInt8], in id: GroupID, from sender: PeerID) -> ValidationResult {
        // In place: a copy would copy all that the group remembers.
        guard let opened = rooms[id]?.group.open(frame, now: world.wallClock.now, via: .live) else { return .ignore }
        switch opened {
        case .message(let message):
            keep(message, frame, in: id)
            lookForWhatWasBefore(message, id, sender)
            return .accept
        case .entry(let bytes):
            return receive(entries: [bytes], in: id, from: sender) ? .accept : .ignore
        case .refused(let refusal):
            count(refusal)
            switch refusal {
            case .malformed, .undecipherable, .invalidSignature, .tooLarge, .wrongVisibility: return .reject
            case .unknownEpoch, .logMissing, .notMember:
                // The log may say more than we know.
                catchUp(id, with: sender)
                return .ignore
            default: return .ignore
            }
        }
    }

    /// Takes entries of a group's log. False if not all of them could be taken.
    ///
    /// - Parameter startsSync: whether to ask the sender for what comes before.
    @discardableResult
    func receive(
        entries: [[UInt8]], in id: GroupID, from sender: PeerID, startsSync: Bool = true
    ) -> Bool {
        guard var group = rooms[id]?.group else { return false }
        let before = group.state
        let reception = group.apply(entries, now: world.wallClock.now)
        rooms[id]?.group = group
        for refusal in reception.refused { count(refusal) }
        if !reception.update.isEmpty {
            spawn { [weak self] in try? await self?.commit(id, reception.update, before: before) }
        }
        if !reception.missing.isEmpty, startsSync { catchUp(id, with: sender) }
        return reception.refused.isEmpty
    }

    /// Stores a message and its event, unless it is there already.
    func keep(_ message: GroupMessage, _ frame: [UInt8], in id: GroupID) {
        guard let room = rooms[id] else { return }
        let (local, chat, name) = (swarm.localPeer, id.description, room.name)
        let description = room.group.state?.profile.description ?? ""
        let row = row(of: message, frame)
        let new = stored(message, in: chat, replyTo: nil)
        let answered = message.content.replyTo?.bytes
        let mentions = message.content.mentions.contains(local) || isMention(of: local, message.text)
        let encodeEvent = encodeEvent
        let isBot = message.content.isBot
        let isOwn = message.author == local
        let nick = nickname(message.author)
        if !isOwn { onHearing?(chat, isBot) }
        let nextSequence = isOwn ? Int64(clamping: message.sequence) + 1 : nil
        store.write(
            { transaction in
                var new = new
                var traits = GroupMessageTraits()
                if let answered, let name = try transaction.message(withDigest: answered, in: chat) {
                    new.replyTo = name
                    traits.mentionsMe = try transaction.hasMessage(name, by: local.description)
                }
                traits.mentionsMe = (traits.mentionsMe || mentions) && !isOwn
                traits.nick = nick
                traits.isBot = isBot
                traits.isFromSelf = isOwn
                guard case .inserted(let position) = try transaction.insert(new) else { return }
                try transaction.insert(row, nextSequence: nextSequence)
                let stored = StoredMessage(position: position, content: new)
                try transaction.append(
                    encodeEvent(
                        GroupEvent(
                            kind: .message(stored, traits), group: chat, name: name, description: description,
                            time: new.storedAt)))
            },
            completion: { [weak self] result in
                if case .failure = result { self?.count(.notStored) }
            })
    }

    /// Whether a text calls somebody by the name that it uses.
    func isMention(of peer: PeerID, _ text: String?) -> Bool {
        guard let name = nickname(peer), let text else { return false }
        return Mention.of(name, in: text)
    }

    /// A message that names others which are not here tells that we have missed something.
    private func lookForWhatWasBefore(_ message: GroupMessage, _ id: GroupID, _ sender: PeerID) {
        guard let group = rooms[id]?.group else { return }
        // What came lately is remembered; only for the rest the store is asked.
        let digests = message.after.filter { !group.remembers($0) }.map(\.bytes)
        guard !digests.isEmpty else { return }
        let chat = id.description
        spawn { [weak self, store] in
            let missing = try? await store.read { transaction in
                try digests.contains { try transaction.message(withDigest: $0, in: chat) == nil }
            }
            if missing == true { self?.catchUp(id, with: sender) }
        }
    }
}
