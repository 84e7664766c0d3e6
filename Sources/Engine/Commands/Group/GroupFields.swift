import Groups
import Identity
import Messaging
import Wire

/// The arguments of commands about groups.
enum GroupArguments {
    static let group = Argument.string(GroupFields.target)
    static let name = Argument.string(GroupFields.name.saying("what it is called"))
    static let description = Argument.string(GroupFields.description)
    static let visibility = Argument.string(GroupFields.visibility)
    static let to = Argument.string(
        FieldSpec(
            "to", .target,
            "the only peer that can use it, and that receives it as a message; absent: anybody who has the text",
            example: .string("bob")))
    static let invite = Argument.string(GroupFields.invite)
    static let expiresIn = Argument.duration(
        FieldSpec(
            "expires_in", .duration(60_000...31_622_400_000), "how long it is valid",
            example: .string("7d")))
    static let format = Argument.string(
        FieldSpec(
            "format", .choice(["linnet", "gigi"]),
            "linnet: a public group, by its id; gigi: a gigi room, by its topic", example: .string("gigi")))
    static let room = Argument.string(
        FieldSpec(
            "group", .string(bytes: 1...256), "the id of a public group, or the topic of a gigi room",
            example: .string("12D3KooWKQJHZUSSd4GHk23N1hxen1UER1K5BBTMJRpNNJcZ63bo")))
    static let abandoned = Argument.boolean(
        FieldSpec(
            "abandoned", .boolean, "leave even as the last admin; then nobody can change the group any more",
            example: .bool(true)))
    static let peer = Argument.string(Fields.peerTarget)
    static let reason = Argument.string(
        FieldSpec("reason", .string(bytes: 1...256), "the reason, visible to all members", example: .string("spam")))
    static let role = Argument.string(GroupFields.role)
    static let wait = Argument.duration(
        FieldSpec(
            "wait", .duration(0...600_000), "how long to wait for a member to let us in",
            example: .string("10s")))
}

/// What lines say of groups.
enum GroupFields {
    static let target = FieldSpec(
        "group", .target, "the group: its name, with or without #, or its id", example: .string("#team"))
    static let id = FieldSpec(
        "group", .text(300), "the group's id", example: .string("gAqZkTDuc1NLmSLpT2WXzLqHnYzR7FfFkq6FhUdbVXWcs")
    ).renamed
    static let chat = FieldSpec("chat", .target, "its name, to send messages to", example: .string("#team"))
    static let name = FieldSpec(
        "name", .string(bytes: 1...64), "its name; absent: it has none, or its log has not arrived yet",
        example: .string("team"))
    static let description = FieldSpec(
        "description", .text(1024), "its purpose", example: .string("those who build it"))
    static let visibility = FieldSpec(
        "visibility", .choice(Visibility.allCases.map(\.rawValue)),
        "private: encrypted, by invitation; public: unencrypted, and anybody who knows the id can read and write",
        example: .string("private"))
    static let kind = FieldSpec(
        "visibility", .choice(Visibility.allCases.map(\.rawValue) + ["gigi"]), "private, public, or a gigi room")
    static let invite = FieldSpec(
        "invite", .string(bytes: 1...2048), "the invite: one line of text, which gives access to the group",
        example: .string("linnet:invite:oWJpZA")
    ).secret
    static let expires = FieldSpec("expires_time", .time, "when the invite expires")
    static let inviter = FieldSpec("from", .peer, "the peer that invites, and has signed the invite")
    static let state = FieldSpec(
        "state", .choice(["member", "joining", "left"]),
        "joining: the invite was accepted, but no member has let us in yet", example: .string("member"))
    static let role = FieldSpec(
        "role", .choice(Role.allCases.map(\.rawValue)), "an admin can also invite, remove, rename and appoint",
        example: .string("admin"))
    static let members = FieldSpec("members", .count, "the number of members", example: .integer(5))
    static let online = FieldSpec(
        "online", .boolean, "whether it is online: connected, or known through others", example: .bool(true))
    static let unread = FieldSpec("unread_count", .count, "messages not yet marked as read", example: .integer(2))
    static let creator = FieldSpec("creator", .peer, "who made it")
    static let created = FieldSpec("created_time", .time, "when it was created, by its creator's clock")
    static let joined = FieldSpec("joined_time", .time, "when it became a member")
    static let invitedBy = FieldSpec("invited_by", .peer, "who let it in")
    static let removedBy = FieldSpec("by", .peer, "the peer that removed it; absent: it left")
    static let epoch = FieldSpec(
        "epoch", .count, "how many keys the group had before this one", example: .integer(2))
    static let hasKey = FieldSpec("has_key", .boolean, "whether this engine has the current key", example: .bool(true))
    static let needsRekey = FieldSpec(
        "needs_rekey", .boolean, "whether an admin should run group.rekey, because a former member may have the key",
        example: .bool(false))
    static let change = FieldSpec(
        "change", .choice(["profile", "role", "epoch"]),
        "what has changed: the name, the description, a role, or the key",
        example: .string("role"))
    static let nick = FieldSpec(
        "nick", .text(64), "the author's nickname; for display only", example: .string("alice"))
    static let mentionsMe = FieldSpec(
        "mentions_me", .boolean, "it mentions this peer, contains @ and its nick, or answers one of its messages",
        example: .bool(true))
    static let isFromSelf = FieldSpec(
        "is_from_self", .boolean, "this account wrote it", example: .bool(true))
    static let isBot = FieldSpec("is_bot", .boolean, "written by a program", example: .bool(true))
}

extension LineWriter {
    /// What a group is called, if it has a name here.
    mutating func groupName(_ name: String?) {
        if let name, !name.isEmpty { string(GroupFields.name, name) }
    }
}
