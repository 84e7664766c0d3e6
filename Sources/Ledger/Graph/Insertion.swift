/// What became of an entry that was given to an ``EntryGraph``.
public enum Insertion: Hashable, Sendable {
    /// It stands in the graph, and so do those behind it, which had waited for it; predecessors first.
    case stored([Entry])
    /// It was there already, or waits already.
    case duplicate
    /// It is kept until these have come, which it follows; ascending. Ask for them.
    case waiting([EntryID])
    /// It is not kept.
    case refused(EntryRefusal)
}
