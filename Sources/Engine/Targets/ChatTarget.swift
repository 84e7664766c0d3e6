import Groups
import Identity
import Messaging
import Wire

/// A conversation that a user has named.
enum ChatTarget: Hashable {
    /// With one peer.
    case peer(PeerID)
    /// With those in a group.
    case group(GroupChat)

    /// What the store knows it by.
    var chat: String {
        switch self {
        case .peer(let peer): peer.description
        case .group(let group): group.description
        }
    }
}

/// What a conversation is named for: that decides what the names of groups that were left stand for.
enum TargetUse {
    /// To read what was said in it. A group that was left keeps its name, and shares it with others of that name.
    case reading
    /// To do something in it. A group that was left yields its name to one that was not.
    case acting
}

extension Engine {
    /// The conversation that is meant: `#name` or the id of a group, or else another peer.
    ///
    /// - Throws: `target.unknown`, `target.ambiguous`, `target.self`.
    func chat(_ text: String, for use: TargetUse, field: String) throws(CommandFailure) -> ChatTarget {
        if let group = try group(named: text, for: use, field: field) { return .group(group) }
        return .peer(try resolver.resolveOther(text, field: field))
    }

    /// The conversation that an argument names.
    func chat(
        _ call: Invocation, _ argument: Argument<String>, for use: TargetUse
    ) throws(CommandFailure) -> ChatTarget {
        try chat(try call.value(argument), for: use, field: argument.spec.name)
    }

    /// The group that an argument names: by `#name`, name or id.
    ///
    /// - Throws: `target.unknown`, `target.ambiguous`.
    func groupChat(
        _ call: Invocation, _ argument: Argument<String>, for use: TargetUse
    ) throws(CommandFailure) -> GroupChat {
        let text = try call.value(argument)
        let name = text.utf8.first == UInt8(ascii: "#") || GroupChat(text) != nil ? text : "#" + text
        if let group = try group(named: name, for: use, field: argument.spec.name) { return group }
        throw CommandFailure(.targetUnknown, "there is no group '\(text.forMessage)'", field: argument.spec.name)
    }

    /// The group with its log, which a room of gigi has not.
    ///
    /// - Throws: `target.unknown`, `target.ambiguous`, `group.public`.
    func group(_ call: Invocation, for use: TargetUse = .acting) throws(CommandFailure) -> GroupID {
        switch try groupChat(call, GroupArguments.group, for: use) {
        case .group(let id): return id
        case .gigi:
            throw CommandFailure(
                .groupPublic, "a room of gigi has no members, admins or keys", field: GroupArguments.group.spec.name)
        }
    }

    /// What a text means by whatever name: the id of a peer or a group; nil if it means nothing, or several.
    ///
    /// - Parameter isGroup: Whether it can only be a group, so that the `#` may be left out.
    func stableID(_ text: String, isGroup: Bool) -> String? {
        let name = isGroup && !text.hasPrefix("#") && GroupChat(text) == nil ? "#" + text : text
        do throws(CommandFailure) {
            if let group = try group(named: name, for: .acting, field: "") { return group.description }
            return try resolver.resolve(name, field: "").description
        } catch {
            return nil
        }
    }

    /// The group that a text names; nil if the text is no name of a group by its form.
    private func group(
        named text: String, for use: TargetUse, field: String
    ) throws(CommandFailure) -> GroupChat? {
        if let chat = GroupChat(text) {
            guard isKnown(chat) else {
                if let group = groups.unreadable.first(where: { $0.id == text }) { throw .unreadable(group) }
                throw CommandFailure(.targetUnknown, "there is no group \(text.forMessage) here", field: field)
            }
            return chat
        }
        guard let name = text.dropping(prefix: "#") else { return nil }
        let known = namedGroups
        var found = known.filter { $0.name.isSame(as: name) }
        if use == .acting, found.contains(where: { !$0.hasLeft }) { found.removeAll(where: \.hasLeft) }
        if let first = found.first, found.count == 1 { return first.chat }
        if found.count > 1 {
            let candidates = found.prefix(16).map(\.chat.description)
            let told = found.prefix(16).map { $0.hasLeft ? "\($0.chat) (left)" : $0.chat.description }
            throw CommandFailure(
                .targetAmbiguous,
                "several groups are called '\(name.forMessage)'; write the id of one: "
                    + told.joined(separator: ", ").forMessage,
                field: field, details: [Fields.candidates.detail(.array(candidates.map { .string($0) }))])
        }
        let hint = Suggestion.hint(for: text, among: known.map { "#" + $0.name })
        let help = hint.isEmpty ? "; group.list lists the groups" : hint
        throw CommandFailure(.targetUnknown, "there is no group '\(text.forMessage)'\(help)", field: field)
    }

    private func isKnown(_ chat: GroupChat) -> Bool {
        switch chat {
        case .group(let id): groups.rooms[id] != nil
        case .gigi(let topic): groups.gigiRooms.contains(topic) || groups.leftGigiRooms.contains(topic)
        }
    }

    /// A group as its name finds it.
    private struct NamedGroup {
        let name: String
        let chat: GroupChat
        let hasLeft: Bool
    }

    /// All groups by their names, those that were left last.
    private var namedGroups: [NamedGroup] {
        let rooms = groups.rooms.sorted { $0.key < $1.key }.map { id, room in
            NamedGroup(name: room.name, chat: .group(id), hasLeft: room.hasLeft)
        }
        let gigi = groups.gigiRooms.sorted().map {
            NamedGroup(name: $0.description, chat: .gigi($0), hasLeft: false)
        }
        let left = groups.leftGigiRooms.sorted().map {
            NamedGroup(name: $0.description, chat: .gigi($0), hasLeft: true)
        }
        return rooms.filter { !$0.hasLeft } + gigi + rooms.filter(\.hasLeft) + left
    }
}
