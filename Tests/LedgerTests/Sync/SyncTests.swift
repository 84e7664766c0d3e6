import Crypto
import Identity
import TestSupport
import Testing
import Time
import Wire

@testable import Ledger

/// One end of an exchange, with a store that holds items by their ids.
private struct End {
    var sync: Sync
    var store: [Digest: [UInt8]]
    var received: [[UInt8]] = []
    var report: SyncReport?
    var isRefusing = false
    var asked: SyncSet?
    var proof: [UInt8] = []
    var loads: [Int] = []
    let times: [Digest: Timestamp]

    var items: ItemSet { ItemSet(store.keys.map { SetItem(time: times[$0] ?? .midnight, id: $0) }) }

    /// Does what it is told; gives what is to be sent.
    mutating func perform(_ actions: [SyncAction]) throws -> [[UInt8]] {
        var sent: [[UInt8]] = []
        for action in actions {
            switch action {
            case .send(let bytes): sent.append(bytes)
            case .authorise(let set, let proof, _):
                (asked, self.proof) = (set, proof)
                sent += try perform(isRefusing ? sync.refuse() : try sync.accept(items))
            case .load(let ids):
                loads.append(ids.count)
                sent += try perform(sync.provide(ids.compactMap { store[$0] }))
                sent += try perform(sync.resume())
            case .received(let items): received += items
            case .finished(let report): self.report = report
            }
        }
        return sent
    }
}

@Suite struct SyncTests {
    private static let set = SyncSet(ledger: ledgerID, name: "log")
    private static let salt = [UInt8](repeating: 3, count: 16)

    /// Runs two ends against each other, cutting what is sent into random pieces.
    private func run(_ left: inout End, _ right: inout End, _ random: inout SeededRandom) throws {
        var toRight = try left.perform(left.sync.begin()).joined().map { $0 }
        var toLeft: [UInt8] = []
        while !toRight.isEmpty || !toLeft.isEmpty {
            let piece = Array(toRight.prefix(1 + random.next(below: 30_000)))
            toRight.removeFirst(piece.count)
            toLeft += try right.perform(try right.sync.receive(piece)).joined()
            let back = Array(toLeft.prefix(1 + random.next(below: 30_000)))
            toLeft.removeFirst(back.count)
            toRight += try left.perform(try left.sync.receive(back)).joined()
        }
    }

    private func ends(common: Int, left: Int, right: Int, size: Int, _ random: inout SeededRandom) -> (End, End) {
        var times: [Digest: Timestamp] = [:]
        func make(_ count: Int) -> [Digest: [UInt8]] {
            var store: [Digest: [UInt8]] = [:]
            for _ in 0..<count {
                let bytes = random.bytes(1 + random.next(below: size))
                let id = Digest(hashing: bytes)
                store[id] = bytes
                times[id] = .midnight + .milliseconds(random.next(below: 100_000))
            }
            return store
        }
        let (both, one, other) = (make(common), make(left), make(right))
        let initiator = Sync(
            initiating: Self.set,
            items: ItemSet(
                both.merging(one) { $1 }.keys.map {
                    SetItem(time: times[$0] ?? .midnight, id: $0)
                }), salt: Self.salt, proof: [1, 2])
        return (
            End(sync: initiator, store: both.merging(one) { $1 }, times: times),
            End(sync: Sync(), store: both.merging(other) { $1 }, times: times)
        )
    }

    @Test func bothEndUpWithEverything() throws {
        var random = SeededRandom(seed: 1)
        for (common, left, right, size) in [
            (0, 0, 0, 1), (100, 0, 0, 40), (50, 1, 0, 40), (50, 0, 1, 40), (0, 40, 0, 500), (300, 60, 80, 100),
            (0, 3, 3, 60_000), (100, 700, 1300, 30),
        ] {
            var (here, there) = ends(common: common, left: left, right: right, size: size, &random)
            try run(&here, &there, &random)
            let union = Set(here.store.values).union(there.store.values)
            #expect(Set(here.store.values).union(here.received) == union, "\(common) \(left) \(right)")
            #expect(Set(there.store.values).union(there.received) == union)
            // Nothing is sent twice, nor without need.
            #expect(here.received.count == Set(there.store.keys).subtracting(here.store.keys).count)
            #expect(there.received.count == Set(here.store.keys).subtracting(there.store.keys).count)
            #expect(here.report?.received == here.received.count && there.report?.received == there.received.count)
            #expect(here.report?.sent == there.received.count && there.asked == Self.set && there.proof == [1, 2])
            #expect(here.loads.allSatisfy { $0 <= 512 } && there.loads.allSatisfy { $0 <= 512 })
            #expect(throws: Never.self) { try here.sync.end() }
            #expect(throws: Never.self) { try there.sync.end() }
        }
    }

