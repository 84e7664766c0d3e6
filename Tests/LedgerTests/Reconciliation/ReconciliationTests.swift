import Crypto
import Identity
import TestSupport
import Testing
import Time
import Wire

@testable import Ledger

/// A comparison of two sets, and what it cost.
struct Comparison {
    var need: Set<Digest> = []
    var have: Set<Digest> = []
    var rounds = 0
    var bytes = 0
    var largest = 0

    init(_ ours: [SetItem], _ theirs: [SetItem], salt: [UInt8] = [UInt8](repeating: 1, count: 16)) throws {
        var here = try #require(Reconciliation(ItemSet(ours), salt: salt, begins: true))
        var there = try #require(Reconciliation(ItemSet(theirs), salt: salt, begins: false))
        var message: [UInt8]? = here.opening()
        while let question = message {
            let answer = try #require(try there.answer(question))
            bytes += question.count + answer.count
            largest = max(largest, question.count, answer.count)
            message = try here.answer(answer)
        }
        rounds = here.rounds
        need = Set(here.need)
        have = Set(here.have)
        #expect(need.count == here.need.count && have.count == here.have.count)
    }
}

extension SeededRandom {
    /// Items of times within so many milliseconds: few make for many of one time.
    mutating func items(_ count: Int, span: Int) -> [SetItem] {
        (0..<count).map { _ in
            SetItem(time: .midnight + .milliseconds(next(below: span)), id: Digest(bytes(32)) ?? ledgerID)
        }
    }
}

@Suite struct ReconciliationTests {
    /// Random sets with random overlaps always come to the same, within bounds.
    @Test func setsConverge() throws {
        var random = SeededRandom(seed: 1)
        var sizes = [0, 1, 2, 31, 32, 33, 34, 100, 511, 512, 513, 1000]
        sizes += (0..<40).map { _ in random.next(below: 300) }
        for size in sizes {
            let span = [1, 3, 1000, 10_000_000][random.next(below: 4)]
            let common = random.items(size, span: span)
            let ours = random.items([0, 0, 1, 5, 100, 400][random.next(below: 6)], span: span)
            let theirs = random.items([0, 0, 1, 5, 100, 400][random.next(below: 6)], span: span)
            let result = try Comparison(
                (common + ours).shuffled(using: &random), (common + theirs).shuffled(using: &random))
            #expect(result.need == Set(theirs.map(\.id)) && result.have == Set(ours.map(\.id)), "\(size)")
            #expect(result.largest <= Reconciliation.maximumMessageByteCount && result.rounds < 8, "\(size)")
        }
    }

