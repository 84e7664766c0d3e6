import Testing
import Time

@testable import Store

@Suite(.everyStoreKind) struct MessagesTests {
    @Test func aMessageComesBackWhole() throws {
        let transaction = try memoryTransaction()
        let sample = incoming("m1", body: [0, 1, 255])
        let position = try transaction.add(sample)
        let found = try transaction.message("m1", by: "bob")
        #expect(found?.content == sample)
        #expect(found?.position == position)
        #expect(found?.stateAt == sample.storedAt)
        #expect(try transaction.message("m1", by: "eve") == nil)
        #expect(try transaction.hasMessage("m1", by: "bob"))
        #expect(try !transaction.hasMessage("m1", by: "eve"))
    }

    @Test func theSameAgainIsADuplicateAndOtherContentAConflict() throws {
        let transaction = try memoryTransaction()
        let position = try transaction.add(incoming("m1"))
        #expect(try transaction.insert(incoming("m1")) == .duplicate(position))
        #expect(try transaction.insert(incoming("m1", body: [9])) == .conflict)
        #expect(try transaction.insert(incoming("m1", from: "eve")) == .inserted(position + 1))
        #expect(try transaction.messages(withID: "m1").map(\.author) == ["bob", "eve"])
    }

    @Test func listsAreInOrderOfArrivalWithBothCursors() throws {
        let transaction = try memoryTransaction()
        for index in 1...10 {
            try transaction.add(incoming("m\(index)"))
            try transaction.add(incoming("other\(index)", from: "eve"))
        }
        func list(_ range: MessageRange, _ limit: Int) throws -> ([String], Bool) {
            let page = try transaction.messages(in: "bob", range, limit: limit)
            return (page.messages.map(\.id), page.hasMore)
        }
        #expect(try list(.latest, 3) == (["m8", "m9", "m10"], true))
        #expect(try list(.latest, 10).1 == false)
        let middle = try transaction.message("m5", by: "bob")?.position ?? 0
        #expect(try list(.after(middle), 2) == (["m6", "m7"], true))
        #expect(try list(.before(middle), 2) == (["m3", "m4"], true))
        #expect(try list(.before(middle), 4) == (["m1", "m2", "m3", "m4"], false))
        #expect(try list(.after(middle), 500) == (["m6", "m7", "m8", "m9", "m10"], false))
        #expect(try list(.after(.max), 5) == ([], false))
        #expect(try list(.after(0), 0) == (["m1"], true))
    }

    @Test func aListIsBoundedInRowsAndBytes() throws {
        let transaction = try memoryTransaction()
        for index in 0..<600 { try transaction.add(incoming("m\(index)")) }
        let page = try transaction.messages(in: "bob", .latest, limit: .max)
        #expect(page.messages.count == 500 && page.hasMore)
        for index in 0..<5 {
            try transaction.add(incoming("big\(index)", from: "eve", body: Array(repeating: 1, count: 3 << 20)))
        }
        let heavy = try transaction.messages(in: "eve", .after(0), limit: 10)
        #expect(heavy.messages.map(\.id) == ["big0", "big1"] && heavy.hasMore)
    }

    @Test func statesOnlyMoveForward() throws {
        let transaction = try memoryTransaction()
        let position = try transaction.add(outgoing("m1"))
        #expect(try !transaction.advance(messageAt: position, to: .accepted, at: at(2)))
        #expect(try transaction.advance(messageAt: position, to: .sent, at: at(3)))
        #expect(try transaction.state(ofMessageAt: position) == .sent)
        #expect(try transaction.state(ofMessageAt: 99) == nil)
        #expect(try !transaction.advance(messageAt: position, to: .sent, at: at(4)))
        #expect(try transaction.advance(messageAt: position, to: .failed, at: at(5), failure: "refused"))
        for state in MessageState.allCases {
            #expect(try !transaction.advance(messageAt: position, to: state, at: at(6)))
        }
        let found = try transaction.message(at: position)
        #expect(found?.state == .failed && found?.failure == "refused" && found?.stateAt == at(5))
        let other = try transaction.add(incoming("m2"))
        #expect(try !transaction.advance(messageAt: other, to: .delivered, at: at(6)))
    }

    @Test func unreadCountsOnlyWhatOthersSent() throws {
        let transaction = try memoryTransaction()
        let first = try transaction.add(incoming("m1"))
        try transaction.add(incoming("m2"))
        try transaction.add(incoming("m3", from: "eve"))
        try transaction.add(outgoing("m4"))
        #expect(try transaction.unreadCount() == 3)
        #expect(try transaction.unreadCount(in: "bob") == 2)
        #expect(try transaction.markRead(in: "bob", upTo: first, at: at(50)) == 1)
        #expect(try transaction.markRead(in: "bob", upTo: first, at: at(60)) == 0)
        #expect(try transaction.message("m1", by: "bob")?.readAt == at(50))
        #expect(try transaction.markRead(in: "bob", at: at(70)) == 1)
        #expect(try transaction.unreadCount() == 1)
    }
}

