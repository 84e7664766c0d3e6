import Multiformats
import TestSupport
import Testing

@Suite struct MultihashTests {
    static let codes: [String: MultihashCode] = ["sha1": .sha1, "sha2-256": .sha2256, "sha2-512": .sha2512]

    @Test(arguments: Vectors.multihashes)
    func vectors(row: Vectors.Multihash) throws {
        let multihash = try Multihash(decoding: row.bytes)
        #expect(multihash.code == Self.codes[row.function])
        #expect(multihash.digest.count * 8 == row.bits)
        #expect(multihash.bytes == row.bytes)
        #expect(try Multihash(code: multihash.code, digest: multihash.digest) == multihash)
    }

    @Test func twoByteCode() throws {
        let bytes = hex("a0e40220") + [UInt8](repeating: 7, count: 32)
        let multihash = try Multihash(decoding: bytes)
        #expect(multihash.code == .blake2b256)
        #expect(multihash.bytes == bytes)
    }

    @Test(arguments: [
        ("", MultihashError.truncated), ("12", .truncated), ("1220", .truncated), ("122000", .truncated),
        ("1201aabb", .trailingBytes), ("1200ff", .trailingBytes),
        ("12ffffffffffffffff7f00", .truncated), ("00ffffffff0f", .truncated),
        ("12ffffffffffffffffff01", .malformedVarint(.tooLong)), ("9200010a", .malformedVarint(.notMinimal)),
        ("12a100" + String(repeating: "00", count: 33), .malformedVarint(.notMinimal)),
        ("1221" + String(repeating: "00", count: 33), .digestTooLong),
        ("1115" + String(repeating: "00", count: 21), .digestTooLong),
    ])
    func refuses(bytes: String, error: MultihashError) {
        #expect(throws: error) { try Multihash(decoding: hex(bytes)) }
    }

    /// CVE-2020-35909: a digest of a bad length.
    @Test func damagedBytesDecodeToThemselvesOrNotAtAll() throws {
        var random = SplitMix64(seed: 1)
        let seeds = Vectors.multihashes.map(\.bytes) + [Vectors.bytes("A.peerid_bytes")]
        for round in 0..<100_000 {
            let damaged = random.mutate(seeds[round % seeds.count])
            if let multihash = try? Multihash(decoding: damaged), multihash.bytes != damaged {
                Issue.record("\(damaged.hex) decodes to \(multihash.bytes.hex)")
            }
        }
    }
}
