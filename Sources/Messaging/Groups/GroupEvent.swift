import Groups
import Identity
import Store
import Time

/// What happened in a group, to be told to the user. Each is logged in the transaction of the change it tells of.
public struct GroupEvent: Sendable {
    /// What.
    public enum Kind: Sendable {
        /// Somebody has said something.
        case message(StoredMessage)
        /// The message of ours with this id has left this machine, to a member who catches up.
        case sent(String, to: PeerID)
        /// We are in.
        case joined
        /// We are out; by whom, if we did not leave ourselves.
        case left(by: PeerID?, reason: String?)
        /// The group is called or described otherwise.
        case changed
        /// Somebody may do more, or less.
        case role(PeerID, Role)
        /// Messages are encrypted with another key.
        case epoch(Int)
        /// Somebody came in.
        case memberJoined(PeerID, invitedBy: PeerID?)
        /// Somebody went; by whom, if it did not leave by itself.
        case memberLeft(PeerID, by: PeerID?, reason: String?)
        /// Somebody wrote two things into one place of the log.
        case forked(PeerID)
    }

    /// What.
    public let kind: Kind
    /// The id of the group, or of the room.
    public let group: String
    /// What it was called then.
    public let name: String
    /// What it is for, then.
    public let description: String
    /// By our wall clock.
    public let time: Timestamp
}
