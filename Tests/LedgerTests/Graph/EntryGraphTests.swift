import Identity
import Ledger
import TestSupport
import Testing
import Time

@Suite struct EntryGraphTests {
    @Test func oneOrderWhateverTheArrival() throws {
        var random = SeededRandom(seed: 7)
        for round in 0..<60 {
            let history = try History(seed: UInt64(round), entries: 40, authors: 4)
            var orders: Set<[EntryID]> = []
            for _ in 0..<4 {
                var graph = EntryGraph(ledger: ledgerID)
                for entry in history.entries.shuffled(using: &random) { graph.insert(entry, now: .seconds(1000)) }
                #expect(graph.count == 40 && graph.waitingCount == 0 && graph.missing.isEmpty)
                orders.insert(graph.entries.map(\.id))
                let places = Dictionary(uniqueKeysWithValues: graph.entries.enumerated().map { ($1.id, $0) })
                for entry in graph.entries {
                    for before in entry.predecessors { #expect(places[before]! < places[entry.id]!) }
                }
                #expect(graph.heads == history.heads)
                for (place, entry) in graph.arrivals.enumerated() {
                    #expect(graph.arrival(of: entry.id) == place)
                    #expect(
                        graph.predecessors(ofArrival: place).map { graph.arrivals[$0].id } == entry.predecessors)
                }
            }
            #expect(orders.count == 1)
        }
    }

    /// The order is by time, and by nothing that arrival decides; an author's clock that is behind does not bring an
    /// entry before what it follows.
    @Test func timeOrdersWhatIsConcurrent() throws {
        var first = EntryGraph(ledger: ledgerID)
        let root = try first.write("root", Authors.alice, .seconds(100))
        var second = first
        let late = try first.write("late", Authors.alice, .seconds(130))
        let early = try second.write("early", Authors.bob, .seconds(120))
        // Carol's clock stands at 0; still her entry is after what she saw.
        let behind = try second.nextEntry(kind: "note", body: [], by: Authors.carol, now: .midnight)
        #expect(behind.time == early.time)
        for entry in [early, behind] { first.insert(entry, now: .seconds(130)) }
        #expect(first.entries.map(\.id) == [root.id, early.id, behind.id, late.id])
        #expect(first.precedes(early.id, late.id) && !first.precedes(late.id, early.id))
        #expect(first.time(of: behind.id) == early.time)
    }

    @Test func waitingIsBoundedAndSaysWhatIsMissing() throws {
        var writer = EntryGraph(ledger: ledgerID)
        let entries = try (0..<50).map { try writer.write("\($0)", Authors.alice) }
        var limits = GraphLimits()
        limits.waitingEntries = 10
        var graph = EntryGraph(ledger: ledgerID, limits: limits)
        for entry in entries.dropFirst() {
            guard case .waiting(let missing) = graph.insert(entry, now: .midnight) else {
                Issue.record("\(entry.sequence) does not wait")
                continue
            }
            #expect(missing == [entries[Int(entry.sequence) - 1].id])
            #expect(graph.waitingCount <= 10)
        }
        #expect(graph.insert(entries[49], now: .midnight) == .duplicate)
        #expect(graph.missing == [entries[39].id])
        guard case .stored(let stored) = graph.insert(entries[0], now: .midnight) else {
            Issue.record("the first does not stand")
            return
        }
        #expect(stored.map(\.id) == [entries[0].id])
        for entry in entries[1..<39] { graph.insert(entry, now: .midnight) }
        #expect(graph.insert(entries[39], now: .midnight) == .stored(Array(entries[39...])))
        #expect(graph.count == 50 && graph.waitingCount == 0)
    }

    /// One author who floods the waiting room costs nobody else a place in it.
    @Test func aFloodEvictsTheOneWhoFloods() throws {
        var limits = GraphLimits()
        limits.waitingEntries = 20
        var graph = EntryGraph(ledger: ledgerID, limits: limits)
        var honest = EntryGraph(ledger: ledgerID)
        let root = try honest.write("root", Authors.bob)
        let waiting = try honest.write("waits", Authors.bob)
        graph.insert(waiting, now: .midnight)
        var flood = EntryGraph(ledger: ledgerID)
        try flood.write("never sent", Authors.alice)
        for index in 0..<200 { graph.insert(try flood.write("\(index)", Authors.alice), now: .midnight) }
        #expect(graph.waitingCount == 20)
        #expect(graph.insert(root, now: .midnight) == .stored([root, waiting]))
    }

    @Test func forksAreEvidenceAndBothStay() throws {
        var graph = EntryGraph(ledger: ledgerID)
        let root = try graph.write("root", Authors.alice)
        var other = graph
        let here = try graph.write("here", Authors.alice)
        let there = try other.write("there", Authors.alice)
        try graph.write("after here", Authors.alice)
        let afterThere = try other.write("after there", Authors.alice)
        #expect(graph.forks.isEmpty)
        for entry in [there, afterThere] { graph.insert(entry, now: .midnight) }
        let (first, second) = here.id < there.id ? (here, there) : (there, here)
        let fork = try #require(graph.forks.first)
        #expect(graph.forks.count == 1 && fork.author == Authors.alice.peerID && fork.sequence == 1)
        #expect(fork.first == first.id && fork.second == second.id)
        #expect(graph.count == 5 && graph.contains(here.id) && graph.contains(there.id) && graph.contains(root.id))
        // The author goes on from one of both, and joins them.
        let next = try graph.write("both", Authors.alice)
        #expect(next.sequence == 3 && next.parents.count == 1 && graph.heads == [next.id])
    }

