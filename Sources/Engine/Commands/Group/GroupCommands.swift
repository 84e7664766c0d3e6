import Groups
import Identity
import Messaging
import Reactor
import Store
import Time

/// The commands that begin groups, enter them and leave.
extension Command {
    static let groupCreate = Command(
        spec: CommandSpec(
            "group.create", "Create a group. You become its first member and admin.",
            arguments: [
                GroupArguments.name.required, GroupArguments.description.spec,
                GroupArguments.visibility.or(.string("private")),
            ], answer: [GroupFields.id.required, GroupFields.name.required, GroupFields.chat.required],
            errors: [.groupFull, .storeFull, .storeFailed], takesKey: true,
            example: #"{"cmd":"group.create","name":"team"}"#
        ).holding(.made).opposite("delete", "remove"),
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.groupCreate(call) })

    static let groupInvite = Command(
        spec: CommandSpec(
            "group.invite",
            "Create an invite: for one peer, who receives it as a message, or for anybody who has the text. A new key of the "
                + "group, and hence every group.kick, makes invites of the second kind void.",
            arguments: [
                GroupArguments.group.required, GroupArguments.to.spec,
                GroupArguments.expiresIn.or(.string("7d")),
            ],
            answer: [
                GroupFields.id.required, GroupFields.invite.required, GroupFields.expires.required, Fields.message,
            ], errors: groupErrors + [.groupMemberExists, .groupFull, .groupKeyUnsupported, .groupKeyMissing],
            takesKey: true, example: ##"{"cmd":"group.invite","group":"#team","to":"bob"}"##
        ).holding(.made).opposite("kick"),
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.groupInvite(call) })

    static let groupAccept = Command(
        spec: CommandSpec(
            "group.accept", "Join a group with an invite.",
            arguments: [GroupArguments.invite.required, GroupArguments.wait.or(.string("10s"))],
            answer: [
                GroupFields.id.required, GroupFields.name, GroupFields.chat.required, GroupFields.state.required,
            ],
            errors: [
                .inviteInvalid, .inviteExpired, .inviteEarly, .inviteForAnother, .inviteStale, .groupMemberExists,
                .groupFull, .storeFull, .storeFailed,
            ], takesKey: true, example: #"{"cmd":"group.accept","invite":"linnet:invite:oWJpZA"}"#
        ).holding(.made).opposite("reject", "leave"),
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.groupAccept(call) })

    static let groupJoin = Command(
        spec: CommandSpec(
            "group.join", "Join a public group by its id, or a gigi room by its topic.",
            arguments: [GroupArguments.room.required, GroupArguments.format.or(.string("linnet"))],
            answer: [GroupFields.id.required, GroupFields.chat.required],
            errors: [.groupFull, .storeFull, .storeFailed], takesKey: true,
            example:
                #"{"cmd":"group.join","group":"12D3KooWKQJHZUSSd4GHk23N1hxen1UER1K5BBTMJRpNNJcZ63bo","format":"gigi"}"#
        ).holding(.made).opposite("leave"),
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.groupJoin(call) })

    static let groupLeave = Command(
        spec: CommandSpec(
            "group.leave", "Leave a group. Its messages are kept, and can still be listed by its name.",
            arguments: [GroupArguments.group.required, GroupArguments.abandoned.or(.bool(false))],
            answer: [GroupFields.id.required], errors: groupErrors + [.groupLastAdmin], takesKey: true,
            example: ##"{"cmd":"group.leave","group":"#team"}"##
        ).holding(.made).destructive.opposite("join", "enter"),
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.groupLeave(call) })

    /// What every command about one group may answer with.
    static let groupErrors: [ErrorSpec] = [
        .targetUnknown, .targetAmbiguous, .groupNotMember, .groupNotReady, .groupForbidden, .groupPublic, .storeFull,
        .storeFailed,
    ]
}

extension Engine {
    func groupCreate(_ call: Invocation) async throws(CommandFailure) {
        let name = try call.value(GroupArguments.name)
        let visibility = Visibility(rawValue: try call.value(GroupArguments.visibility)) ?? .private
        let description = call.optional(GroupArguments.description) ?? ""
        try await inGroup {
            try await groups.create(name: name, description: description, visibility: visibility) { id in
                call.promise { line in
                    line.string(GroupFields.id, id.description)
                    line.string(GroupFields.name, name)
                    line.string(GroupFields.chat, "#" + name)
                }
            }
        }
        call.keepPromise()
    }

