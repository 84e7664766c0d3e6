import Groups
import Identity
import Messaging
import Reactor
import Store

/// Messages to a group.
extension Engine {
    /// `message.send` to a group. What is said is on the disk when this answers.
    func groupSend(_ call: Invocation, _ chat: GroupChat) async throws(CommandFailure) {
        if call.optional(Arguments.wait) == MessageState.delivered.rawValue {
            throw CommandFailure(
                .argumentInvalid, "delivery to the members of a group is not tracked; use wait=accepted or wait=sent",
                field: Arguments.wait.spec.name)
        }
        if call.optional(Arguments.expiresIn) != nil {
            throw CommandFailure(
                .argumentInvalid, "messages to a group do not expire", field: Arguments.expiresIn.spec.name)
        }
        try await guardBot(call, .group(chat))
        var remarks = GroupMessaging.Remarks()
        remarks.replyTo = call.optional(Arguments.replyTo)
        remarks.isBot = isBot(call)
        for name in call.optional(Arguments.mentions) ?? [] {
            remarks.mentions.append(try resolver.resolve(name, field: Arguments.mentions.spec.name))
        }
        let noting: (MessageID, MessageState?) -> Void = { id, state in
            call.message = id
            // Whether somebody was there to hear it is known, and recorded, after the message.
            call.promise = state.map { state in call.members { $0.accepted(id, state) } }
        }
        let said = try await inGroup {
            let body = try body(call)
            return switch chat {
            case .group(let group): try await groups.send(body, to: group, remarks, noting: noting)
            case .gigi(let topic): try await groups.sendGigi(body, to: topic, noting: noting)
            }
        }
        call.messageState = said.state
        lifecycle.changed()
        call.ok { $0.accepted(said.id, said.state) }
    }

    /// A conversation as a user writes it: what the store knows it by, or the name of the group.
    func chatName(_ chat: String) -> String {
        GroupChat(chat).map { chatName($0) } ?? chat
    }

    /// What users write for each group, by what the store knows it by.
    var groupChatNames: [String: String] {
        let chats = groups.rooms.keys.map(GroupChat.group) + groups.gigiRooms.map(GroupChat.gigi)
        return Dictionary(chats.map { ($0.description, chatName($0)) }) { first, _ in first }
    }
}