@Suite(.everyStoreKind) struct OutboxTests {
    @Test func aPeersQueueIsInOrderAndBounded() throws {
        let transaction = try memoryTransaction()
        var positions: [Int64] = []
        for index in 0..<6 {
            let position = try transaction.add(outgoing("m\(index)", body: Array(repeating: 1, count: 100)))
            try transaction.enqueue(
                messageAt: position, for: index % 2 == 0 ? "bob" : "carol", expiresAt: at(Int64(100 - index)))
            positions.append(position)
        }
        #expect(try transaction.outbox(for: "bob", limit: 10).map(\.message.id) == ["m0", "m2", "m4"])
        #expect(try transaction.outbox(for: "bob", limit: 2).map(\.message.id) == ["m0", "m2"])
        #expect(try transaction.outbox(for: "bob", after: positions[0], limit: 1).map(\.message.id) == ["m2"])
        #expect(try transaction.outbox(for: "bob", limit: 10, maximumBytes: 250).count == 2)
        #expect(try transaction.outbox(for: "bob", limit: 10, maximumBytes: 0).count == 1)
        #expect(try transaction.outboxBacklogs().map(\.peer) == ["bob", "carol"])
        #expect(try transaction.nextOutboxExpiry() == at(95))
        #expect(try transaction.outboxExpired(at: at(96), limit: 10).map(\.id) == ["m5", "m4"])
        #expect(try transaction.dequeue(messageAt: positions[0], for: "bob"))
        #expect(try !transaction.dequeue(messageAt: positions[0], for: "bob"))
        try transaction.advance(messageAt: positions[2], to: .sent, at: at(1))
        #expect(
            try transaction.outboxBacklogs() == [
                OutboxBacklog(peer: "bob", count: 2, unsent: 1), OutboxBacklog(peer: "carol", count: 3, unsent: 3),
            ])
    }

    @Test func anEmptyOutboxExpiresNothing() throws {
        let transaction = try memoryTransaction()
        #expect(try transaction.nextOutboxExpiry() == nil)
        #expect(try transaction.outboxBacklogs() == [])
    }
}