    func groupInvite(_ call: Invocation) async throws(CommandFailure) {
        let id = try group(call)
        var peer: PeerID?
        if let text = call.optional(GroupArguments.to) {
            peer = try resolver.resolveOther(text, field: GroupArguments.to.spec.name)
        }
        let lifetime = try call.value(GroupArguments.expiresIn)
        let invite = try await inGroup { try groups.invite(peer, to: id, addresses: ownAddresses, lifetime: lifetime) }
        let promise = { (message: MessageID?) in
            call.promise { line in
                line.string(GroupFields.id, id.description)
                line.string(GroupFields.invite, invite.text)
                line.time(GroupFields.expires, invite.expires)
                line.message(Fields.message, message)
            }
        }
        if let peer {
            try await inGroup {
                _ = try await messaging.send(
                    try MessageBody(Array(invite.text.utf8), contentType: Invite.contentType), to: peer,
                    expiresIn: min(lifetime, .seconds(604_800)), noting: promise)
            }
        } else {
            promise(nil)
        }
        call.keepPromise()
    }

    func groupAccept(_ call: Invocation) async throws(CommandFailure) {
        let text = try call.value(GroupArguments.invite)
        let patience = try call.value(GroupArguments.wait)
        let answer = { (id: GroupID, name: String, isMember: Bool) in
            { (line: inout LineWriter) in
                line.string(GroupFields.id, id.description)
                line.groupName(name)
                line.string(GroupFields.chat, name.isEmpty ? id.description : "#" + name)
                line.string(GroupFields.state, isMember ? "member" : "joining")
            }
        }
        let (id, isMember) = try await inGroup {
            let invite = try Invite(text)
            call.promise(answer(invite.group, groups.rooms[invite.group]?.name ?? invite.name, false))
            let id = try await groups.accept(invite)
            lifecycle.changed()
            return (id, await groups.enter(id, within: patience))
        }
        call.ok(answer(id, groups.rooms[id]?.name ?? "", isMember))
    }

    func groupJoin(_ call: Invocation) async throws(CommandFailure) {
        let text = try call.value(GroupArguments.room)
        let promise = { (chat: GroupChat, name: String) in
            call.promise { line in
                line.string(GroupFields.id, chat.description)
                line.string(GroupFields.chat, name)
            }
        }
        if try call.value(GroupArguments.format) == "gigi" {
            let topic = GroupChat.Topic(text)
            promise(.gigi(topic), chatName(.gigi(topic)))
            try await inGroup { try await groups.joinGigi(topic) }
        } else {
            guard let id = GroupID(text) else {
                throw CommandFailure(
                    .argumentInvalid, "'group' must be the id of a public group, which begins with g",
                    field: GroupArguments.room.spec.name)
            }
            promise(.group(id), chatName(.group(id)))
            try await inGroup { try await groups.joinPublic(id) }
        }
        call.keepPromise()
    }

    func groupLeave(_ call: Invocation) async throws(CommandFailure) {
        let chat = try groupChat(call, GroupArguments.group, for: .acting)
        let isAbandoning = try call.value(GroupArguments.abandoned)
        call.promise { $0.string(GroupFields.id, chat.description) }
        try await inGroup {
            switch chat {
            case .gigi(let topic): try await groups.leaveGigi(topic)
            case .group(let id): try await groups.leave(id, abandoning: isAbandoning)
            }
        }
        call.keepPromise()
    }

    /// What a user writes for a group: its name, if it has one here.
    func chatName(_ chat: GroupChat) -> String {
        switch chat {
        case .gigi(let topic): "#" + topic.description
        case .group(let id): groups.rooms[id].flatMap { $0.name.isEmpty ? nil : "#" + $0.name } ?? id.description
        }
    }

    /// Does something with groups; what goes wrong is a failure of the command.
    @discardableResult
    func inGroup<Result>(_ body: () async throws -> Result) async throws(CommandFailure) -> Result {
        do {
            return try await body()
        } catch {
            throw CommandFailure(anyOf: error)
        }
    }
}
