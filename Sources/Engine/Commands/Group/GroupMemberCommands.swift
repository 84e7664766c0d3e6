import Groups
import Identity
import Messaging
import Reactor

/// The commands that change a group and its members.
extension Command {
    static let groupUpdate = Command(
        spec: CommandSpec(
            "group.update", "Change the name or the description of a group.",
            arguments: [GroupArguments.group.required, GroupArguments.name.spec, GroupArguments.description.spec],
            answer: [GroupFields.id.required, GroupFields.name, GroupFields.chat.required],
            errors: groupErrors, takesKey: true,
            example: ##"{"cmd":"group.update","group":"#team","name":"crew"}"##
        ).holding(.made),
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.groupUpdate(call) })

    static let groupKick = Command(
        spec: CommandSpec(
            "group.kick",
            "Remove a member. A private group gets a new key, which the removed member does not receive.",
            arguments: [GroupArguments.group.required, GroupArguments.peer.required, GroupArguments.reason.spec],
            answer: [GroupFields.id.required, Fields.peer.required, Fields.alias],
            errors: groupErrors + [.groupMemberUnknown],
            takesKey: true, example: ##"{"cmd":"group.kick","group":"#team","peer":"bob"}"##
        ).holding(.made).destructive.opposite("invite"),
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.groupKick(call) })

    static let groupRole = Command(
        spec: CommandSpec(
            "group.role",
            "Make a member an admin, or an admin a plain member. In a public group, member also readmits a removed peer.",
            arguments: [
                GroupArguments.group.required, GroupArguments.peer.required, GroupArguments.role.required,
            ], answer: [GroupFields.id.required, Fields.peer.required, Fields.alias, GroupFields.role.required],
            errors: groupErrors + [
                .groupMemberUnknown, .groupMemberExists, .groupLastAdmin, .groupKeyUnsupported,
            ], takesKey: true, example: ##"{"cmd":"group.role","group":"#team","peer":"bob","role":"admin"}"##
        ).holding(.made),
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.groupRole(call) })

    static let groupRekey = Command(
        spec: CommandSpec(
            "group.rekey", "Replace the key of a private group. Invites that name nobody become void.",
            arguments: [GroupArguments.group.required],
            answer: [GroupFields.id.required, GroupFields.epoch.required], errors: groupErrors,
            takesKey: true, example: ##"{"cmd":"group.rekey","group":"#team"}"##
        ).holding(.made).destructive,
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.groupRekey(call) })
}

extension Engine {
    func groupUpdate(_ call: Invocation) async throws(CommandFailure) {
        let id = try group(call)
        let (name, description) = (call.optional(GroupArguments.name), call.optional(GroupArguments.description))
        guard name != nil || description != nil else {
            throw CommandFailure(
                .argumentMissing, "group.update needs 'name' or 'description'", field: GroupArguments.name.spec.name)
        }
        try await inGroup {
            try await groups.change(id) { group, now, _ in
                let update = try group.update(name: name, description: description, now: now)
                let present = group.state?.profile.name ?? ""
                call.promise { line in
                    line.string(GroupFields.id, id.description)
                    line.groupName(present)
                    line.string(GroupFields.chat, present.isEmpty ? id.description : "#" + present)
                }
                return update
            }
        }
        call.keepPromise()
    }

    func groupKick(_ call: Invocation) async throws(CommandFailure) {
        let id = try group(call)
        let peer = try resolver.resolve(try call.value(GroupArguments.peer), field: Fields.peer.name)
        let reason = call.optional(GroupArguments.reason)
        call.promise { line in
            line.string(GroupFields.id, id.description)
            line.contact(Fields.peer, peer, alias: contacts[peer]?.alias)
        }
        try await inGroup {
            try await groups.change(id) { group, now, random in
                try group.kick(peer, reason: reason, now: now, random: random)
            }
        }
        call.keepPromise()
    }

    func groupRole(_ call: Invocation) async throws(CommandFailure) {
        let id = try group(call)
        let peer = try resolver.resolve(try call.value(GroupArguments.peer), field: Fields.peer.name)
        let role = Role(rawValue: try call.value(GroupArguments.role)) ?? .member
        call.promise { line in
            line.string(GroupFields.id, id.description)
            line.contact(Fields.peer, peer, alias: contacts[peer]?.alias)
            line.string(GroupFields.role, role.rawValue)
        }
        try await inGroup {
            try await groups.change(id) { group, now, _ in try group.setRole(role, of: peer, now: now) }
        }
        call.keepPromise()
    }

    func groupRekey(_ call: Invocation) async throws(CommandFailure) {
        let id = try group(call)
        try await inGroup {
            try await groups.change(id) { group, now, random in
                let update = try group.rekey(now: now, random: random)
                let epoch = group.state?.epoch.number ?? 0
                call.promise { line in
                    line.string(GroupFields.id, id.description)
                    line.count(GroupFields.epoch, epoch)
                }
                return update
            }
        }
        call.keepPromise()
    }
}
