import Crypto
import Identity
import Ledger
import TestSupport
import Time

/// Authors of the tests, made of one seed each.
enum Authors {
    static func key(_ number: UInt8) -> KeyPair {
        KeyPair(seed: SecretBytes(copying: [UInt8](repeating: number, count: 32)))
    }

    static let alice = key(1)
    static let bob = key(2)
    static let carol = key(3)
}

extension Timestamp {
    /// Midnight of 2026-11-21 UTC.
    static let midnight = Timestamp(milliseconds: 1_795_219_200_000)

    static func seconds(_ count: Int) -> Timestamp { midnight + .seconds(count) }
}

let ledgerID = Digest([UInt8](repeating: 0xaa, count: 32))!

extension EntryGraph {
    /// Writes and inserts the author's next entry.
    @discardableResult
    mutating func write(_ text: String, _ key: KeyPair, _ now: Timestamp = .midnight) throws -> Entry {
        let entry = try nextEntry(kind: "note", body: Array(text.utf8), by: key, now: now)
        insert(entry, now: now)
        return entry
    }
}
