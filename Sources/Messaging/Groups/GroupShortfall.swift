import Groups
import Ledger

/// What was not taken, or did not succeed, beside frames and entries that were refused. The raw values are stable: they
/// name counters of `stats`.
public enum GroupShortfall: String, CaseIterable, Sendable {
    /// GossipSub has no room for another topic.
    case topicRefused = "topic_refused"
    /// An invite that was accepted turned out to be void.
    case joinRefused = "join_refused"
    /// A peer wanted to catch up on what it may not have.
    case syncDenied = "sync_denied"
    /// A peer wanted to catch up too often.
    case syncLimited = "sync_limited"
    /// An exchange with a peer broke off; it is tried again.
    case syncFailed = "sync_failed"
    /// The store did not take something that came.
    case notStored = "not_stored"
    /// The store could not tell what it has.
    case notRead = "not_read"
    /// Something could not be said on a topic; who is connected catches up.
    case notPublished = "not_published"
    /// So many entries of a group's log came at once that some were let go; they come again by catching up.
    case crowded
    /// What came in a room of gigi is none of its messages.
    case gigiMalformed = "gigi_malformed"
}

extension GroupMessaging {
    /// The names of all that ``refusals`` may count.
    public nonisolated static let refusalNames =
        GroupRefusal.allCases.map(\.rawValue) + EntryRefusal.allCases.map { "entry_" + $0.rawValue }
        + GroupShortfall.allCases.map(\.rawValue)

    func count(_ refusal: GroupRefusal) { refusals[refusal.rawValue, default: 0] += 1 }

    func count(_ refusal: EntryRefusal) { refusals["entry_" + refusal.rawValue, default: 0] += 1 }

    func count(_ shortfall: GroupShortfall) { refusals[shortfall.rawValue, default: 0] += 1 }
}
