import Identity
import Ledger

/// Why something cannot be done in a group. Two errors are equal when their codes are.
public struct GroupError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kinds of failure. The raw values are stable.
    public enum Code: String, Sendable, CaseIterable {
        /// Only an admin may.
        case notAdmin = "not_admin"
        /// We are no member, or not any more, or not yet.
        case notMember = "not_member"
        /// The other is an admin of longer standing, or the creator.
        case outranked
        /// The other is no member.
        case unknownPeer = "unknown_peer"
        /// The other, or we, are a member already.
        case alreadyMember = "already_member"
        /// The peer's identity is not Ed25519: keys cannot be sealed to it.
        case unsupportedKey = "unsupported_key"
        /// The group has ``EpochKeys/maximumMembers`` members.
        case full
        /// A public group has no keys and no invited members.
        case publicGroup = "public_group"
        /// The key of the epoch has not come here yet. Ask a member for it.
        case noKey = "no_key"
        /// A key that came is not the one of its epoch.
        case wrongKey = "wrong_key"
        /// The last admin who goes leaves a group that nobody can change.
        case lastAdmin = "last_admin"
        /// The name, the description or the reason is too long, empty, or has control characters.
        case invalidText = "invalid_text"
        /// A message is empty, too large, or of a malformed content type.
        case invalidMessage = "invalid_message"
        /// The group's log has not come here yet. Catch up from a member.
        case logMissing = "log_missing"
        /// The bytes or the text are no invite.
        case inviteMalformed = "invite_malformed"
        /// Nobody of that name signed the invite.
        case inviteForged = "invite_forged"
        /// The invite is over.
        case inviteExpired = "invite_expired"
        /// The invite was made in the future: its maker's clock is ahead, or ours is behind.
        case inviteEarly = "invite_early"
        /// The invite names somebody else.
        case inviteForAnother = "invite_for_another"
        /// The invite died: its maker is no admin any more, or a new epoch began since, or it is from before we were
        /// removed. Ask for a new one.
        case inviteStale = "invite_stale"
        /// The invite is for another group.
        case inviteForAnotherGroup = "invite_for_another_group"
        /// The ledger does not take the entry.
        case refused
        /// What is stored cannot be read.
        case corrupt
    }

    /// The kind of failure.
    public let code: Code
    /// A sentence for people: what is wrong, and what to do.
    public let detail: String

    /// An error of the given kind.
    public init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    /// The code and the detail.
    public var description: String { "\(code.rawValue): \(detail)" }

    /// Whether both errors are of the same kind.
    public static func == (left: GroupError, right: GroupError) -> Bool { left.code == right.code }

    static let notAdmin = GroupError(.notAdmin, "only an admin of the group may do this")
    static let notMember = GroupError(.notMember, "you are not a member of the group")
    static let full = GroupError(.full, "a group has at most \(EpochKeys.maximumMembers) members")
    static let publicGroup = GroupError(.publicGroup, "a public group has no keys, and needs no invited members")
    static let noKey = GroupError(
        .noKey, "the key of the current epoch has not arrived yet; a member online will give it")

    static func unsupportedKey(_ peer: PeerID) -> GroupError {
        GroupError(.unsupportedKey, "\(peer) is not an Ed25519 identity, and cannot be given the group's key")
    }

    static func unknownPeer(_ peer: PeerID) -> GroupError {
        GroupError(.unknownPeer, "\(peer) is not a member of the group")
    }

    static func refused(_ refusal: EntryRefusal) -> GroupError {
        GroupError(.refused, refusal.description)
    }
}
