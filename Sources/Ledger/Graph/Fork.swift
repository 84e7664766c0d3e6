import Identity

/// Evidence that an author wrote two entries in one place of its chain: both are signed by it, with one sequence number.
///
/// Either the author tells some one thing and others another, or its account runs twice, or was brought back from an old
/// copy: the entries cannot tell. Both stay in the ledger, as entries that know nothing of each other.
public struct Fork: Hashable, Sendable {
    /// The author.
    public let author: PeerID
    /// The first sequence number that it used twice.
    public let sequence: UInt64
    /// Of its entries with that number, the one with the lowest id.
    public let first: EntryID
    /// The one with the next.
    public let second: EntryID
}
