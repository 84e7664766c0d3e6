import Identity
import Ledger

/// What an entry of a group's ledger changes.
///
/// The entry's kind is the name of the case; its body is a CBOR map with the text keys that stand below. Unknown keys
/// are passed over. An entry of another kind, or whose body cannot be read, stands in the ledger and changes nothing.
public enum MembershipChange: Sendable, Equatable {
    /// `nonce` (32 bytes), `visibility`, `name`, `description` (optional), `check` (32 bytes, of the first epoch's key;
    /// private groups only). The first entry of a group.
    case create(nonce: [UInt8], visibility: Visibility, profile: GroupProfile, check: [UInt8]?)
    /// `invite` (an encoded ``Invite``): the author comes in.
    case join(Invite)
    /// `name`, `description`, either or both.
    case update(name: String?, description: String?)
    /// `peer`, `role`. Of a public group `member` also readmits one who was removed.
    case role(PeerID, Role)
    /// `peer`, `reason` (optional), `epoch` (private groups only): the peer goes, and a new epoch begins.
    case kick(PeerID, reason: String?, EpochKeys?)
    /// Nothing: the author goes.
    case leave
    /// `epoch`: a new epoch begins.
    case rekey(EpochKeys)
}

/// What a member may do.
public enum Role: String, CaseIterable, Sendable {
    /// Talk.
    case member
    /// Also invite, remove, name, appoint.
    case admin
}

/// What people see of a group.
public struct GroupProfile: Hashable, Sendable {
    /// The longest name, in bytes.
    public static let maximumNameByteCount = 64
    /// The longest description, in bytes.
    public static let maximumDescriptionByteCount = 1024

    /// The name: 1 to 64 bytes of UTF-8, on one line. Not unique.
    public var name: String
    /// What the group is for; may be empty.
    public var description: String

    /// A profile; nil if the name or the description is not as above.
    public init?(name: String, description: String = "") {
        guard Self.isName(name), Self.isDescription(description) else { return nil }
        self.name = name
        self.description = description
    }

    static func isName(_ name: String) -> Bool {
        (1...maximumNameByteCount).contains(name.utf8.count) && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
    }

    static func isDescription(_ text: String) -> Bool {
        text.utf8.count <= maximumDescriptionByteCount && !text.utf8.contains(0)
    }
}
