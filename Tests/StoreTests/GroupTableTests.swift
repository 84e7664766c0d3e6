import Testing
import Time

@testable import Store

/// Groups in the store.
@Suite struct GroupTableTests {
    @Test func anEntryIsThereOnce() throws {
        let transaction = try memoryTransaction()
        try transaction.save(StoredGroup(id: "g"))
        try transaction.save(StoredGroup(id: "h"))
        for entry in [[1, 2], [3], [1, 2], [4]] as [[UInt8]] { try transaction.append(entry: entry, to: "g") }
        try transaction.append(entry: [3], to: "h")
        #expect(try transaction.group("g")?.entries == [[1, 2], [3], [4]])
        #expect(try transaction.group("h")?.entries == [[3]])
        #expect(try transaction.group("i") == nil)
    }

    /// A store of before has some entries twice.
    @Test func whatIsThereTwiceGoes() throws {
        let database = try Database(.memory, configuration: StoreConfiguration())
        try database.prepareSchema(Schema.migrations.filter { $0.version < 7 })
        try database.execute(
            script: """
                INSERT INTO groups (id) VALUES ('g'), ('h');
                INSERT INTO group_entries (group_id, position, entry)
                VALUES ('g', 1, x'01'), ('g', 2, x'02'), ('g', 3, x'01'), ('h', 1, x'01'), ('g', 4, x'03');
                """)
        try database.prepareSchema()
        let transaction = Transaction(database)
        #expect(try transaction.group("g")?.entries == [[1], [2], [3]])
        #expect(try transaction.group("h")?.entries == [[1]])
    }

    /// One that cannot be read leaves the others alone.
    @Test func eachIsReadForItself() throws {
        let transaction = try memoryTransaction()
        for id in ["a", "b"] { try transaction.save(StoredGroup(id: id, hasLeft: id == "b")) }
        let groups = try transaction.groups()
        #expect(groups.map(\.id) == ["a", "b"])
        #expect(try groups.map { try $0.group.get().hasLeft } == [false, true])
    }

    @Test func whatWasNotSentIsFound() throws {
        let transaction = try memoryTransaction()
        for (id, isSent) in [("1", false), ("2", true), ("3", false)] {
            var message = outgoing(id, to: "g", body: Array(id.utf8))
            message.state = .accepted
            let position = try transaction.add(message)
            if isSent { try transaction.advance(messageAt: position, to: .sent, at: at(2000)) }
            try transaction.insert(
                GroupFrameRow(
                    group: "g", id: id, author: "alice", digest: Array(id.utf8), epoch: [], time: at(1000),
                    frame: [7] + Array(id.utf8)))
        }
        #expect(try transaction.unsentFrames(in: "g", since: at(0), limit: 10).map(\.id) == ["1", "3"])
        #expect(try transaction.unsentFrames(in: "g", since: at(0), limit: 1).map(\.frame) == [[7, 0x31]])
        #expect(try transaction.unsentFrames(in: "g", since: at(5000), limit: 10).isEmpty)
        #expect(try transaction.unsentFrames(in: "h", since: at(0), limit: 10).isEmpty)
    }

    @Test func theOldestKeysGo() throws {
        let transaction = try memoryTransaction()
        for number in 0..<6 {
            let key = StoredKey(key: "k\(number)", digest: [1], time: at(Int64(number / 2)))
            try transaction.insert(key, expiring: at(0))
        }
        try transaction.pruneKeys(keepingLast: 10)
        #expect(try transaction.keys().count == 6)
        // Those of one time go together.
        try transaction.pruneKeys(keepingLast: 3)
        #expect(try transaction.keys().map(\.key) == ["k4", "k5"])
    }
}