    @Test func unsoundEntriesAreRefused() throws {
        var graph = EntryGraph(ledger: ledgerID)
        try graph.write("a", Authors.alice)
        var elsewhere = EntryGraph(ledger: Digest([UInt8](repeating: 1, count: 32))!)
        #expect(graph.insert(try elsewhere.write("b", Authors.bob), now: .midnight) == .refused(.anotherLedger))

        let ahead = try graph.nextEntry(kind: "note", body: [], by: Authors.bob, now: .seconds(31_536_000))
        #expect(graph.insert(ahead, now: .midnight) == .refused(.clockAhead))
        #expect(graph.insert(ahead, now: .seconds(31_536_000)) == .stored([ahead]))

        let edge = try graph.nextEntry(kind: "note", body: [], by: Authors.carol, now: .seconds(31_536_300))
        #expect(
            graph.insert(edge, now: Timestamp(milliseconds: edge.time.milliseconds - 300_001)) == .refused(.clockAhead))
        #expect(graph.insert(edge, now: .seconds(31_536_000)) == .stored([edge]))
    }

    @Test func crookedChainsAreRefused() throws {
        var graph = EntryGraph(ledger: ledgerID)
        let root = try graph.write("a", Authors.alice)
        // Bob's second entry claims Alice's first as his own.
        #expect(
            graph.insert(try Forge.entry(Authors.bob, sequence: 1, previous: root.id, depth: 1), now: .midnight)
                == .refused(.brokenChain))
        #expect(
            graph.insert(try Forge.entry(Authors.alice, sequence: 2, previous: root.id, depth: 1), now: .midnight)
                == .refused(.brokenChain))
        let most = UInt64(Int64.max)
        #expect(
            graph.insert(try Forge.entry(Authors.alice, sequence: most, previous: root.id, depth: 1), now: .midnight)
                == .refused(.brokenChain))
        for depth in [2, 7, most] {
            let wrong = try Forge.entry(Authors.bob, sequence: 0, parents: [root.id], depth: depth)
            #expect(graph.insert(wrong, now: .midnight) == .refused(.wrongDepth))
        }
        // What waited for an entry that turns out to be unsound is forgotten with it.
        let unsound = try Forge.entry(Authors.bob, sequence: 0, parents: [root.id], depth: 5)
        let follower = try Forge.entry(Authors.bob, sequence: 1, previous: unsound.id, depth: 6)
        #expect(graph.insert(follower, now: .midnight) == .waiting([unsound.id]))
        #expect(graph.insert(unsound, now: .midnight) == .refused(.wrongDepth))
        #expect(graph.waitingCount == 0 && graph.missing.isEmpty && graph.count == 1)
    }

    @Test func boundsLeaveRoomForTheOthers() throws {
        var limits = GraphLimits()
        limits.entries = 30
        limits.entriesPerAuthor = 25
        limits.reservedPerAuthor = 5
        var graph = EntryGraph(ledger: ledgerID, limits: limits)
        for index in 0..<25 { try graph.write("\(index)", Authors.alice) }
        #expect(throws: EntryRefusal.authorFull) { try graph.write("one more", Authors.alice) }
        for index in 0..<25 {
            let entry = try graph.nextEntry(kind: "note", body: [UInt8(index)], by: Authors.bob, now: .midnight)
            let insertion = graph.insert(entry, now: .midnight)
            #expect(insertion == (index < 5 ? .stored([entry]) : .refused(.ledgerFull)))
        }
        let carols = try graph.write("still heard", Authors.carol)
        #expect(graph.contains(carols.id) && graph.count == 31)
    }

    @Test func admissionIsAskedWithAllPredecessors() throws {
        var writer = EntryGraph(ledger: ledgerID)
        let root = try writer.write("root", Authors.alice)
        let bobs = try writer.write("bob", Authors.bob)
        let after = try writer.write("after", Authors.alice)
        var graph = EntryGraph(ledger: ledgerID)
        let admit = { (graph: EntryGraph, entry: Entry) in
            #expect(entry.predecessors.allSatisfy(graph.contains))
            return entry.author == Authors.alice.peerID
        }
        for entry in [after, bobs] { graph.insert(entry, now: .midnight, admit: admit) }
        #expect(graph.waitingCount == 2)
        #expect(graph.insert(root, now: .midnight, admit: admit) == .stored([root]))
        #expect(graph.count == 1 && graph.waitingCount == 0)
        #expect(graph.insert(bobs, now: .midnight, admit: admit) == .refused(.notAdmitted))
    }

    @Test func sixteenHeadsAreJoinedAtOnce() throws {
        var graph = EntryGraph(ledger: ledgerID)
        try graph.write("root", Authors.key(99))
        let base = graph
        for index in 0..<40 {
            var branch = base
            graph.insert(try branch.write("\(index)", Authors.key(UInt8(index)), .seconds(index)), now: .seconds(60))
        }
        #expect(graph.heads.count == 40)
        let merge = try graph.write("merge", Authors.key(99), .seconds(60))
        #expect(merge.parents.count == 16 && graph.heads.count == 25)
        let next = try graph.write("merge", Authors.key(99), .seconds(60))
        #expect(next.parents.count == 16 && next.previous == merge.id && graph.heads.count == 9)
    }
}
