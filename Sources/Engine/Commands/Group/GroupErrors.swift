import Groups
import Messaging

/// What can go wrong in a group.
extension ErrorSpec {
    static let groupForbidden = ErrorSpec(
        "group.forbidden", retry: .never, exit: .commandFailed,
        "Only an admin of the group can do this, and not to the creator or to an admin appointed earlier.",
        remedy: "Ask an admin; group.members lists them.",
        example: .of("group.kick", "peer", "only an admin of the group may do this"))
    static let groupNotMember = ErrorSpec(
        "group.not_member", retry: .never, exit: .commandFailed, "This peer is not a member of the group.",
        remedy: "Ask an admin for an invite, and give it to group.accept.",
        example: .of("message.send", "to", "you are not a member of the group"))
    static let groupMemberUnknown = ErrorSpec(
        "group.member_unknown", retry: .never, exit: .usage, "The peer is not a member of the group.",
        remedy: "See group.members.",
        example: .of("group.kick", "peer", "12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo is not a member"))
    static let groupMemberExists = ErrorSpec(
        "group.member_exists", retry: .never, exit: .commandFailed,
        "The peer is already in the group, or already has that role.", remedy: "Nothing needs to be done.",
        example: .of("group.invite", "to", "bob is a member already"))
    static let groupFull = ErrorSpec(
        "group.full", retry: .never, exit: .rateLimited,
        "The group has the maximum number of members, or this account is in the maximum number of groups.",
        remedy: "Remove members with group.kick, or leave groups.",
        example: .of("group.invite", "a group has at most 1000 members"))
    static let groupPublic = ErrorSpec(
        "group.public", retry: .never, exit: .commandFailed,
        "A public group, or a gigi room, has no keys and no invited members.",
        remedy: "Anybody who knows its id can join with group.join.",
        example: .of("group.rekey", "group", "a public group has no keys, and needs no invited members"))
    static let groupKeyMissing = ErrorSpec(
        "group.key_missing", retry: .later, exit: .network,
        "The current key of the group has not arrived yet. It is requested automatically.",
        remedy: "Wait until a member is connected.",
        example: .of("message.send", "to", "the key of the current epoch has not arrived yet"))
    static let groupNotReady = ErrorSpec(
        "group.not_ready", retry: .later, exit: .network,
        "The log of the group has not arrived yet. It comes from whoever sent the invite, or from any other member.",
        remedy: "Wait until a member is connected; group.joined reports when you are in.",
        example: .of(
            "message.send", "to", "the log of the group has not arrived yet; it arrives when a member can be reached"))
    static let groupLastAdmin = ErrorSpec(
        "group.last_admin", retry: .never, exit: .commandFailed,
        "The group would be left without an admin, and nobody could change it.",
        remedy: "Make another member an admin with group.role, or use abandoned=true.",
        example: .of("group.leave", "group", "the group would be left without an admin"))
    static let groupKeyUnsupported = ErrorSpec(
        "group.key_unsupported", retry: .never, exit: .commandFailed,
        "The peer's identity is not an Ed25519 key, so the group key cannot be encrypted for it.",
        remedy: "Such a peer can only join public groups.",
        example: .of("group.invite", "to", "bob is not an Ed25519 identity, and cannot be given the group's key"))
    static let inviteInvalid = ErrorSpec(
        "invite.invalid", retry: .never, exit: .badData,
        "This is not an invite, or its signature is wrong.",
        remedy: "Copy all of it, as one line, or ask for a new one.",
        example: .of("group.accept", "invite", "the text is no invite"))
    static let inviteExpired = ErrorSpec(
        "invite.expired", retry: .never, exit: .commandFailed, "The invite has expired.",
        remedy: "Ask for a new one, valid for longer. Check the clocks of both machines.",
        example: .of("group.accept", "invite", "the invite has expired; ask for a new one"))
    static let inviteEarly = ErrorSpec(
        "invite.early", retry: .later, exit: .commandFailed, "The invite is dated in the future.",
        remedy: "Check the clocks of both machines.",
        example: .of("group.accept", "invite", "the invite is from the future; check the clocks of both machines"))
    static let inviteForAnother = ErrorSpec(
        "invite.for_another", retry: .never, exit: .commandFailed, "The invite is for another peer.",
        remedy: "Ask for one of your own.",
        example: .of("group.accept", "invite", "the invite is for another peer; ask for one of your own"))
    static let inviteStale = ErrorSpec(
        "invite.stale", retry: .never, exit: .commandFailed,
        "The invite is no longer valid: its author is no longer an admin, the group has a new key, or you were removed.",
        remedy: "Ask an admin for a new one.",
        example: .of("group.accept", "invite", "the invite is from before a removal or a new key"))

    static let groupCorrupt = ErrorSpec(
        "group.corrupt", retry: .never, exit: .storage,
        "A group that is stored here cannot be read. It is told when the engine starts, of each such group; the others "
            + "are as they were.",
        remedy: "Restore a copy of the store. Or enter the group anew with another account.",
        example: .plain("the group cannot be read: an entry of the group's log cannot be read"),
        details: [GroupFields.id.required])

    static let botLoop = ErrorSpec(
        "bot.loop", retry: .never, exit: .commandFailed,
        "This engine runs with --bot, and the message would answer a bot: two bots could go on forever. Even without reply_to, a "
            + "message sent within a minute after that of a bot counts as a turn; there are three turns until a person has spoken, "
            + "and one more every ten minutes.",
        remedy: "Answer people only: ignore messages with is_bot.",
        example: .of("message.send", "reply_to", "message 01JD0QF3M8X6ZV4T9K2B7N5C1R was written by a bot"))

    /// All of them, in the order of the manual.
    static let ofGroups: [ErrorSpec] = [
        groupForbidden, groupNotMember, groupMemberUnknown, groupMemberExists, groupFull, groupPublic, groupKeyMissing,
        groupNotReady, groupLastAdmin, groupKeyUnsupported, inviteInvalid, inviteExpired, inviteEarly,
        inviteForAnother, inviteStale, groupCorrupt, botLoop,
    ]
}

extension CommandFailure {
    /// A group is stored and cannot be read.
    static func unreadable(_ group: GroupMessaging.UnreadableGroup) -> CommandFailure {
        CommandFailure(
            .groupCorrupt, "the group cannot be read: \(group.reason)",
            details: [GroupFields.id.detail(.string(group.id))])
    }

    /// What a group says.
    init(_ error: GroupError) {
        let spec: ErrorSpec =
            switch error.code {
            case .notAdmin, .outranked: .groupForbidden
            case .notMember: .groupNotMember
            case .unknownPeer: .groupMemberUnknown
            case .alreadyMember: .groupMemberExists
            case .unsupportedKey: .groupKeyUnsupported
            case .full: .groupFull
            case .publicGroup: .groupPublic
            case .noKey, .wrongKey: .groupKeyMissing
            case .lastAdmin: .groupLastAdmin
            case .invalidText, .invalidMessage: .argumentInvalid
            case .logMissing: .groupNotReady
            case .inviteMalformed, .inviteForged, .inviteForAnotherGroup: .inviteInvalid
            case .inviteExpired: .inviteExpired
            case .inviteEarly: .inviteEarly
            case .inviteForAnother: .inviteForAnother
            case .inviteStale: .inviteStale
            case .refused: .limitReached
            case .corrupt: .storeCorrupt
            }
        self.init(spec, error.detail)
    }
}