@Suite(.everyStoreKind) struct EventsTests {
    @Test func eventsComeBackInOrder() throws {
        let transaction = try memoryTransaction()
        #expect(try transaction.lastEventSeq() == 0 && transaction.firstEventSeq() == nil)
        for index in 1...5 { #expect(try transaction.append(event("e\(index)")) == Int64(index)) }
        #expect(try transaction.events(after: 2, limit: 2).map(\.type) == ["e3", "e4"])
        #expect(try transaction.events(after: 5, limit: 2) == [])
        #expect(try transaction.events(after: 0, limit: 1).first?.event == event("e1"))
    }

    @Test func retentionTakesAPrefixAndNeverANumber() throws {
        let transaction = try memoryTransaction()
        // The clock once went back: what is young must not be lost, nor a hole come about behind it.
        for time in [10, 20, 900, 30, 40, 50] as [Int64] {
            try transaction.append(NewEvent(type: "e", time: at(time), payload: []))
        }
        #expect(try transaction.pruneEvents(olderThan: at(0), keepingLast: 6) == 0)
        #expect(try transaction.pruneEvents(olderThan: at(0), keepingLast: 5) == 1)
        #expect(try transaction.pruneEvents(olderThan: at(100), keepingLast: .max) == 1)
        #expect(try transaction.events(after: 0, limit: 10).map(\.seq) == [3, 4, 5, 6])
        #expect(try transaction.pruneEvents(olderThan: at(1000), keepingLast: .max, limit: 3) == 3)
        #expect(try transaction.pruneEvents(olderThan: at(0), keepingLast: -1) == 1)
        #expect(try transaction.firstEventSeq() == nil)
        #expect(try transaction.append(event("next")) == 7)
        #expect(try transaction.pruneEvents(olderThan: at(0), keepingLast: .max) == 0)
    }

    @Test func aTimeFindsItsEvent() throws {
        let transaction = try memoryTransaction()
        for time in [10, 20, 30] as [Int64] {
            try transaction.append(NewEvent(type: "e", time: at(time), payload: []))
        }
        #expect(try transaction.firstEventSeq(since: at(15)) == 2)
        #expect(try transaction.firstEventSeq(since: at(31)) == nil)
    }
}

@Suite(.everyStoreKind) struct DirectoryTests {
    @Test func anAliasNamesOneContact() throws {
        let transaction = try memoryTransaction()
        try transaction.save(StoredContact(peer: "P1", alias: "Bob", addresses: ["/a", "/b"], addedAt: at(1)))
        #expect(try transaction.contact(alias: "bob")?.peer == "P1")
        #expect(try transaction.contact(peer: "P1")?.addresses == ["/a", "/b"])
        let error = #expect(throws: StoreError.self) {
            try transaction.save(StoredContact(peer: "P2", alias: "BOB", addedAt: at(2)))
        }
        #expect(error?.code == .constraint)
        try transaction.save(StoredContact(peer: "P1", alias: "robert", addresses: ["/c"], addedAt: at(3)))
        #expect(
            try transaction.contacts() == [
                StoredContact(peer: "P1", alias: "robert", addresses: ["/c"], addedAt: at(1))
            ])
        #expect(try transaction.removeContact(peer: "P1"))
        #expect(try !transaction.removeContact(peer: "P1"))
        #expect(try transaction.contact(alias: "robert") == nil)
    }

    @Test func peersKeepWhatIsKnown() throws {
        let transaction = try memoryTransaction()
        try transaction.save(StoredPeer(peer: "P1", agent: "linnet/1", addresses: ["/a"], seen: at(10)))
        try transaction.save(StoredPeer(peer: "P1", seen: at(20)))
        let found = try transaction.peer("P1")
        #expect(found?.agent == "linnet/1" && found?.addresses == ["/a"])
        #expect(found?.firstSeen == at(10) && found?.lastSeen == at(20))
        try transaction.save(StoredPeer(peer: "P1", addresses: ["/b", "/c"], seen: at(15)))
        #expect(try transaction.peer("P1")?.addresses == ["/b", "/c"])
        #expect(try transaction.peer("P1")?.lastSeen == at(20))
    }

    @Test func oldPeersGoFirstAndContactsStay() throws {
        let transaction = try memoryTransaction()
        for index in 1...5 { try transaction.save(StoredPeer(peer: "P\(index)", seen: at(Int64(index)))) }
        try transaction.save(StoredContact(peer: "P1", alias: "one", addedAt: at(1)))
        #expect(try transaction.prunePeers(keeping: 2) == 2)
        #expect(try transaction.peers(limit: 10).map(\.peer) == ["P5", "P4", "P1"])
        #expect(try transaction.peers(limit: 1).map(\.peer) == ["P5"])
    }

    @Test func settingsAndCursors() throws {
        let transaction = try memoryTransaction()
        #expect(try transaction.setting("a") == nil)
        try transaction.setSetting("a", to: [1])
        try transaction.setSetting("a", to: [2])
        #expect(try transaction.setting("a") == [2])
        #expect(try transaction.settings().map(\.name) == ["a"])
        #expect(try transaction.removeSetting("a"))
        #expect(try !transaction.removeSetting("a"))
        #expect(try transaction.cursor(of: "jq") == nil)
        try transaction.setCursor(of: "jq", to: 7)
        try transaction.setCursor(of: "jq", to: 5)
        #expect(try transaction.cursor(of: "jq") == StoredCursor(seq: 5, told: 0))
        try transaction.beginTelling("jq")
        #expect(try transaction.cursor(of: "jq") == StoredCursor(seq: 5, told: nil))
        try transaction.setCursor(of: "jq", to: 6)
        try transaction.endTelling()
        #expect(try transaction.cursor(of: "jq") == StoredCursor(seq: 6, told: try transaction.lastEventSeq()))
        try transaction.endTelling("jq", through: 7)
        #expect(try transaction.cursor(of: "jq")?.told == 7)
        #expect(try transaction.cursors().map(\.consumer) == ["jq"])
    }

    /// Only who has lost events anyway, and is not being told any, gives way.
    @Test func roomForCursors() throws {
        let transaction = try memoryTransaction()
        for _ in 1...9 {
            try transaction.append(NewEvent(type: "message", time: Timestamp(milliseconds: 0), payload: []))
        }
        try transaction.pruneEvents(olderThan: Timestamp(milliseconds: 0), keepingLast: 4)
        for (name, seq) in [("stdout", 1), ("told", 2), ("b", 3), ("a", 3), ("whole", 5)] as [(String, Int64)] {
            try transaction.setCursor(of: name, to: seq)
        }
        try transaction.beginTelling("told")
        #expect(try transaction.makeRoomForCursor(limit: 6, kept: "stdout"))
        #expect(try transaction.cursors().count == 5)
        #expect(try transaction.makeRoomForCursor(limit: 5, kept: "stdout"))
        #expect(try transaction.cursor(of: "a") == nil)
        #expect(try transaction.makeRoomForCursor(limit: 4, kept: "stdout"))
        #expect(try transaction.cursor(of: "b") == nil)
        #expect(try !transaction.makeRoomForCursor(limit: 3, kept: "stdout"))
        #expect(try transaction.cursors().map(\.consumer) == ["stdout", "told", "whole"])
    }
}
