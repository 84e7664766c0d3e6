import Groups
import Identity
import Messaging
import Reactor
import Store

/// The commands that tell of groups.
extension Command {
    static let groupList = Command(
        spec: CommandSpec(
            "group.list", "List the groups, including those that were left.", item: GroupFields.summary,
            answer: [Fields.count.required], errors: [.storeFailed], example: #"{"cmd":"group.list"}"#),
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.groupList(call) })

    static let groupShow = Command(
        spec: CommandSpec(
            "group.show", "Show a group.", arguments: [GroupArguments.group.required],
            answer: GroupFields.summary + [
                GroupFields.description, GroupFields.creator, GroupFields.created, GroupFields.epoch,
                GroupFields.hasKey, GroupFields.needsRekey,
            ], errors: [.targetUnknown, .targetAmbiguous, .storeFailed],
            example: ##"{"cmd":"group.show","group":"#team"}"##),
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.groupShow(call) })

    static let groupMembers = Command(
        spec: CommandSpec(
            "group.members",
            "List the members of a group, in the order in which they joined. For a public group: the creator and those "
                + "appointed by admins.",
            arguments: [GroupArguments.group.required],
            item: [
                Fields.peer.required, Fields.alias, GroupFields.role.required, GroupFields.joined.required,
                GroupFields.invitedBy, GroupFields.online.required, PresenceFields.status, PresenceFields.nick,
            ], answer: [Fields.count.required],
            errors: [.targetUnknown, .targetAmbiguous, .groupNotReady, .groupPublic],
            example: ##"{"cmd":"group.members","group":"#team"}"##),
        handler: .concurrent { engine, call throws(CommandFailure) in try engine.groupMembers(call) })
}

extension GroupFields {
    static let summary: [FieldSpec] = [
        id.required, name, chat.required, kind.required, state.required, role, members, unread.required,
    ]
}

extension Engine {
    func groupList(_ call: Invocation) async throws(CommandFailure) {
        let chats =
            groups.rooms.keys.sorted().map { GroupChat.group($0) }
            + groups.gigiRooms.union(groups.leftGigiRooms).sorted().map { GroupChat.gigi($0) }
        let unread = try await unread(chats)
        for (chat, count) in zip(chats, unread) {
            await call.room()
            call.item { summarize(chat, count, &$0) }
        }
        call.ok { $0.count(Fields.count, chats.count) }
    }

    func groupShow(_ call: Invocation) async throws(CommandFailure) {
        let chat = try groupChat(call, GroupArguments.group, for: .reading)
        let unread = try await unread([chat])
        call.ok { line in
            summarize(chat, unread.first ?? 0, &line)
            guard case .group(let id) = chat, let group = groups.rooms[id]?.group, let state = group.state else {
                return
            }
            if !state.profile.description.isEmpty { line.string(GroupFields.description, state.profile.description) }
            line.peer(GroupFields.creator, state.creator)
            line.time(GroupFields.created, state.created)
            guard state.visibility == .private else { return }
            line.count(GroupFields.epoch, state.epoch.number)
            line.bool(GroupFields.hasKey, group.key(of: state.epoch.id) != nil)
            line.bool(GroupFields.needsRekey, state.needsRekey)
        }
    }

    func groupMembers(_ call: Invocation) throws(CommandFailure) {
        let id = try group(call, for: .reading)
        guard let state = groups.rooms[id]?.group.state else {
            throw CommandFailure(
                .groupNotReady, "the log of the group has not arrived yet; it arrives when a member can be reached",
                field: GroupArguments.group.spec.name)
        }
        for member in state.members {
            call.item { line in
                line.contact(Fields.peer, member.peer, alias: contacts[member.peer]?.alias)
                line.string(GroupFields.role, member.role.rawValue)
                line.time(GroupFields.joined, member.joined)
                line.peer(GroupFields.invitedBy, member.invitedBy)
                let (isSelf, known) = (member.peer == localPeer, presence[member.peer])
                let status = known?.status == .offline ? nil : known?.status
                line.bool(GroupFields.online, isSelf || swarm.isConnected(member.peer) || status != nil)
                line.string(PresenceFields.status, status?.rawValue)
                line.string(PresenceFields.nick, isSelf ? settings.nickname : known?.nick)
            }
        }
        call.ok { $0.count(Fields.count, state.members.count) }
    }

    private func unread(_ chats: [GroupChat]) async throws(CommandFailure) -> [Int] {
        let names = chats.map(\.description)
        do throws(StoreError) {
            return try await store.read { transaction throws(StoreError) in
                var counts: [Int] = []
                for name in names { counts.append(try transaction.unreadCount(in: name)) }
                return counts
            }
        } catch {
            throw CommandFailure(error)
        }
    }

    private func summarize(_ chat: GroupChat, _ unread: Int, _ line: inout LineWriter) {
        line.string(GroupFields.id, chat.description)
        switch chat {
        case .gigi(let topic):
            line.string(GroupFields.name, topic.description)
            line.string(GroupFields.chat, chatName(chat))
            line.string(GroupFields.kind, "gigi")
            line.string(GroupFields.state, groups.gigiRooms.contains(topic) ? "member" : "left")
        case .group(let id):
            let room = groups.rooms[id]
            let state = room?.group.state
            let isPublic = (state?.visibility ?? room?.invite?.visibility ?? .public) == .public
            line.groupName(room?.name)
            line.string(GroupFields.chat, chatName(chat))
            line.string(GroupFields.kind, isPublic ? "public" : "private")
            let isMember = room?.group.isMember ?? false
            line.string(
                GroupFields.state,
                room?.hasLeft ?? true ? "left" : isMember || (isPublic && state != nil) ? "member" : "joining")
            line.string(GroupFields.role, state?.member(localPeer)?.role.rawValue)
            line.count(GroupFields.members, state?.members.count)
        }
        line.count(GroupFields.unread, unread)
    }
}