    /// Ten thousand on each side: what it costs depends on the difference.
    @Test func costsOfTenThousand() throws {
        var random = SeededRandom(seed: 2)
        let common = random.items(10_000, span: 86_400_000)
        let cases: [(ours: Int, theirs: Int, rounds: Int, bytes: Int)] = [
            (0, 0, 1, 800), (1, 0, 4, 4000), (0, 1, 4, 4000), (5, 5, 4, 30_000), (100, 100, 4, 300_000),
        ]
        for (ourCount, theirCount, rounds, bytes) in cases {
            let (ours, theirs) = (random.items(ourCount, span: 86_400_000), random.items(theirCount, span: 86_400_000))
            let result = try Comparison(common + ours, common + theirs)
            #expect(result.need == Set(theirs.map(\.id)) && result.have == Set(ours.map(\.id)))
            #expect(
                result.rounds <= rounds && result.bytes <= bytes,
                "\(ourCount) \(theirCount): \(result.rounds) rounds, \(result.bytes) bytes")
        }
    }

    /// One has nothing, the other ten thousand; then both have ten thousand, and nothing in common.
    @Test func nothingInCommon() throws {
        var random = SeededRandom(seed: 3)
        let (some, others) = (random.items(10_000, span: 1000), random.items(10_000, span: 1000))
        for (ours, theirs) in [([], some), (some, []), (some, others)] {
            let result = try Comparison(ours, theirs)
            #expect(result.need == Set(theirs.map(\.id)) && result.have == Set(ours.map(\.id)))
            #expect(result.largest <= Reconciliation.maximumMessageByteCount)
            #expect(result.rounds < 60, "\(result.rounds)")
            // Ids of 32 bytes, each told once or twice, and little else.
            #expect(result.bytes < 80 * (ours.count + theirs.count), "\(result.bytes)")
        }
    }

    /// Under another key the same items have another fingerprint, and no sum of items has that of others.
    @Test func fingerprintsAreKeyed() throws {
        var random = SeededRandom(seed: 4)
        let items = ItemSet(random.items(50, span: 10))
        let keys = (0..<2).map { SecretBytes(copying: [UInt8](repeating: UInt8($0), count: 16)) }
        #expect(items.fingerprint(0..<50, key: keys[0]) != items.fingerprint(0..<50, key: keys[1]))
        var prints: Set<[UInt8]> = []
        for start in 0..<50 {
            for end in start..<50 { prints.insert(items.fingerprint(start..<end, key: keys[0])) }
        }
        // All ranges differ, but for the empty ones.
        #expect(prints.count == 50 * 49 / 2 + 1)
        #expect(Reconciliation(items, salt: [1], begins: true) == nil)
    }

    @Test func encodingIsPinned() throws {
        let items = (0..<40).map { index in
            SetItem(time: .seconds(index), id: Digest(hashing: [UInt8(index)]))
        }
        let salt = [UInt8](repeating: 7, count: 16)
        let many = try #require(Reconciliation(ItemSet(items), salt: salt, begins: true))
        #expect(many.opening().hex == Self.many)
        let few = try #require(Reconciliation(ItemSet(items.prefix(2)), salt: salt, begins: true))
        #expect(few.opening().hex == Self.few)
        var other = try #require(Reconciliation(ItemSet(items.dropFirst().prefix(2)), salt: salt, begins: false))
        #expect(try other.answer(few.opening())?.hex == Self.difference)
    }

    static let many =
        "d1bf9cdb9f340001f47a3908333318b91d5bec090c6e5436b917000147271e38d6129bfc6f99b122f3c207e7d10f0001"
        + "feeb7050d675c84b79e04ffcbf5a9952b917000131b9a895ac290523f1ea0a6ae845b5f5d10f000157875887df291c8b"
        + "fc4cf590140f1c69b9170001ce83193720e70ec2bc0a901698064bb1d10f000135e324cd394fbbc9643cd24103ae50eb"
        + "b91700010ab9fc6bed0742c71bb5f254f10dcc4cd10f000194952d772421a1c6ad92a3e3de9cb195b91700013e8eb89a"
        + "9578451e5c9e5745cc48a2ddd10f0001fce77993102b2a12be495e7713aaae71b91700018196846a0a6badc11dae8c86"
        + "5a8d3ac7d10f0001bf4ab77884193c5ca5bb2912345d3e19b9170001702b6aa9685a9a7f284094055afed6b5d10f0001"
        + "ba670a32b410d2e1c27af9736c2bcaf70001898e74aeca310655bc5bada33ccec15c"
    static let few =
        "0002026e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d4bf5122f344554c53bde2ebb8c"
        + "d2b7e3d1600ad631c385a5d7cce23c7785459a"
    static let difference = "000301dbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d9860201"

    /// Whatever comes, both ends answer within their bounds, or say what is wrong.
    @Test func fuzz() throws {
        var random = SeededRandom(seed: 5)
        let salt = [UInt8](repeating: 1, count: 16)
        let sets = [ItemSet(random.items(200, span: 1000)), ItemSet(random.items(150, span: 1000))]
        var seeds: [[UInt8]] = []
        var here = try #require(Reconciliation(sets[0], salt: salt, begins: true))
        var there = try #require(Reconciliation(sets[1], salt: salt, begins: false))
        let fresh = [here, there]
        var message: [UInt8]? = here.opening()
        while let question = message {
            let answer = try #require(try there.answer(question))
            seeds += [question, answer]
            message = try here.answer(answer)
        }
        var readable = 0
        for round in 0..<6000 {
            var reader = fresh[round % 2]
            guard let answer = try? reader.answer(random.mutated(seeds[random.next(below: seeds.count)])) else {
                continue
            }
            readable += 1
            if answer.count > Reconciliation.maximumMessageByteCount { Issue.record("\(answer.count)") }
            if reader.need.count > Reconciliation.maximumNeed { Issue.record("\(reader.need.count)") }
        }
        #expect(readable > 500)
    }

    /// A peer that never comes to an end is left, and one that invents ids is believed to a bound.
    @Test func peersWithoutEnd() throws {
        var random = SeededRandom(seed: 6)
        let salt = [UInt8](repeating: 1, count: 16)
        var here = try #require(Reconciliation(ItemSet(random.items(100, span: 10)), salt: salt, begins: true))
        let lie: [UInt8] = [0, 1] + [UInt8](repeating: 9, count: 16)
        for _ in 0..<Reconciliation.maximumRounds { #expect(try here.answer(lie) != nil) }
        #expect(throws: SyncError(.tooMany, "")) { try here.answer(lie) }

        var other = try #require(Reconciliation(ItemSet([]), salt: salt, begins: true))
        for _ in 0..<40 {
            var ids: [UInt8] = [0, 2]
            ids.appendUnsignedVarint(1800)
            ids += random.bytes(1800 * 32)
            _ = try other.answer(ids)
        }
        #expect(other.need.count == Reconciliation.maximumNeed)
        for bad in [[0, 9], [0, 2, 5], [5], [0, 1, 1], [1, 0, 0], [0, 0, 0, 0], [2, 1, 0, 0], [0, 3, 0, 9, 0]]
            as [[UInt8]]
        {
            var reader = try #require(Reconciliation(ItemSet([]), salt: salt, begins: true))
            #expect(throws: SyncError(.malformed, ""), "\(bad)") { try reader.answer(bad) }
        }
        let huge = [UInt8](repeating: 0, count: Reconciliation.maximumMessageByteCount + 1)
        #expect(throws: SyncError(.malformed, "")) { try other.answer(huge) }
    }

    @Test func boundsReadBack() throws {
        var random = SeededRandom(seed: 7)
        for _ in 0..<5000 {
            let pair = random.items(2, span: 2).sorted()
            guard pair[0] != pair[1] else { continue }
            let bound = ItemBound(between: pair[0], and: pair[1])
            guard case .before(let item) = bound else {
                Issue.record("no bound")
                continue
            }
            #expect(pair[0] < item && item <= pair[1])
            var bytes: [UInt8] = []
            bound.encode(into: &bytes, after: ItemBound.start)
            var reader = ByteReader(bytes)
            #expect(ItemBound(&reader, after: ItemBound.start) == bound && reader.isAtEnd)
        }
    }
}