    /// The entries of a ledger, given in the order of the set, find their places.
    @Test func ledgersCatchUp() throws {
        let history = try History(seed: 5, entries: 120, authors: 4)
        var graphs = [EntryGraph(ledger: ledgerID), EntryGraph(ledger: ledgerID)]
        for (index, entry) in history.entries.enumerated() {
            if index < 60 || index % 2 == 0 { graphs[0].insert(entry, now: nil) }
            if index < 70 { graphs[1].insert(entry, now: nil) }
        }
        var random = SeededRandom(seed: 2)
        // What the first exchange frees from waiting goes with the second.
        for _ in 0..<2 { try exchange(&graphs, &random) }
        #expect(graphs[0].heads == graphs[1].heads && graphs[0].count == graphs[1].count && graphs[0].count >= 70)
    }

    private func exchange(_ graphs: inout [EntryGraph], _ random: inout SeededRandom) throws {
        func times(_ graph: EntryGraph) -> [Digest: Timestamp] {
            Dictionary(uniqueKeysWithValues: graph.arrivals.map { ($0.id, $0.time) })
        }
        func store(_ graph: EntryGraph) -> [Digest: [UInt8]] {
            Dictionary(uniqueKeysWithValues: graph.arrivals.map { ($0.id, $0.encoded) })
        }
        let items = ItemSet(graphs[0].arrivals.map { SetItem(time: $0.time, id: $0.id) })
        let sync = Sync(initiating: Self.set, items: items, salt: Self.salt, proof: [])
        var here = End(sync: sync, store: store(graphs[0]), times: times(graphs[0]))
        var there = End(sync: Sync(), store: store(graphs[1]), times: times(graphs[1]))
        try run(&here, &there, &random)
        for bytes in here.received { graphs[0].insert(decoding: bytes, now: .seconds(10_000)) }
        for bytes in there.received { graphs[1].insert(decoding: bytes, now: .seconds(10_000)) }
    }

    @Test func refusalsTellNothing() throws {
        var random = SeededRandom(seed: 3)
        var (here, there) = ends(common: 10, left: 5, right: 5, size: 40, &random)
        there.isRefusing = true
        let opening = try here.perform(here.sync.begin()).joined().map { $0 }
        let answer = try there.perform(try there.sync.receive(opening)).joined().map { $0 }
        #expect(answer == LengthPrefix.frame([3] + Array("denied".utf8)))
        #expect(throws: SyncError(.denied, "")) { try here.sync.receive(answer) }
        #expect(there.report?.sent == 0 && there.loads.isEmpty)
        #expect(throws: Never.self) { try there.sync.end() }
    }

    /// Only what is in the set is given, whatever else the store holds.
    @Test func nobodyAsksForOtherThings() throws {
        var random = SeededRandom(seed: 4)
        var (_, there) = ends(common: 10, left: 0, right: 0, size: 40, &random)
        let outside = Digest(hashing: [1])
        let sync = Sync(initiating: Self.set, items: ItemSet([]), salt: Self.salt, proof: [])
        var initiator = sync
        let opening = initiator.begin()
        guard case .send(let bytes)? = opening.first else { return }
        _ = try there.perform(try there.sync.receive(bytes))
        there.store[outside] = [1]
        let question = LengthPrefix.frame(SyncMessage.want([outside]).encoded)
        let answer = try there.perform(try there.sync.receive(question)).joined().map { $0 }
        #expect(answer == LengthPrefix.frame([5, 1]) && there.loads == [0])
    }

