import Identity
import Ledger
import Time

/// A group as its log tells it: the same on every node that holds the same entries.
public struct GroupState: Sendable, Equatable {
    /// Somebody in the group.
    public struct Member: Sendable, Hashable {
        /// Who.
        public let peer: PeerID
        /// What it may do.
        public let role: Role
        /// When it came, by the log.
        public let joined: Timestamp
        /// Who invited (or, in a public group, appointed) it; nil for the creator.
        public let invitedBy: PeerID?
        /// The place among all admins that there were, the creator first; nil for a plain member.
        public let seniority: Int?
    }

    /// Somebody who was in the group.
    public struct FormerMember: Sendable, Hashable {
        /// Who.
        public let peer: PeerID
        /// When it came, by the log.
        public let joined: Timestamp
        /// When it went, by the log.
        public let left: Timestamp
        /// Who removed it; nil if it left.
        public let removedBy: PeerID?
        /// Why, if whoever removed it said so.
        public let reason: String?
    }

    /// A time of one key.
    public struct Epoch: Sendable, Hashable {
        /// The entry that began it.
        public let id: EpochID
        /// How many epochs there were before it, along the longest way.
        public let number: Int
        /// When it began, by the log.
        public let start: Timestamp
        /// Who began it.
        public let author: PeerID
    }

    /// The group.
    public let id: GroupID
    /// Whether it is private; as the group's first entry says.
    public internal(set) var visibility: Visibility
    /// What it is called, and what it is for.
    public internal(set) var profile: GroupProfile
    /// Who made it.
    public internal(set) var creator: PeerID
    /// When it was made, by its creator's clock.
    public internal(set) var created: Timestamp
    /// Who is in it, those who have been for longest first. In a public group only the creator and those whom admins
    /// appointed: the others come and go without a word.
    public internal(set) var members: [Member] = []
    /// Who was in it, by peer id. In a public group, who was shut out.
    public internal(set) var former: [FormerMember] = []
    /// All epochs, in the order of the log; of a public group just the first.
    public internal(set) var epochs: [Epoch] = []
    /// The epoch that messages are sent in: the one with the highest number, and of several the one with the lowest id.
    public internal(set) var epoch: Epoch
    /// Whether somebody who is no member may have the key of the epoch: ``rekeyer(online:)`` should begin another.
    public internal(set) var needsRekey = false
    /// Entries that stand in the log without effect, and why.
    public internal(set) var voids: [EntryID: VoidReason] = [:]
    /// Authors who said two things in one place. Both count, as if neither knew of the other; what to think of it is for
    /// the admins, since an account that was brought back from an old copy does the same.
    public internal(set) var forks: [Fork] = []

    /// A member; nil for anybody else.
    public func member(_ peer: PeerID) -> Member? { members.first { $0.peer == peer } }

    /// Whether a peer is in the group.
    public func isMember(_ peer: PeerID) -> Bool { member(peer) != nil }

    /// Whether a peer is an admin.
    public func isAdmin(_ peer: PeerID) -> Bool { member(peer)?.role == .admin }

    /// The admins, in the order of their peer ids.
    public var admins: [PeerID] { members.filter { $0.role == .admin }.map(\.peer).sorted() }

    /// Whether an admin may remove or demote another: everybody but the creator and those who became admins before it.
    public func outranks(_ admin: PeerID, _ other: PeerID) -> Bool {
        guard let rank = member(admin)?.seniority, admin != other else { return false }
        return member(other)?.seniority.map { rank < $0 } ?? true
    }

    /// Who should begin a new epoch when ``needsRekey``: the admin online with the lowest id, so that not all do.
    public func rekeyer(online: Set<PeerID>) -> PeerID? { admins.first { online.contains($0) } }
}

/// Why an entry of a group's log has no effect. The raw values are stable.
public enum VoidReason: String, Sendable, CaseIterable {
    /// The entry cannot be read, or is of a kind that is not known here.
    case unknown
    /// Its author was no admin, or was removed or demoted by somebody who did not know of the entry.
    case noAuthority = "no_authority"
    /// It is about an admin of longer standing.
    case outranked
    /// It is about somebody who was no member.
    case notMember = "not_member"
    /// The invite was for another peer or group, or was not what its inviter could have made.
    case inviteInvalid = "invite_invalid"
    /// The invite had expired.
    case inviteExpired = "invite_expired"
    /// Whoever made the invite was no admin.
    case inviterNotAdmin = "inviter_not_admin"
    /// The invite was from before a removal of the joiner, or was open and from before the epoch.
    case inviteStale = "invite_stale"
    /// The group had as many members as it may.
    case full
    /// A second beginning of the group, or what a public group has no use for.
    case pointless
}
