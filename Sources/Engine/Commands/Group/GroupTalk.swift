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
                .argumentInvalid, "who of a group has a message is not known; wait for accepted or sent",
                field: Arguments.wait.spec.name)
        }
        if call.optional(Arguments.expiresIn) != nil {
            throw CommandFailure(
                .argumentInvalid, "messages to a group do not expire", field: Arguments.expiresIn.spec.name)
        }
        try await guardBot(call, .group(chat))
        var remarks = GroupMessaging.Remarks()
        remarks.replyTo = call.optional(Arguments.replyTo)
        remarks.isBot = settings.isBot
        for name in call.optional(Arguments.mentions) ?? [] {
            remarks.mentions.append(try resolver.resolve(name, field: Arguments.mentions.spec.name))
        }
        let record = groupKeyRecord(call)
        let said = try await inGroup {
            let body = try body(call)
            return switch chat {
            case .group(let group): try await groups.send(body, to: group, remarks, alongside: record)
            case .gigi(let topic): try await groups.sendGigi(body, to: topic, alongside: record)
            }
        }
        call.accepted = said.id
        // Whether somebody was there to hear it is known, and recorded, after the message.
        call.isRecorded = said.state == .accepted
        lifecycle.changed()
        call.ok { line in
            line.message(Fields.message, said.id)
            line.string(Fields.state, said.state.rawValue)
        }
    }

    /// What keeps the command's key together with its message, and its answer too if that is known by then.
    private func groupKeyRecord(_ call: Invocation) -> GroupMessaging.Companion? {
        guard let claim = call.claim else { return nil }
        let spec = call.spec
        return { transaction, id, state in
            var row = StoredKey(key: claim.key, digest: claim.digest, time: claim.time, message: id.description)
            if let state {
                var line = LineWriter()
                line.beginPayload(spec.answer)
                line.message(Fields.message, id)
                line.string(Fields.state, state.rawValue)
                row.outcome = .ok(line.takePayload())
            }
            try transaction.insert(row, expiring: claim.horizon)
        }
    }

    /// A conversation as a user writes it: what the store knows it by, or the name of the group.
    func chatName(_ chat: String) -> String {
        GroupChat(chat).map { chatName($0) } ?? chat
    }
}
