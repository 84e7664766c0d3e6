/// How much an ``EntryGraph`` holds.
///
/// A bound makes nodes differ when it is reached, since each refuses what comes last to it. That is the brake before
/// the memory ends, not a rule of the ledger: whoever keeps the graph admits only authors that somebody answers for.
public struct GraphLimits: Hashable, Sendable {
    /// The most entries.
    public var entries = 16_384
    /// The most bytes of all entries.
    public var bytes = 64 << 20
    /// The most entries of one author.
    public var entriesPerAuthor = 4096
    /// A full ledger still takes entries of authors that have fewer than these, up to twice its bounds, so that nobody
    /// who floods it can silence the others.
    public var reservedPerAuthor = 64
    /// The most entries that wait for their predecessors.
    public var waitingEntries = 1024
    /// The most bytes of entries that wait for their predecessors.
    public var waitingBytes = 4 << 20
    /// How far ahead of ours an author's clock may be.
    public var clockTolerance: Duration = .seconds(300)

    /// The defaults.
    public init() {}
}
