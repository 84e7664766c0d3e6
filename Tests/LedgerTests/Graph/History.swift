import Crypto
import Identity
import Ledger
import TestSupport
import Time
import Wire

/// A random history of several authors who see each other's entries late.
struct History {
    var entries: [Entry] = []
    let heads: [EntryID]

    init(seed: UInt64, entries count: Int, authors: Int) throws {
        var random = SeededRandom(seed: seed)
        var graphs = (0..<authors).map { _ in EntryGraph(ledger: ledgerID) }
        var all = EntryGraph(ledger: ledgerID)
        for index in 0..<count {
            let author = random.next(below: authors)
            for entry in entries where random.next(below: 3) == 0 { graphs[author].insert(entry, now: nil) }
            // Clocks differ by up to a minute.
            let now = Timestamp.seconds(index * 10 + random.next(below: 60))
            let entry = try graphs[author].write("\(index)", Authors.key(UInt8(author + 1)), now)
            entries.append(entry)
            all.insert(entry, now: nil)
        }
        heads = all.heads
    }
}

/// Entries that the API does not make.
enum Forge {
    static func entry(
        _ key: KeyPair, sequence: UInt64, previous: EntryID? = nil, parents: [EntryID] = [], depth: UInt64,
        ledger: LedgerID = ledgerID, time: Timestamp = .midnight, kind: String = "note", body: [UInt8] = []
    ) throws -> Entry {
        var bytes: [UInt8] = [1] + ledger.bytes + key.publicKey.data
        bytes.appendUnsignedVarint(sequence)
        bytes += previous?.bytes ?? []
        bytes.append(UInt8(parents.count))
        for parent in parents { bytes += parent.bytes }
        bytes.appendUnsignedVarint(depth)
        bytes.appendUnsignedVarint(UInt64(time.milliseconds))
        bytes.append(UInt8(kind.utf8.count))
        bytes += Array(kind.utf8)
        bytes.appendLengthPrefixed(body)
        return try Entry(decoding: bytes + key.sign(Array("linnet-entry:".utf8) + bytes))
    }
}
