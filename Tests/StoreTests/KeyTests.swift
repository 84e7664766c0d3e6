import Testing
import Time

@testable import Store

@Suite(.everyStoreKind) struct KeyTests {
    private func key(_ name: String, digest: [UInt8] = [1], at time: Int64 = 100) -> StoredKey {
        StoredKey(key: name, digest: digest, time: at(time), message: "m1")
    }

    private func at(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

    @Test func aKeyIsTakenOnce() throws {
        let transaction = try memoryTransaction()
        try transaction.insert(key("k"), expiring: at(0))
        #expect(try transaction.key("k", since: at(0)) == key("k"))
        #expect(try transaction.key("K", since: at(0)) == nil)
        let error = #expect(throws: StoreError.self) { try transaction.insert(key("k", at: 150), expiring: at(50)) }
        #expect(error?.code == .constraint)
        // Once it is forgotten, it is new.
        #expect(try transaction.key("k", since: at(101)) == nil)
        try transaction.insert(key("k", digest: [2], at: 200), expiring: at(101))
        #expect(try transaction.key("k", since: at(101))?.digest == [2])
    }

    @Test func theEndIsKept() throws {
        let transaction = try memoryTransaction()
        var ended = key("k")
        try transaction.insert(ended, expiring: at(0))
        ended.outcome = .ok([1, 2])
        try transaction.settle(ended, expiring: at(0))
        #expect(try transaction.key("k", since: at(0)) == ended)
        // Not by a command that says something else.
        var other = key("k", digest: [9])
        other.outcome = .error([3])
        try transaction.settle(other, expiring: at(0))
        #expect(try transaction.key("k", since: at(0)) == ended)
        other.key = "l"
        other.message = nil
        try transaction.settle(other, expiring: at(0))
        #expect(try transaction.key("l", since: at(0)) == other)
        #expect(try transaction.keys().map(\.key) == ["k", "l"])
    }

    @Test func oldKeysGo() throws {
        let transaction = try memoryTransaction()
        for time in [10, 20, 30] as [Int64] { try transaction.insert(key("k\(time)", at: time), expiring: at(0)) }
        #expect(try transaction.pruneKeys(olderThan: at(30), limit: 1) == 1)
        #expect(try transaction.keys().map(\.key) == ["k20", "k30"])
        #expect(try transaction.pruneKeys(olderThan: at(30)) == 1)
        #expect(try transaction.keys().map(\.key) == ["k30"])
    }
}
