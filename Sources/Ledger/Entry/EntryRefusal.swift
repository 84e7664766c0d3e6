/// Why an entry is not taken. The raw values are stable: they name the counters of `stats`.
public enum EntryRefusal: String, Error, CaseIterable, Sendable {
    /// The bytes are no entry, or not the one encoding of it.
    case malformed
    /// More than ``Entry/maximumByteCount`` bytes, or a larger body than ``Entry/maximumBodyByteCount``.
    case tooLarge = "too_large"
    /// A version of the format that is not known here.
    case unsupportedVersion = "unsupported_version"
    /// The author did not sign this.
    case invalidSignature = "invalid_signature"
    /// An entry of another ledger.
    case anotherLedger = "another_ledger"
    /// The author's clock is further ahead of ours than ``GraphLimits/clockTolerance``. Ours may be behind: the entry
    /// may come again later.
    case clockAhead = "clock_ahead"
    /// `previous` is not the author's entry with the sequence number before.
    case brokenChain = "broken_chain"
    /// `depth` is not one more than that of the deepest predecessor.
    case wrongDepth = "wrong_depth"
    /// The author has as many entries as ``GraphLimits/entriesPerAuthor`` allows.
    case authorFull = "author_full"
    /// The ledger has as many entries or bytes as ``GraphLimits`` allow.
    case ledgerFull = "ledger_full"
    /// Whoever keeps the graph does not admit it.
    case notAdmitted = "not_admitted"
}

extension EntryRefusal: CustomStringConvertible {
    /// One lower-case sentence for logs and error messages.
    public var description: String {
        switch self {
        case .malformed: "not an entry"
        case .tooLarge: "the entry is too large"
        case .unsupportedVersion: "the entry has a version that is not known here"
        case .invalidSignature: "the author did not sign the entry"
        case .anotherLedger: "the entry belongs to another ledger"
        case .clockAhead: "the clock of the author is ahead of ours, or ours is behind"
        case .brokenChain: "the entry does not follow the one that its author names as the previous"
        case .wrongDepth: "the entry has a wrong depth"
        case .authorFull: "the author has too many entries"
        case .ledgerFull: "the ledger is full"
        case .notAdmitted: "the author may not write here"
        }
    }
}
