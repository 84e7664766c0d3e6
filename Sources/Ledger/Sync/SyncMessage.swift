import Wire

/// What two peers have in common, or want to.
public struct SyncSet: Hashable, Sendable {
    /// The ledger, or the group.
    public let ledger: LedgerID
    /// Which of its sets: `log`, `messages` ….
    public let name: EntryKind
    /// Which part of the set, where it has parts: an epoch.
    public let part: Digest?

    /// A set.
    public init(ledger: LedgerID, name: EntryKind, part: Digest? = nil) {
        self.ledger = ledger
        self.name = name
        self.part = part
    }
}

/// A message of `/linnet/sync/1.0.0`; on the stream each stands behind its length.
///
/// | first byte | who | what follows |
/// |---|---|---|
/// | 1 open | initiator | 1 version, 16 salt, 32 ledger, 1 and name, 0 or 1 and part, varint and proof, first comparison |
/// | 2 compare | both | a message of ``Reconciliation`` |
/// | 3 refuse | responder | a code |
/// | 4 want | initiator | 32 each: ids that it asks for |
/// | 5 items | both | 1 if these are the last that were asked for, else 0; varint and bytes each |
/// | 6 done | initiator | nothing: all was given |
/// | 7 thanks | responder | nothing: all was taken |
enum SyncMessage: Equatable, Sendable {
    case open(SyncSet, salt: [UInt8], proof: [UInt8], comparison: [UInt8])
    case compare([UInt8])
    case refuse(SyncError.Code)
    case want([Digest])
    case items([[UInt8]], isLast: Bool)
    case done
    case thanks

    /// The longest message, in bytes.
    static let maximumByteCount = 192 << 10
    /// The longest proof, in bytes.
    static let maximumProofByteCount = 2048
    /// The most ids of one question.
    static let maximumWanted = 512
    private static let version: UInt8 = 1

    var encoded: [UInt8] {
        switch self {
        case .open(let set, let salt, let proof, let comparison):
            var bytes: [UInt8] = [1, Self.version] + salt + set.ledger.bytes
            bytes.append(UInt8(set.name.name.utf8.count))
            bytes += Array(set.name.name.utf8)
            bytes += set.part.map { [1] + $0.bytes } ?? [0]
            bytes.appendLengthPrefixed(proof)
            return bytes + comparison
        case .compare(let bytes): return [2] + bytes
        case .refuse(let code): return [3] + Array(code.rawValue.utf8)
        case .want(let ids): return ids.reduce(into: [4]) { $0 += $1.bytes }
        case .items(let items, let isLast):
            var bytes: [UInt8] = [5, isLast ? 1 : 0]
            for item in items { bytes.appendLengthPrefixed(item) }
            return bytes
        case .done: return [6]
        case .thanks: return [7]
        }
    }

    /// Reads a message; nil for what is none.
    init?(_ bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        guard let type = try? reader.uint8() else { return nil }
        switch type {
        case 1:
            guard let open = Self.open(&reader) else { return nil }
            self = open
        case 2: self = .compare(reader.rest())
        case 3:
            let text = reader.rest()
            guard text.count <= 32, let code = String(validating: text, as: UTF8.self).flatMap(SyncError.Code.init)
            else { return nil }
            self = .refuse(code)
        case 4:
            guard reader.remaining % Digest.byteCount == 0, reader.remaining <= Self.maximumWanted * Digest.byteCount
            else { return nil }
            var ids: [Digest] = []
            while let id = (try? reader.bytes(Digest.byteCount)).flatMap(Digest.init) { ids.append(id) }
            self = .want(ids)
        case 5:
            guard let flag = try? reader.uint8(), flag <= 1 else { return nil }
            var items: [[UInt8]] = []
            while !reader.isAtEnd {
                guard let item = try? reader.lengthPrefixed(limit: Self.maximumByteCount) else { return nil }
                items.append(item)
            }
            self = .items(items, isLast: flag == 1)
        case 6 where reader.isAtEnd: self = .done
        case 7 where reader.isAtEnd: self = .thanks
        default: return nil
        }
    }

    private static func open(_ reader: inout ByteReader) -> SyncMessage? {
        guard let version = try? reader.uint8(), version == Self.version,
            let salt = try? reader.bytes(Reconciliation.saltByteCount),
            let ledger = (try? reader.bytes(Digest.byteCount)).flatMap(Digest.init),
            let count = try? reader.uint8(), let name = (try? reader.bytes(Int(count))).flatMap(EntryKind.init(bytes:)),
            let hasPart = try? reader.uint8(), hasPart <= 1
        else { return nil }
        var part: Digest?
        if hasPart == 1 {
            guard let digest = (try? reader.bytes(Digest.byteCount)).flatMap(Digest.init) else { return nil }
            part = digest
        }
        guard let proof = try? reader.lengthPrefixed(limit: maximumProofByteCount) else { return nil }
        let set = SyncSet(ledger: ledger, name: name, part: part)
        return .open(set, salt: salt, proof: proof, comparison: reader.rest())
    }
}
