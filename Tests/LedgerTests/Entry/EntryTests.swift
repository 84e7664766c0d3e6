import Crypto
import Identity
import Ledger
import TestSupport
import Testing
import Time

@Suite struct EntryTests {
    @Test func encodingIsPinned() throws {
        var graph = EntryGraph(ledger: ledgerID)
        let first = try graph.write("hi", Authors.alice)
        #expect(first.encoded.hex == Self.firstHex)
        #expect(first.id.description == Self.firstID)
        let second = try graph.write("", Authors.bob, .seconds(1))
        let third = try graph.write("!", Authors.alice, .seconds(2))
        #expect(second.parents == [first.id])
        #expect(third.previous == first.id && third.parents == [second.id] && third.depth == 2 && third.sequence == 1)
        #expect(third.encoded.hex == Self.thirdHex)
        for entry in [first, second, third] {
            let read = try Entry(decoding: entry.encoded)
            #expect(read.id == entry.id && read.encoded == entry.encoded && read.body == entry.body)
            #expect(read.author == entry.author && read.time == entry.time && read.kind == entry.kind)
            #expect(read.predecessors == entry.predecessors && read.depth == entry.depth)
            #expect(read.sequence == entry.sequence && read.ledger == ledgerID)
            #expect(try Entry(stored: entry.encoded) == entry)
        }
    }

    static let firstHex =
        "01aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa8a88e3dd7409f195fd52db2d3cba5d"
        + "72ca6709bf1d94121bf3748801b40f6f5c00000080b09cdb9f34046e6f7465026869cdf191105eeafdf4268749024120"
        + "4998e0ced3ad1dee88d195020b04d37de37a1f7bf55029eac7530b469a5c250c998585c8a1bf618b091228ca43f7ae2c"
        + "8307"
    static let firstID = "bdc6fba6d005e6bfec216a1404b2bb6c3aecf10ab87d071fffb6550bb30a4061"
    static let thirdHex =
        "01aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa8a88e3dd7409f195fd52db2d3cba5d"
        + "72ca6709bf1d94121bf3748801b40f6f5c01bdc6fba6d005e6bfec216a1404b2bb6c3aecf10ab87d071fffb6550bb30a"
        + "4061013765a11f2f03a3b856a381a28d2ead6832def512951f405dcbec99a924bed35602d0bf9cdb9f34046e6f746501"
        + "2143e911d5f9db7262278d40333450fdd022115635fc20d96f180f6354e84403029cbb9ec4720e48e5075d757f86414d"
        + "587e39e14ab5c2b49d9279c2a509327602"

    /// What is signed is what is hashed, with a domain before it: neither is any other signature or hash.
    @Test func theDomainIsSignedAndHashed() throws {
        var graph = EntryGraph(ledger: ledgerID)
        let entry = try graph.write("hi", Authors.alice)
        let content = Array(entry.encoded.dropLast(64))
        let signed = Array("linnet-entry:".utf8) + content
        #expect(entry.id.bytes == SHA256.hash(signed))
        let bare = content + Authors.alice.sign(content)
        #expect(throws: EntryRefusal.invalidSignature) { try Entry(decoding: bare) }
        let other = content + Authors.alice.sign(Array("linnet-message:".utf8) + content)
        #expect(throws: EntryRefusal.invalidSignature) { try Entry(decoding: other) }
        let stranger = content + Authors.bob.sign(signed)
        #expect(throws: EntryRefusal.invalidSignature) { try Entry(decoding: stranger) }
    }

    @Test func everyFlippedBitAndEveryCutIsRefused() throws {
        var graph = EntryGraph(ledger: ledgerID)
        try graph.write("hi", Authors.alice)
        try graph.write("ho", Authors.bob)
        let bytes = try graph.write("hey", Authors.alice).encoded
        for bit in 0..<bytes.count * 8 {
            var injured = bytes
            injured[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: EntryRefusal.self, "bit \(bit)") { try Entry(decoding: injured) }
        }
        for count in 0..<bytes.count {
            #expect(throws: EntryRefusal.malformed) { try Entry(decoding: Array(bytes.prefix(count))) }
        }
        #expect(throws: EntryRefusal.malformed) { try Entry(decoding: bytes + [0]) }
        #expect(throws: EntryRefusal.unsupportedVersion) { try Entry(decoding: [2] + bytes.dropFirst()) }
    }

    @Test func limitsAreExact() throws {
        let graph = EntryGraph(ledger: ledgerID)
        let largest = [UInt8](repeating: 7, count: Entry.maximumBodyByteCount)
        let entry = try graph.nextEntry(kind: "blob", body: largest, by: Authors.alice, now: .midnight)
        #expect(try Entry(decoding: entry.encoded).body == largest)
        #expect(throws: EntryRefusal.tooLarge) {
            try graph.nextEntry(kind: "blob", body: largest + [1], by: Authors.alice, now: .midnight)
        }
        #expect(throws: EntryRefusal.tooLarge) {
            try Entry(decoding: [1] + [UInt8](repeating: 0, count: Entry.maximumByteCount))
        }
        // A body of 2^62 bytes is refused at its length.
        let header = Array(entry.encoded.prefix(1 + 32 + 32 + 1 + 1 + 1 + 6 + 1 + 4))
        let announced: [UInt8] = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40]
        #expect(throws: EntryRefusal.tooLarge) {
            try Entry(decoding: header + announced + [UInt8](repeating: 0, count: 64))
        }
    }

    @Test func kindsAreShortTokens() {
        for name in ["create", "a", "role.v2", "x_y-z", String(repeating: "k", count: 32)] {
            #expect(EntryKind(name)?.name == name)
        }
        for name in ["", "Create", "a b", "é", "a\n", String(repeating: "k", count: 33)] {
            #expect(EntryKind(name) == nil)
        }
    }

    @Test func digestsAreOrderedAsBytes() throws {
        var random = SeededRandom(seed: 1)
        for _ in 0..<2000 {
            var left = random.bytes(32)
            let right = random.bytes(32)
            if random.next(below: 2) == 0 { left.replaceSubrange(..<random.next(below: 32), with: right) }
            guard let first = Digest(Array(left.prefix(32))), let second = Digest(right) else { continue }
            #expect((first < second) == first.bytes.lexicographicallyPrecedes(second.bytes))
            #expect(first.bytes == Array(left.prefix(32)))
            #expect(Digest(hex: first.description) == first)
        }
        #expect(Digest([1, 2]) == nil)
        #expect(Digest(hex: "0g") == nil && Digest(hex: String(repeating: "A", count: 64)) == nil)
        #expect(Digest(hex: String(repeating: "a", count: 65)) == nil)
    }

    /// Whatever is read has exactly the bytes that it was read from: there is one encoding.
    @Test func fuzz() throws {
        var graph = EntryGraph(ledger: ledgerID)
        var seeds: [[UInt8]] = []
        for index in 0..<6 {
            seeds.append(
                try graph.write(String(repeating: "x", count: index * 3), Authors.key(UInt8(index % 3 + 1))).encoded)
        }
        var random = SeededRandom(seed: 2)
        var readable = 0
        for round in 0..<40_000 {
            let bytes = random.mutated(seeds[round % seeds.count])
            guard let entry = try? Entry(stored: bytes) else { continue }
            readable += 1
            if entry.encoded != bytes { Issue.record("\(bytes.hex)") }
            if bytes != seeds[round % seeds.count], (try? Entry(decoding: bytes)) != nil {
                Issue.record("verified: \(bytes.hex)")
            }
        }
        #expect(readable > 100)
    }
}
