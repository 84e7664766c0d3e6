import Messaging
import Store
import Time

/// What messaging tells, as durable events.
extension Events {
    /// The event to log in the transaction of the change.
    static func encode(_ event: MessagingEvent) -> NewEvent {
        switch event {
        case .received(let message): encode(invitation: message) ?? encode(message)
        case .sent(let progress): encode(messageSent, progress)
        case .delivered(let progress): encode(messageDelivered, progress)
        case .failed(let progress, let reason): encode(messageFailed, progress, reason: reason)
        case .expired(let progress): encode(messageExpired, progress)
        case .read(let chat, let id, let count, let time):
            encode(messageRead, at: time, chat: chat) { line in
                line.string(Fields.message, id)
                line.string(Fields.chat, chat)
                line.count(MessageFields.readCount, count)
            }
        }
    }

    private static func encode(_ message: StoredMessage) -> NewEvent {
        encode(Self.message, at: message.content.storedAt, chat: message.chat) { line in
            line.string(Fields.message, message.id)
            line.string(Fields.chat, message.chat)
            line.string(Fields.from, message.author)
            line.body(of: message)
            line.string(Fields.replyTo, message.content.replyTo)
            line.time(Fields.sentTime, message.content.sentAt)
            if message.content.isBot { line.bool(GroupFields.isBot, true) }
        }
    }

    private static func encode(_ spec: EventSpec, _ progress: MessageProgress, reason: String? = nil) -> NewEvent {
        encode(spec, at: progress.time, chat: progress.chat) { line in
            line.string(Fields.message, progress.message)
            line.string(Fields.chat, progress.chat)
            line.string(Fields.peer, progress.peer)
            line.string(Fields.reason, reason)
        }
    }
}

extension LineWriter {
    /// What a message says: `text`, or `body_b64`; and `content_type` where it is not plain text.
    mutating func body(of message: StoredMessage) {
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
