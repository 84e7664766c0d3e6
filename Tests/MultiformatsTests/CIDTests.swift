import Multiformats
import TestSupport
import Testing

@Suite struct CIDTests {
    static let hello = hex("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")

    @Test func versionOne() throws {
        let text = Vectors.text("cidv1 raw sha256(hello)")
        let cid = CID(codec: .raw, multihash: try Multihash(code: .sha2256, digest: Self.hello))
        #expect(cid.description == text)
        #expect(try CID(text) == cid)
        #expect(try CID(bytes: cid.bytes) == cid)
        for base in Multibase.allCases {
            #expect(try CID(cid.text(in: base)) == cid)
        }
    }

    @Test func versionZero() throws {
        let text = Vectors.text("cidv0 dag-pb sha256(hello)")
        let cid = try CID(text)
        #expect(cid.version == .v0)
        #expect(cid.codec == .dagPB)
        #expect(cid.multihash.digest == Self.hello)
        #expect(cid.description == text)
        #expect(cid.text(in: .base32) == text)
        #expect(cid.bytes == [0x12, 0x20] + Self.hello)
        #expect(try CID(bytes: cid.bytes) == cid)
    }

    @Test func specificationExample() throws {
        let cid = try CID("zb2rhe5P4gXftAwvA4eXQ5HJwsER2owDyS9sKaQRRVQPn93bA")
        #expect(cid.codec == .raw)
        #expect(cid.multihash.code == .sha2256)
        #expect(cid.multihash.digest.hex == "6e6ff7950a36187a801613426e858dce686cd7d7e3c0fc42ee0330072d245c95")
    }

    @Test func peerIDsAsCIDs() throws {
        for peer in ["A", "B"] {
            let cid = try CID(Vectors.text("\(peer).peerid_cidv1_b32"))
            #expect(cid.codec == .libp2pKey)
            #expect(cid.multihash.bytes == Vectors.bytes("\(peer).peerid_bytes"))
            #expect(cid.description == Vectors.text("\(peer).peerid_cidv1_b32"))
        }
    }

    @Test(arguments: [
        ("", CIDError.malformedVarint(.truncated)), ("02551220", .unknownVersion(2)), ("0355", .unknownVersion(3)),
        ("00", .unknownVersion(0)), ("7f", .unknownVersion(127)), ("01", .malformedVarint(.truncated)),
        ("0180", .malformedVarint(.truncated)), ("0155", .malformedMultihash(.truncated)),
        ("01551220", .malformedMultihash(.truncated)), ("0155120100ff", .malformedMultihash(.trailingBytes)),
        ("8100551200", .malformedVarint(.notMinimal)),
    ])
    func refusesBytes(bytes: String, error: CIDError) {
        #expect(throws: error) { try CID(bytes: hex(bytes)) }
    }

    @Test(arguments: ["", "Qm", "Q", "hello", "b", "z", "f1220", "QmRN6wdp1S2A5EtjW9A3M1vKSBuQQGcgvuhoMUoEz4iiT0"])
    func refusesText(text: String) {
        #expect(throws: CIDError.self) { try CID(text) }
    }

    @Test func versionZeroHasNoMultibaseText() throws {
        let bytes = [0x12, 0x20] + Self.hello
        #expect(throws: CIDError.malformedText(.unknownBase)) { try CID(Multibase.base32.encode(bytes)) }
    }

    @Test func longTextIsRefusedByItsLength() {
        #expect(throws: CIDError.malformedText(.tooLong(limit: 1023))) {
            try CID("z" + String(repeating: "2", count: 1 << 20))
        }
    }

    @Test func damagedBytesDecodeToThemselvesOrNotAtAll() throws {
        var random = SplitMix64(seed: 1)
        let seeds = [
            try CID(Vectors.text("cidv1 raw sha256(hello)")).bytes, try CID(Vectors.text("A.peerid_cidv1_b32")).bytes,
            [0x12, 0x20] + Self.hello,
        ]
        for round in 0..<60_000 {
            let damaged = random.mutate(seeds[round % seeds.count])
            if let cid = try? CID(bytes: damaged), cid.bytes != damaged {
                Issue.record("\(damaged.hex) decodes to \(cid.bytes.hex)")
            }
        }
    }
}
