import Groups
import Identity
import Messaging
import Reactor
import Store
import Time
import Wire

/// The commands about messages.
extension Command {
    static let messageSend = Command(
        spec: CommandSpec(
            "message.send",
            "Send a message to a peer or a group. It is kept on disk until the peer has it; members of a group who are offline "
                + "receive it when they return.",
            arguments: [
                Arguments.to.required, Arguments.text.spec, Arguments.body.spec, Arguments.contentType.spec,
                Arguments.wait.or(.string("accepted")), Arguments.replyTo.spec, Arguments.expiresIn.spec,
                Arguments.mentions.spec, Arguments.isBot.spec,
            ],
            alternatives: [.exactlyOne("text", "body_b64"), .atMostOne("text", "content_type")],
            answer: [Fields.message.required, Fields.state.required],
            errors: [
                .targetUnknown, .targetAmbiguous, .targetSelf, .messageFailed, .messageExpired, .messageUnknown,
                .groupNotMember, .groupNotReady, .groupKeyMissing, .botLoop, .rateLimited, .storeFull, .storeFailed,
            ],
            takesKey: true,
            example: #"{"cmd":"message.send","to":"bob","text":"hi","wait":"delivered"}"#
        ).knownByMessage.lookingUp(Arguments.replyTo).normalized(MessageFields.normalize).opposite("unsend", "cancel"),
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.messageSend(call) })

    static let messageList = Command(
        spec: CommandSpec(
            "message.list",
            "List the messages of a conversation, oldest first: the latest page, or the one after or before a message.",
            arguments: [
                Arguments.chat.required, Arguments.limit.or(.integer(50)), Arguments.afterMessage.spec,
                Arguments.beforeMessage.spec,
            ],
            alternatives: [.atMostOne("after", "before")], item: MessageFields.stored,
            answer: [Fields.count.required, MessageFields.next], answerAlternatives: [MessageFields.eitherBody],
            errors: [.targetUnknown, .targetAmbiguous, .targetSelf, .messageUnknown, .storeFailed],
            example: #"{"cmd":"message.list","chat":"bob","limit":20}"#),
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.messageList(call) })

    static let messageShow = Command(
        spec: CommandSpec(
            "message.show", "Show one message.", arguments: [Arguments.message.required, Arguments.author.spec],
            answer: MessageFields.stored, answerAlternatives: [MessageFields.eitherBody],
            errors: [.messageUnknown, .targetAmbiguous, .storeFailed],
            example: #"{"cmd":"message.show","message":"01JD0QF3M8X6ZV4T9K2B7N5C1R"}"#),
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.messageShow(call) })

    static let messageRead = Command(
        spec: CommandSpec(
            "message.read",
            "Mark a message, and all earlier ones in its conversation, as read. Nobody else is notified.",
            arguments: [Arguments.message.required, Arguments.author.spec],
            answer: [Fields.message.required, Fields.chat.required, MessageFields.readCount.required],
            errors: [.messageUnknown, .targetAmbiguous, .storeFull, .storeFailed],
            takesKey: true,
            example: #"{"cmd":"message.read","message":"01JD0QF3M8X6ZV4T9K2B7N5C1R"}"#
        ).opposite("unread"),
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.messageRead(call) })
}

enum MessageFields {
    /// A message is text or bytes.
    static let eitherBody = CommandSpec.Alternative.exactlyOne("text", "body_b64")
    static let next = FieldSpec(
        "next", .messageID, "there are more: pass this as after, or as before if the command had no after")
    static let readCount = FieldSpec("count", .count, "messages that were unread before", example: .integer(3))
    static let readTime = FieldSpec("read_time", .time, "when it was marked as read here")
    static let stateTime = FieldSpec("state_time", .time, "when the state last changed")
    static let expires = FieldSpec("expires_time", .time, "when delivery will be given up")
    /// Text is a body of plain text, and a body that says nothing of its type holds bytes.
    static let normalize: @Sendable (inout [JSON.Member]) -> Void = { content in
        if let text = content.value(Fields.text.name)?.stringValue {
            content.removeAll { $0.name == Fields.text.name }
            content.append(JSON.Member(Fields.body.name, .string(Base64.encode(Array(text.utf8)))))
            content.append(JSON.Member(Fields.contentType.name, .string(MessageBody.plainText)))
        } else if !content.contains(Fields.contentType.name) {
            content.append(JSON.Member(Fields.contentType.name, .string(MessageBody.anyBytes)))
        }
        if !content.contains(Arguments.expiresIn.spec.name) {
            let expiry = MessagingConfiguration().expiry.millisecondsClamped
            content.append(JSON.Member(Arguments.expiresIn.spec.name, .integer(expiry)))
        }
    }
    /// A message, wherever one is told: in an event, in a list and on its own.
    static let message: [FieldSpec] = [
        Fields.message.required, Fields.chat.required, GroupFields.id, Fields.from.required, Fields.alias,
        GroupFields.nick, Fields.text, Fields.body, Fields.contentType, Fields.replyTo, Fields.sentTime.required,
        GroupFields.mentionsMe, GroupFields.isFromSelf, GroupFields.isBot,
    ]
    /// One that is here: its time, as an event has it too, and what has become of it.
    static let stored =
        [Fields.time.required] + message
        + [Fields.state.required, stateTime.required, Fields.reason, readTime, expires]
}

