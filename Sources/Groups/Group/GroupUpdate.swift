import Ledger

/// What one call changed in a ``Group``: to be stored in one transaction, and then told.
public struct GroupUpdate: Sendable {
    /// Entries that stand now and did not before, in the order to store them in. Those that are our own are to be
    /// published: ``Group/seal(_:random:)``.
    public var entries: [Entry] = []
    /// Keys that we have now and did not have before.
    public var keys: [EpochKey] = []
    /// What is different for people.
    public var changes: [GroupChange] = []

    /// Nothing but these entries, if any.
    public init(entries: [Entry] = []) {
        self.entries = entries
    }

    /// What a later call changed.
    public mutating func append(_ later: GroupUpdate) {
        entries += later.entries
        keys += later.keys
        changes += later.changes
    }

    /// Whether nothing changed.
    public var isEmpty: Bool { entries.isEmpty && keys.isEmpty && changes.isEmpty }
}

/// What became of entries that came from others.
public struct GroupReception: Sendable {
    /// What changed.
    public var update = GroupUpdate()
    /// How many were known already.
    public var duplicates = 0
    /// What the group still needs, to understand what waits: to be asked for.
    public var missing: [EntryID] = []
    /// Why entries were refused, in their order. Each counts under its name.
    public var refused: [EntryRefusal] = []
}
