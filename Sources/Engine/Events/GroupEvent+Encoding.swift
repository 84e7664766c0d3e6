import Groups
import Identity
import Messaging
import Store

/// What groups tell, as durable events.
extension Events {
    static let groupInvited = EventSpec(
        "group.invited", .durable, "An invite to a group was received: pass invite to group.accept.",
        fields: [
            GroupFields.id.required, GroupFields.name, GroupFields.inviter.required, Fields.alias,
            inviteText.required, GroupFields.expires.required, Fields.message.required,
        ])
    static let groupJoined = EventSpec(
        "group.joined", .durable, "This account became a member of a group.", fields: inGroup)
    static let groupLeft = EventSpec(
        "group.left", .durable, "This account is no longer a member of a group.",
        fields: inGroup + [GroupFields.removedBy, Fields.reason])
    static let groupChanged = EventSpec(
        "group.changed", .durable,
        "The name, the description or the key of a group has changed, or the role of a member.",
        fields: inGroup + [
            GroupFields.change.required, GroupFields.name, GroupFields.description, Fields.peer, Fields.alias,
            GroupFields.role, GroupFields.epoch,
        ])
    static let groupMemberJoined = EventSpec(
        "group.member_joined", .durable, "A member joined a group.",
        fields: inGroup + [Fields.peer.required, Fields.alias, GroupFields.invitedBy])
    static let groupMemberLeft = EventSpec(
        "group.member_left", .durable, "A member left a group, or was removed.",
        fields: inGroup + [Fields.peer.required, Fields.alias, GroupFields.removedBy, Fields.reason])
    static let ledgerForked = EventSpec(
        "ledger.forked", .durable,
        "A member of a group wrote two things into one place of its log: it was brought back from an old copy, or means ill.",
        fields: inGroup + [Fields.peer.required, Fields.alias])

    /// Those about groups, in the order of the manual.
    static let ofGroups = [
        groupInvited, groupJoined, groupLeft, groupChanged, groupMemberJoined, groupMemberLeft, ledgerForked,
    ]

    private static let inGroup = [GroupFields.id.required, GroupFields.chat.required]
    private static let inviteText = FieldSpec(
        "invite", .string(bytes: 1...2048), "the invite, sealed to this peer", example: .string("linnet:invite:oWJpZA")
    ).measured

    /// The event to log in the transaction of the change.
    static func encode(_ event: GroupEvent, _ names: ContactNames) -> NewEvent {
        switch event.kind {
        case .message(let message):
            encode(Self.message, at: event.time, chat: event.group) { line in
                line.message(message, chat: event.chatName, group: event.group, alias: names[message.author])
            }
        case .sent(let message, let peer):
            encode(messageSent, at: event.time, chat: event.group) { line in
                line.string(Fields.message, message)
                line.string(Fields.chat, event.chatName)
                line.string(GroupFields.id, event.group)
                line.contact(Fields.peer, peer, names)
            }
        case .joined: encode(groupJoined, event) { _ in }
        case .left(let by, let reason):
            encode(groupLeft, event) { line in
                line.peer(GroupFields.removedBy, by)
                line.string(Fields.reason, reason)
            }
        case .changed:
            encode(groupChanged, event) { line in
                line.string(GroupFields.change, "profile")
                line.groupName(event.name)
                line.string(GroupFields.description, event.description)
            }
        case .role(let peer, let role):
            encode(groupChanged, event) { line in
                line.string(GroupFields.change, "role")
                line.contact(Fields.peer, peer, names)
                line.string(GroupFields.role, role.rawValue)
            }
        case .epoch(let number):
            encode(groupChanged, event) { line in
                line.string(GroupFields.change, "epoch")
                line.count(GroupFields.epoch, number)
            }
        case .memberJoined(let peer, let inviter):
            encode(groupMemberJoined, event) { line in
                line.contact(Fields.peer, peer, names)
                line.peer(GroupFields.invitedBy, inviter)
            }
        case .memberLeft(let peer, let by, let reason):
            encode(groupMemberLeft, event) { line in
                line.contact(Fields.peer, peer, names)
                line.peer(GroupFields.removedBy, by)
                line.string(Fields.reason, reason)
            }
        case .forked(let peer): encode(ledgerForked, event) { $0.contact(Fields.peer, peer, names) }
        }
    }

    private static func encode(
        _ spec: EventSpec, _ event: GroupEvent, _ body: (inout LineWriter) -> Void
    ) -> NewEvent {
        encode(spec, at: event.time, chat: event.group) { line in
            line.string(GroupFields.id, event.group)
            line.string(GroupFields.chat, event.chatName)
            body(&line)
        }
    }

    /// A message that holds an invite of its author for us; nil for any other.
    static func encode(invitation message: StoredMessage, _ names: ContactNames) -> NewEvent? {
        guard message.content.contentType == Invite.contentType,
            let text = String(validating: message.content.body, as: UTF8.self), let invite = try? Invite(text),
            invite.inviter.description == message.author
        else { return nil }
        return encode(groupInvited, at: message.content.storedAt, chat: message.chat) { line in
            line.string(GroupFields.id, invite.group.description)
            line.groupName(invite.name)
            line.contact(GroupFields.inviter, invite.inviter, names)
            line.string(inviteText, invite.text)
            line.time(GroupFields.expires, invite.expires)
            line.string(Fields.message, message.id)
        }
    }
}

extension GroupEvent {
    /// What a user writes for the group: its name, or its id where it had none.
    fileprivate var chatName: String { name.isEmpty ? group : "#" + name }
}

extension LineWriter {
    /// A peer, and what the user calls it.
    fileprivate mutating func contact(_ field: FieldSpec, _ peer: PeerID, _ names: ContactNames) {
        contact(field, peer, alias: names[peer.description])
    }
}