extension Engine {
    func messageSend(_ call: Invocation) async throws(CommandFailure) {
        let peer: PeerID
        switch try chat(call, Arguments.to, for: .acting) {
        case .peer(let other): peer = other
        case .group(let group): return try await groupSend(call, group)
        }
        if call.optional(Arguments.mentions) != nil {
            throw CommandFailure(
                .argumentInvalid, "'mentions' is for messages to a group", field: Arguments.mentions.spec.name)
        }
        try await guardBot(call, .peer(peer))
        watch(call, peer)
        let id: MessageID
        do throws(MessagingError) {
            id = try await messaging.send(
                try body(call), to: peer, replyTo: call.optional(Arguments.replyTo), isBot: isBot(call),
                expiresIn: call.optional(Arguments.expiresIn)
            ) { id in
                call.message = id
                if waits(call) == nil { call.promise { $0.accepted(id, .accepted) } }
            }
        } catch {
            throw CommandFailure(error)
        }
        try await follow(call, id)
    }

    /// Lets an error that comes before the message is delivered say what holds it up.
    func watch(_ call: Invocation, _ peer: PeerID) {
        call.obstacle = { [weak messaging] in messaging?.obstacle(to: peer) }
    }

    /// The state that the command waits for; nil if that is being accepted.
    func waits(_ call: Invocation) -> MessageState? {
        let wanted = MessageState(rawValue: call.optional(Arguments.wait) ?? "")
        return wanted == .accepted ? nil : wanted
    }

    /// Waits until the message is where the command wants it, and answers.
    func follow(_ call: Invocation, _ id: MessageID) async throws(CommandFailure) {
        lifecycle.changed()
        guard let wanted = waits(call) else { return conclude(call, id, .accepted) }
        do throws(MessagingError) {
            conclude(call, id, try await messaging.wait(for: id, state: wanted))
        } catch {
            guard error.code == .cancelled || error.code == .stopped else { throw CommandFailure(error) }
            let state = await state(of: id)
            if state.isFinal || state == wanted { return conclude(call, id, state) }
            call.messageState = state
            throw Self.waitEnded(call, id, wanted)
        }
    }

    /// Where a message of ours is; `accepted` if that cannot be learnt.
    private func state(of id: MessageID) async -> MessageState {
        let author = localPeer.description
        do throws(StoreError) {
            return try await store.read { try $0.message(id.description, by: author)?.state } ?? .accepted
        } catch {
            return .accepted
        }
    }

    /// The time is up, or the account is locked: what was waited for has not come, and may come yet.
    private static func waitEnded(_ call: Invocation, _ id: MessageID, _ wanted: MessageState) -> CommandFailure {
        let text = "message \(id) is accepted and will go on being tried"
        if call.abandonment?.spec == .accountLocked {
            return CommandFailure(.accountLocked, "\(text) once the account is unlocked")
        }
        let reason = call.abandonment?.spec == .timeout ? call.abandonment : nil
        return CommandFailure(
            .timeout, "\(reason?.message ?? "it is not \(wanted.rawValue) yet"); \(text)", field: reason?.field)
    }

    /// Answers as the state says.
    func conclude(_ call: Invocation, _ id: MessageID, _ state: MessageState) {
        call.messageState = state
        switch state {
        case .failed:
            call.fail(CommandFailure(.messageFailed, "the peer refused message \(id)"))
        case .expired:
            call.fail(CommandFailure(.messageExpired, "message \(id) could not be delivered in time"))
        default:
            call.ok { $0.accepted(id, state) }
        }
    }

    func body(_ call: Invocation) throws(MessagingError) -> MessageBody {
        if let text = call.optional(Arguments.text) { return try MessageBody(text: text) }
        return try MessageBody(
            call.optional(Arguments.body) ?? [],
            contentType: call.optional(Arguments.contentType) ?? MessageBody.anyBytes)
    }

