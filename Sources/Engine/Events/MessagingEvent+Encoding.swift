import Messaging
import Store
import Time

/// What messaging tells, as durable events.
extension Events {
    /// The event to log in the transaction of the change.
    static func encode(_ event: MessagingEvent, _ names: ContactNames) -> NewEvent {
        switch event {
        case .received(let message):
            encode(invitation: message, names)
                ?? encode(Self.message, at: message.content.storedAt, chat: message.chat) { line in
                    line.message(message, chat: message.chat, alias: names[message.author])
                }
        case .sent(let progress): encode(messageSent, progress, names)
        case .delivered(let progress): encode(messageDelivered, progress, names)
        case .failed(let progress, let reason): encode(messageFailed, progress, names, reason: reason)
        case .expired(let progress): encode(messageExpired, progress, names)
        case .read(let chat, let id, let count, let time):
            encode(messageRead, at: time, chat: chat) { line in
                line.string(Fields.message, id)
                line.string(Fields.chat, chat)
                line.count(MessageFields.readCount, count)
            }
        }
    }

    private static func encode(
        _ spec: EventSpec, _ progress: MessageProgress, _ names: ContactNames, reason: String? = nil
    ) -> NewEvent {
        encode(spec, at: progress.time, chat: progress.chat) { line in
            line.string(Fields.message, progress.message)
            line.string(Fields.chat, progress.chat)
            line.string(Fields.peer, progress.peer)
            line.string(Fields.alias, names[progress.peer])
            line.string(Fields.reason, reason)
        }
    }
}

extension LineWriter {
    /// A message: the same in an event, in a list and on its own.
    ///
    /// - Parameters:
    ///   - chat: the conversation as a user writes it.
    ///   - group: the id of the group, if it was said in one.
    ///   - alias: what the user calls the author.
    ///   - nick: what the author calls itself, if it did not say so when the message came.
    mutating func message(
        _ message: StoredMessage, chat: String, group: String? = nil, alias: String?, nick: String? = nil
    ) {
        string(Fields.message, message.id)
        string(Fields.chat, chat)
        string(GroupFields.id, group)
        string(Fields.from, message.author)
        string(Fields.alias, alias)
        string(GroupFields.nick, message.content.nick ?? nick)
        body(of: message)
        string(Fields.replyTo, message.content.replyTo)
        time(Fields.sentTime, message.content.sentAt)
        if message.content.mentionsMe { bool(GroupFields.mentionsMe, true) }
        if message.content.isOutgoing { bool(GroupFields.isFromSelf, true) }
        if message.content.isBot { bool(GroupFields.isBot, true) }
    }

    /// What has become of a message.
    ///
    /// - Parameter obstacle: Why it waits.
    mutating func fate(of message: StoredMessage, obstacle: String?) {
        string(Fields.state, message.state.rawValue)
        time(MessageFields.stateTime, message.stateAt)
        string(Fields.reason, message.failure ?? obstacle)
        time(MessageFields.readTime, message.readAt)
        time(MessageFields.expires, message.content.expiresAt)
    }

    /// What a message says: `text`, or `body_b64`; and `content_type` where it is not plain text.
    private mutating func body(of message: StoredMessage) {
        let type = message.content.contentType
        let body = message.content.body
        if type.hasPrefix("text/"), let text = String(validating: body, as: UTF8.self) {
            string(Fields.text, text)
        } else {
            string(Fields.body, Base64.encode(body))
        }
        if type != MessageBody.plainText { string(Fields.contentType, type) }
    }
}
