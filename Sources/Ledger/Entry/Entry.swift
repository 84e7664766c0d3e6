import Crypto
import Identity
import Time

/// What an author added to a ledger: signed, and linked by hashes to what the author had seen.
///
/// | bytes | field |
/// |---|---|
/// | 1 | version, 1 |
/// | 32 | the ledger's id |
/// | 32 | the author's Ed25519 key |
/// | varint | `sequence`: how many entries the author wrote before |
/// | 32 | `previous`: the author's entry before; absent where `sequence` is 0 |
/// | 1, then 32 each | `parents`: others' entries that the author had seen and nothing followed; at most 16, ascending |
/// | varint | `depth`: one more than the deepest of `previous` and `parents`; 0 without any |
/// | varint | `time`, in milliseconds since 1970, below 2^48 |
/// | 1, then as many | `kind` |
/// | varint, then as many | `body`, at most 64 KiB |
/// | 64 | Ed25519 signature over `linnet-entry:` and all of the above |
///
/// Varints are those of multiformats. There is one encoding of an entry, and nothing else is read. The id is the
/// SHA-256 of what is signed, so that two signatures of one entry do not make two.
public struct Entry: Sendable {
    /// The most parents.
    public static let maximumParents = 16
    /// The largest body, in bytes.
    public static let maximumBodyByteCount = 64 << 10
    /// The largest entry, in bytes: the largest body, and room for everything else.
    public static let maximumByteCount = maximumBodyByteCount + 1024

    /// What the entry is known by.
    public let id: EntryID
    /// Whose ledger it belongs to.
    public let ledger: LedgerID
    /// Who wrote it; an Ed25519 identity.
    public let author: PeerID
    /// How many entries the author wrote before, unless it said two things in one place.
    public let sequence: UInt64
    /// The author's entry before; nil for the first.
    public let previous: EntryID?
    /// Others that the author had seen, and that nothing followed then. In ascending order, without `previous`.
    public let parents: [EntryID]
    /// The length of the longest way from here to an entry without predecessors.
    public let depth: UInt64
    /// When it was written, by the author's clock.
    public let time: Timestamp
    /// What it is about.
    public let kind: EntryKind
    /// The bytes, signature and all, to be kept and passed on unchanged.
    public let encoded: [UInt8]

    private let bodyRange: Range<Int>

    /// What it says.
    public var body: [UInt8] { Array(encoded[bodyRange]) }

    /// `previous`, if there is one, then `parents`.
    public var predecessors: [EntryID] { (previous.map { [$0] } ?? []) + parents }

    init(_ content: EntryContent, encoded: [UInt8], signedCount: Int, bodyRange: Range<Int>) {
        ledger = content.ledger
        author = content.author
        sequence = content.sequence
        previous = content.previous
        parents = content.parents
        depth = content.depth
        time = content.time
        kind = content.kind
        self.encoded = encoded
        self.bodyRange = bodyRange
        id = Self.id(of: encoded, signedCount: signedCount)
    }

    /// Keeps signatures and hashes of entries apart from all others.
    static let domain = Array("linnet-entry:".utf8)

    private static func id(of encoded: [UInt8], signedCount: Int) -> EntryID {
        var hash = SHA256()
        hash.update(domain)
        encoded.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0.prefix(signedCount))) }
        return hash.finalize().withUnsafeBytes { Digest(loading: $0) }
    }
}

extension Entry: Hashable {
    /// Entries are the same when their ids are.
    public static func == (left: Entry, right: Entry) -> Bool { left.id == right.id }

    /// The id.
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

/// The fields of an entry.
struct EntryContent {
    var ledger: LedgerID
    var author: PeerID
    var sequence: UInt64
    var previous: EntryID?
    var parents: [EntryID]
    var depth: UInt64
    var time: Timestamp
    var kind: EntryKind
}