    func messageList(_ call: Invocation) async throws(CommandFailure) {
        let target = try chat(call, Arguments.chat, for: .reading)
        let chat = target.chat
        let isGroup = if case .group = target { true } else { false }
        let limit = Int(try call.value(Arguments.limit))
        let after = call.optional(Arguments.afterMessage)
        let before = call.optional(Arguments.beforeMessage)
        let anchor = after ?? before
        let page: MessagePage?
        do throws(StoreError) {
            page = try await store.read { transaction -> MessagePage? in
                if isGroup {
                    return try transaction.groupMessages(
                        in: chat, after: after?.description, before: before?.description, limit: limit)
                }
                guard let anchor else { return try transaction.messages(in: chat, .latest, limit: limit) }
                let found = try transaction.messages(withID: anchor.description).first { $0.chat == chat }
                guard let found else { return nil }
                return try transaction.messages(
                    in: chat, after == nil ? .before(found.position) : .after(found.position), limit: limit)
            }
        } catch {
            throw CommandFailure(error)
        }
        guard let page else {
            throw CommandFailure(
                .messageUnknown, "that conversation has no message \(anchor?.description ?? "")",
                field: after == nil ? Arguments.beforeMessage.spec.name : Arguments.afterMessage.spec.name)
        }
        for message in page.messages {
            await call.room()
            call.item { write(message, to: &$0) }
        }
        call.ok { line in
            line.count(Fields.count, page.messages.count)
            guard page.hasMore else { return }
            line.string(MessageFields.next, after == nil ? page.messages.first?.id : page.messages.last?.id)
        }
    }

    func messageShow(_ call: Invocation) async throws(CommandFailure) {
        let message = try await message(call)
        call.ok { write(message, to: &$0) }
    }

    /// A message, as the event has told it.
    private func write(_ message: StoredMessage, to line: inout LineWriter) {
        let author = try? PeerID(message.author)
        line.time(Fields.time, message.content.storedAt)
        line.message(
            message, chat: chatName(message.chat), group: GroupChat(message.chat) == nil ? nil : message.chat,
            alias: author.flatMap { contacts[$0]?.alias }, nick: author.flatMap { messaging.nickname($0) })
        line.fate(of: message, obstacle: obstacle(of: message))
    }

    /// Why a message of ours to a peer waits.
    private func obstacle(of message: StoredMessage) -> String? {
        guard message.content.isOutgoing, [.accepted, .sent].contains(message.state),
            let peer = try? PeerID(message.chat)
        else {
            return nil
        }
        return messaging.obstacle(to: peer)
    }

    func messageRead(_ call: Invocation) async throws(CommandFailure) {
        let id = try call.value(Arguments.message)
        let author = try author(call)
        let (time, spec) = (world.wallClock.now, call.spec)
        let answer: @Sendable (String, Int) -> (inout LineWriter) -> Void = { chat, count in
            { line in
                line.message(Fields.message, id)
                line.string(Fields.chat, chat)
                line.count(MessageFields.readCount, count)
            }
        }
        let (names, encodeEvent) = (groupChatNames, messaging.encodeEvent)
        call.lateAnswer = { result in
            guard let (chat, count) = result as? (String, Int) else { return nil }
            return LineWriter.members(spec, answer(names[chat] ?? chat, count))
        }
        let (chat, count): (String, Int)
        do throws(StoreError) {
            (chat, count) = try await store.write { transaction in
                let message = try Self.only(try transaction.messages(withID: id.description), id, by: author)
                let count = try transaction.markRead(in: message.chat, upTo: message.position, at: time)
                if count > 0 {
                    try transaction.append(
                        encodeEvent(.read(chat: message.chat, message: message.id, count: count, time: time)))
                }
                return (message.chat, count)
            }
        } catch {
            throw CommandFailure(error)
        }
        call.ok(answer(chatName(chat), count))
    }

    /// The author that a command names, where several messages may have the same id.
    private func author(_ call: Invocation) throws(CommandFailure) -> String? {
        guard let from = call.optional(Arguments.author) else { return nil }
        return try resolver.resolve(from, field: Arguments.author.spec.name).description
    }

    /// The message that the arguments name.
    private func message(_ call: Invocation) async throws(CommandFailure) -> StoredMessage {
        let id = try call.value(Arguments.message)
        let author = try author(call)
        let found: [StoredMessage]
        do throws(StoreError) {
            found = try await store.read { try $0.messages(withID: id.description) }
        } catch {
            throw CommandFailure(error)
        }
        return try Self.only(found, id, by: author)
    }

    /// The one message among those with an id.
    private nonisolated static func only(
        _ found: [StoredMessage], _ id: MessageID, by author: String?
    ) throws(CommandFailure) -> StoredMessage {
        let found = found.filter { author == nil || $0.author == author }
        guard let message = found.first else {
            throw CommandFailure(.messageUnknown, "there is no message \(id)", field: Fields.message.name)
        }
        guard found.count == 1 else {
            throw CommandFailure(
                .targetAmbiguous, "several authors have a message \(id); say which with 'from'",
                field: Fields.message.name,
                details: [Fields.candidates.detail(.array(found.map { .string($0.author) }))])
        }
        return message
    }
}

extension LineWriter {
    /// The answer to a message that was sent.
    mutating func accepted(_ id: MessageID, _ state: MessageState) {
        message(Fields.message, id)
        string(Fields.state, state.rawValue)
    }
}
