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
            "to", .target, "who alone may use it, and gets it as a message; absent: whoever has the text",
            example: .string("bob")))
    static let invite = Argument.string(GroupFields.invite)
    static let expiresIn = Argument.duration(
        FieldSpec(
            "expires_in", .duration(60_000...31_622_400_000), "how long it can be used",
            example: .string("7d")))
    static let format = Argument.string(
        FieldSpec(
            "format", .choice(["linnet", "gigi"]),
            "linnet: a public group, by its id; gigi: a room of gigi's, by its topic", example: .string("gigi")))
    static let room = Argument.string(
        FieldSpec(
            "group", .string(bytes: 1...256), "the id of a public group, or the topic of a room of gigi's",
            example: .string("12D3KooWKQJHZUSSd4GHk23N1hxen1UER1K5BBTMJRpNNJcZ63bo")))
    static let abandoned = Argument.boolean(
        FieldSpec(
            "abandoned", .boolean, "go even as the last admin of others, who can change nothing then",
            example: .bool(true)))
    static let peer = Argument.string(Fields.peerTarget)
    static let reason = Argument.string(
        FieldSpec("reason", .string(bytes: 1...256), "why, for everybody to read", example: .string("spam")))
    static let role = Argument.string(GroupFields.role)
    static let wait = Argument.duration(
        FieldSpec(
            "wait", .duration(0...600_000), "how long to wait for a member who lets us in",
            example: .string("10s")))
}

/// What lines say of groups.
enum GroupFields {
    static let target = FieldSpec(
        "group", .target, "the group: its #name, or its id", example: .string("#team"))
    static let id = FieldSpec(
        "group", .text(300), "id of the group", example: .string("gAqZkTDuc1NLmSLpT2WXzLqHnYzR7FfFkq6FhUdbVXWcs")
    ).renamed
    static let chat = FieldSpec("chat", .target, "its name, to write to", example: .string("#team"))
    static let name = FieldSpec(
        "name", .string(bytes: 1...64), "what it is called; absent: it has no name, or its log has not come yet",
        example: .string("team"))
    static let description = FieldSpec(
        "description", .text(1024), "what it is for", example: .string("those who build it"))
    static let visibility = FieldSpec(
        "visibility", .choice(Visibility.allCases.map(\.rawValue)),
        "private: encrypted, by invitation; public: whoever knows the id reads and writes, in the clear",
        example: .string("private"))
    static let kind = FieldSpec(
        "visibility", .choice(Visibility.allCases.map(\.rawValue) + ["gigi"]), "private, public, or a room of gigi's")
    static let invite = FieldSpec(
        "invite", .string(bytes: 1...2048), "the invite, one line of text; with it goes the key of the group",
        example: .string("linnet:invite:oWJpZA")
    ).secret
    static let expires = FieldSpec("expires_time", .time, "when the invite ends")
    static let inviter = FieldSpec("from", .peer, "who invites; the invite is signed by that peer")
    static let state = FieldSpec(
        "state", .choice(["member", "joining", "left"]),
        "joining: accepted, and no member was there yet who lets us in", example: .string("member"))
    static let role = FieldSpec(
        "role", .choice(Role.allCases.map(\.rawValue)), "an admin also invites, removes, names and appoints",
        example: .string("admin"))
    static let members = FieldSpec("members", .count, "how many members it has", example: .integer(5))
    static let online = FieldSpec(
        "online", .boolean, "whether it is there: connected, or heard of through others", example: .bool(true))
    static let unread = FieldSpec("unread_count", .count, "messages that were not marked as read", example: .integer(2))
    static let creator = FieldSpec("creator", .peer, "who made it")
    static let created = FieldSpec("created_time", .time, "when it was made, by its creator's clock")
    static let joined = FieldSpec("joined_time", .time, "since when it is a member")
    static let invitedBy = FieldSpec("invited_by", .peer, "who let it in")
    static let removedBy = FieldSpec("by", .peer, "who removed it; absent: it left")
    static let epoch = FieldSpec(
        "epoch", .count, "how many keys there were before the present one", example: .integer(2))
    static let hasKey = FieldSpec("has_key", .boolean, "whether the present key is here", example: .bool(true))
    static let needsRekey = FieldSpec(
        "needs_rekey", .boolean, "whether an admin should run group.rekey: somebody who is out may have the key",
        example: .bool(false))
    static let change = FieldSpec(
        "change", .choice(["profile", "role", "epoch"]), "what: name or description, somebody's role, or the key",
        example: .string("role"))
    static let nick = FieldSpec(
        "nick", .text(64), "what the author calls itself; for display only", example: .string("alice"))
    static let mentionsMe = FieldSpec(
        "mentions_me", .boolean, "it mentions this peer, calls it @ and its nick, or answers a message of it",
        example: .bool(true))
    static let isFromSelf = FieldSpec(
        "is_from_self", .boolean, "this account wrote it", example: .bool(true))
    static let isBot = FieldSpec("is_bot", .boolean, "a program wrote it", example: .bool(true))
}

extension LineWriter {
    /// What a group is called, if it has a name here.
    mutating func groupName(_ name: String?) {
        if let name, !name.isEmpty { string(GroupFields.name, name) }
    }
}
