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

    /// What has become of something that was said.
    public struct Said: Sendable {
        /// Its name.
        public let id: MessageID
        /// `sent` if it is on its way to somebody, else `accepted`.
        public let state: MessageState
    }

    /// Says something in a group. On return it is on the disk, and on its way to those who are there; the others get it
    /// when they catch up. What is said at the same time is said in the order of the calls, and behind the changes of the
    /// group that were asked for before.
    ///
    /// - Parameter noting: told, before anything is written, the message's id, and the state that it will be told in if
    ///   that is known by then. Told again if it has to be said anew.
    /// - Throws: ``GroupError``, ``StoreError``.
    public func send(
        _ body: MessageBody, to id: GroupID, _ remarks: Remarks = Remarks(),
        noting: (MessageID, MessageState?) -> Void = { _, _ in }
    ) async throws -> Said {
        var draft = GroupMessage.Draft(contentType: body.contentType, body: body.bytes)
        draft.mentions = remarks.mentions
        draft.isBot = remarks.isBot
        while true {
            do {
                return try await say(draft, to: id, remarks.replyTo, noting)
            } catch let error as StoreError where error.underlying is SpeechInterrupted {
                // What was said before this was not kept, and this named it. It is said anew.
            }
        }
    }

    private func say(
        _ draft: GroupMessage.Draft, to id: GroupID, _ replyTo: MessageID?,
        _ noting: (MessageID, MessageState?) -> Void
    ) async throws -> Said {
        // A turn is needed to stay behind a change, and before what is asked for while the store is read.
        let isInTurn = replyTo != nil || turns.isTaken(id)
        if isInTurn { await turns.take(id) }
        let sentence: Sentence
        do {
            var draft = draft
            if let replyTo { draft.replyTo = try await digest(of: replyTo, in: id) }
            sentence = try seal(draft, to: id, replyTo)
        } catch {
            if isInTurn { turns.pass(id) }
            throw error
        }
        noting(sentence.name, sentence.foreseen)
        let result = await withCheckedContinuation { continuation in
            keep(sentence) { continuation.resume(returning: $0) }
            if isInTurn { turns.pass(id) }
        }
        let (position, recipients) = try result.get()
        var state = MessageState.accepted
        if recipients > 0, await markSent(sentence, at: position), sentence.isHeard { state = .sent }
        return Said(id: sentence.name, state: state)
    }

    private func digest(of message: MessageID, in id: GroupID) async throws -> Digest {
        let group = id.description
        let digest = try await store.read { try $0.digest(ofMessage: message.description, in: group) }
        guard let digest = digest.flatMap({ Digest($0) }) else {
            throw MessagingError(.unknownMessage, "the group has no message \(message)")
        }
        return digest
    }

    /// A message of ours that is ready to be kept.
    private struct Sentence {
        let message: GroupMessage
        let frame: [UInt8]
        let new: NewMessage
        let row: GroupFrameRow
        let topic: GossipSub.Topic?
        /// Whether somebody was there to hear it when it was sealed.
        let isHeard: Bool
        let chain: SpeechChain
        /// Its place in the chain.
        let place: Int

        var name: MessageID { MessageID(message) }

        /// The state that it will be told in, if that is known before it is kept.
        var foreseen: MessageState? { isHeard ? nil : .accepted }
    }

    private func seal(_ draft: GroupMessage.Draft, to id: GroupID, _ replyTo: MessageID?) throws(GroupError) -> Sentence
    {
        let room = try room(id)
        let now = world.wallClock.now
        var speech = room.speech ?? Speech(clock: room.group.messageClock)
        let (message, frame) = try room.group.seal(draft, after: &speech.clock, now: now, random: random)
        let place = speech.count
        speech.count += 1
        speech.underway += 1
        rooms[id]?.speech = speech
        var new = stored(message, in: id.description, replyTo: replyTo)
        new.state = .accepted
        let topic = room.group.topics(now: now).first.map { GossipSub.Topic($0) }
        return Sentence(
            message: message, frame: frame, new: new, row: row(of: message, frame), topic: topic,
            isHeard: topic.map { !gossip.isEmpty($0) } ?? false, chain: speech.chain, place: place)
    }

    /// Writes a message down, and says it.
    private func keep(
        _ sentence: Sentence,
        done: @escaping @NetworkActor (Result<(position: Int64, recipients: Int), StoreError>) -> Void
    ) {
        let (new, row, chain, place) = (sentence.new, sentence.row, sentence.chain, sentence.place)
        let next = Int64(clamping: sentence.message.sequence) + 1
        store.write(
            { transaction in
                try chain.check(place)
                do {
                    guard case .inserted(let position) = try transaction.insert(new) else {
                        throw MessagingError(.store, "the id \(new.id) was used before")
                    }
                    try transaction.insert(row, nextSequence: next)
                    return position
                } catch {
                    chain.breaks(at: place)
                    throw error
                }
            },
            completion: { [self] result in
                let id = sentence.message.group
                switch result {
                case .success(let position):
                    rooms[id]?.said(sentence.message, chain)
                    var recipients = 0
                    if let topic = sentence.topic {
                        recipients = publish(sentence.frame, to: topic)
                        catchUp(id, beside: topic)
                    }
                    done(.success((position, recipients)))
                case .failure(let error):
                    chain.breaks(at: place)
                    if rooms[id]?.speech?.chain === chain { rooms[id]?.speech = nil }
                    done(.failure(error))
                }
            })
    }

    /// Writes down that a message is on its way to somebody. False if that could not be written.
    private func markSent(_ sentence: Sentence, at position: Int64) async -> Bool {
        // Who was told `accepted` is told what follows.
        let hearer = sentence.isHeard ? nil : sentence.topic.flatMap { gossip.peers(of: $0).first }
        return await markSent(sentence.name, in: sentence.new.chat, at: position, tellingOf: hearer)
    }

    func markSent(_ id: MessageID, in chat: String, at position: Int64, tellingOf peer: PeerID?) async -> Bool {
        let now = world.wallClock.now
        let event = peer.map {
            encodeEvent(
                GroupEvent(
                    kind: .sent(id.description, to: $0), group: chat, name: name(of: chat), description: "", time: now))
        }
        do {
            try await store.write { transaction in
                guard try transaction.advance(messageAt: position, to: .sent, at: now), let event else { return }
                try transaction.append(event)
            }
            return true
        } catch {
            count(.notStored)
            return false
        }
    }

    /// What a group or a room is called.
    private func name(of chat: String) -> String {
        switch GroupChat(chat) {
        case .group(let id)?: rooms[id]?.name ?? ""
        case .gigi(let topic)?: topic.description
        case nil: ""
        }
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
        var topics = room.hasLeft ? [] : room.group.topics(now: world.wallClock.now).map { GossipSub.Topic($0) }
        // The log of a public room comes from those who talk there.
        if topics.isEmpty, !room.hasLeft, room.group.state == nil, room.invite?.visibility != .private {
            topics = [GossipSub.Topic(Group.publicTopic(of: id))]
        }
        guard topics != room.topics else { return }
        for topic in topics where !room.topics.contains(topic) {
            do throws(GossipSubError) {
                try gossip.subscribe(topic) { [weak self] message, name, sender in
                    guard let self else { return .ignore }
                    switch receive(message.data, in: id, from: sender) {
                    case .judged(let result): return result
                    case .entry(let bytes):
                        receive(entries: [bytes], in: id, from: sender) { [gossip] outcome in
                            gossip.report(name, outcome.isTaken ? .accept : .ignore)
                        }
                        return nil
                    }
                }
            } catch {
                count(.topicRefused)
            }
        }
        for topic in room.topics where !topics.contains(topic) { gossip.unsubscribe(topic) }
        rooms[id]?.topics = topics
    }

    /// What was said on a group's topic.
    enum Heard {
        case judged(ValidationResult)
        /// An entry of the group's log, on which a step is to decide.
        case entry([UInt8])
    }

    /// Takes in what was said on a group's topic.
    private func receive(_ frame: [UInt8], in id: GroupID, from sender: PeerID) -> Heard {
        guard let opened = rooms[id]?.group.read(frame, now: world.wallClock.now, via: .live) else {
            return .judged(.ignore)
        }
        switch opened {
        case .message(let message):
            guard keep(message, frame, in: id, from: sender) else { return .judged(.ignore) }
            lookForWhatWasBefore(message, id, sender)
            return .judged(.accept)
        case .entry(let bytes): return .entry(bytes)
        case .refused(let refusal):
            count(refusal)
            switch refusal {
            case .malformed, .undecipherable, .invalidSignature, .tooLarge, .wrongVisibility: return .judged(.reject)
            case .unknownEpoch, .logMissing, .notMember:
                // The log may say more than we know.
                catchUp(id, with: sender)
                return .judged(.ignore)
            default: return .judged(.ignore)
            }
        }
    }

    /// Stores a message and its event, unless it is there already; then it is known.
    ///
    /// - Parameter done: called when it is on the disk, or could not be written.
    /// - Returns: whether that has begun: false if the same message is on its way already.
    @discardableResult
    func keep(
        _ message: GroupMessage, _ frame: [UInt8], in id: GroupID, from sender: PeerID,
        done: (@NetworkActor (_ isStored: Bool) -> Void)? = nil
    ) -> Bool {
        guard let room = rooms[id], rooms[id]?.storing.insert(message.id).inserted == true else {
            // Whoever is at it will tell of a failure, too.
            done?(true)
            return false
        }
        let (local, chat, name) = (swarm.localPeer, id.description, room.name)
        let description = room.group.state?.profile.description ?? ""
        let row = row(of: message, frame)
        let new = stored(message, in: chat, replyTo: nil)
        let answered = message.content.replyTo?.bytes
        let mentions = message.content.mentions.contains(local) || isMention(of: local, message.text)
        let encodeEvent = encodeEvent
        let isOwn = message.author == local
        let nick = nickname(message.author)
        if !isOwn { onHearing?(chat, message.content.isBot) }
        let nextSequence = isOwn ? Int64(clamping: message.sequence) + 1 : nil
        store.write(
            { transaction in
                var new = new
                if let answered, let name = try transaction.message(withDigest: answered, in: chat) {
                    new.replyTo = name
                    new.mentionsMe = try transaction.hasMessage(name, by: local.description)
                }
                new.mentionsMe = (new.mentionsMe || mentions) && !isOwn
                new.nick = nick
                guard case .inserted(let position) = try transaction.insert(new) else { return }
                try transaction.insert(row, nextSequence: nextSequence)
                let stored = StoredMessage(position: position, content: new)
                try transaction.append(
                    encodeEvent(
                        GroupEvent(
                            kind: .message(stored), group: chat, name: name, description: description,
                            time: new.storedAt)))
            },
            completion: { [weak self] result in
                self?.rooms[id]?.storing.remove(message.id)
                if case .success = result {
                    self?.rooms[id]?.heard(message)
                    done?(true)
                } else {
                    self?.count(.notStored)
                    self?.catchUpLater(id, with: sender)
                    done?(false)
                }
            })
        return true
    }

    /// Whether a text calls somebody by the name that it uses.
    func isMention(of peer: PeerID, _ text: String?) -> Bool {
        guard let name = nickname(peer), let text else { return false }
        return Mention.of(name, in: text)
    }

    /// A message that names others which are not here tells that we have missed something.
    private func lookForWhatWasBefore(_ message: GroupMessage, _ id: GroupID, _ sender: PeerID) {
        guard let room = rooms[id] else { return }
        // What came lately is remembered; only for the rest the store is asked.
        let digests = message.after.filter { !room.group.remembers($0) && !room.storing.contains($0) }.map(\.bytes)
        guard !digests.isEmpty else { return }
        let chat = id.description
        spawn { [weak self, store] in
            do throws(StoreError) {
                let isMissing = try await store.read { transaction in
                    try digests.contains { try transaction.message(withDigest: $0, in: chat) == nil }
                }
                if isMissing { self?.catchUp(id, with: sender) }
            } catch {
                self?.catchUpLater(id, with: sender)
            }
        }
    }
}
