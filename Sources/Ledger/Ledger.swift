/// Signed entries, linked by hashes, that many authors write without asking each other, and one order of them that
/// is the same for all.
///
/// - ``Entry`` is what an author signs: after which entries it comes, a kind, a body.
/// - ``EntryGraph`` holds the entries of one ledger: what may stand, what waits for its predecessors, which come
///   next, in which order they are read, and which authors have said two things in one place (``Fork``).
///
/// ```swift
/// var graph = EntryGraph(ledger: ledger)
/// let entry = try graph.nextEntry(kind: "note", body: Array("hello".utf8), by: key, now: now)
/// graph.insert(entry, now: now)
/// for entry in graph.entries { … }
/// ```
///
/// Nothing here knows what the entries mean. Who may write, what an entry does, and what follows from a fork is for
/// the module above to say: membership of groups today; a general ledger and the commits of MLS (RFC 9420) fit the
/// same entries.