    @Test func messagesOutOfTurn() throws {
        let other = LengthPrefix.frame(SyncMessage.done.encoded)
        for message in [SyncMessage.compare([]), .want([]), .items([], isLast: true), .done, .thanks, .refuse(.busy)] {
            var responder = Sync()
            #expect(throws: SyncError(.malformed, "")) {
                try responder.receive(LengthPrefix.frame(message.encoded))
            }
            #expect(try responder.receive(other) == [])
            var initiator = Sync(initiating: Self.set, items: ItemSet([]), salt: Self.salt, proof: [])
            _ = initiator.begin()
            if message == .compare([]) || message == .refuse(.busy) { continue }
            #expect(throws: SyncError.self) { try initiator.receive(LengthPrefix.frame(message.encoded)) }
        }
        var responder = Sync()
        #expect(throws: SyncError(.malformed, "")) { try responder.receive([0xff, 0xff, 0xff, 0xff, 0x7f]) }
        responder = Sync()
        #expect(throws: SyncError(.malformed, "")) { try responder.receive(LengthPrefix.frame([1, 2, 3])) }
        #expect(throws: SyncError(.cut, "")) { try Sync().end() }
        // More items than were asked for.
        var greedy = Sync(initiating: Self.set, items: ItemSet([]), salt: Self.salt, proof: [])
        _ = greedy.begin()
        let ids: [UInt8] = [0, 2, 1] + [UInt8](repeating: 5, count: 32)
        #expect(try greedy.receive(LengthPrefix.frame(SyncMessage.compare(ids).encoded)).count == 1)
        #expect(throws: SyncError(.tooMany, "")) {
            try greedy.receive(LengthPrefix.frame(SyncMessage.items([[1], [2]], isLast: false).encoded))
        }
    }

    @Test func messagesArePinned() throws {
        let digest = Digest([UInt8](repeating: 0xbb, count: 32))!
        let open = SyncMessage.open(
            SyncSet(ledger: ledgerID, name: "messages", part: digest), salt: Self.salt, proof: [9, 8],
            comparison: [0, 0])
        let pins: [(SyncMessage, String)] = [
            (
                open,
                "0101" + String(repeating: "03", count: 16) + String(repeating: "aa", count: 32) + "08"
                    + "6d65737361676573" + "01" + String(repeating: "bb", count: 32) + "020908" + "0000"
            ),
            (.compare([1, 2]), "020102"), (.refuse(.denied), "0364656e696564"),
            (.want([digest]), "04" + String(repeating: "bb", count: 32)),
            (.items([[1], [], [2, 3]], isLast: true), "05010101" + "00" + "020203"), (.done, "06"), (.thanks, "07"),
        ]
        for (message, pin) in pins {
            #expect(message.encoded.hex == pin)
            #expect(SyncMessage(hex(pin)) == message)
        }
        for bad in ["", "00", "08", "0600", "0700", "0401", "0502", "050105", "0102", "03", "03ff"] {
            #expect(SyncMessage(hex(bad)) == nil, "\(bad)")
        }
        #expect(SyncMessage([4] + [UInt8](repeating: 1, count: 513 * 32)) == nil)
    }

    @Test func fuzz() throws {
        var random = SeededRandom(seed: 9)
        let (here, there) = ends(common: 40, left: 5, right: 5, size: 40, &random)
        var first = here.sync
        guard case .send(let opening)? = first.begin().first else { return }
        let seeds: [SyncMessage] = [
            .want([ledgerID, ledgerID]), .items([[1, 2], [3]], isLast: false), .refuse(.busy), .compare([0, 2, 0]),
            .open(Self.set, salt: Self.salt, proof: [1], comparison: [0, 2, 0]),
        ]
        for round in 0..<30_000 {
            let bytes = random.mutated(seeds[round % seeds.count].encoded)
            if let message = SyncMessage(bytes), SyncMessage(message.encoded) != message {
                Issue.record("\(bytes.hex)")
            }
        }
        // Whole exchanges with a responder that hears injured messages.
        for _ in 0..<1500 {
            var end = there
            var stream = random.mutated(opening)
            for seed in seeds.shuffled(using: &random) { stream += LengthPrefix.frame(random.mutated(seed.encoded)) }
            _ = try? end.perform((try? end.sync.receive(stream)) ?? [])
            _ = try? end.perform((try? end.sync.resume()) ?? [])
            if end.received.count > 100 { Issue.record("\(end.received.count)") }
        }
    }
}
