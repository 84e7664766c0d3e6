import Multiformats
import TestSupport
import Testing

@Suite struct MultibaseTests {
    /// All rows but those of base256emoji, which is not read here.
    static let rows = Vectors.multibases.filter { $0.base != "base256emoji" }

    @Test func thereAreRows() {
        #expect(Self.rows.count == 22 * 3 + 12)
    }

    @Test(arguments: rows)
    func vectors(row: Vectors.Multibase) throws {
        let (base, bytes) = try Multibase.decode(row.text)
        #expect(bytes == row.bytes)
        #expect(base.rawValue == row.text.first)
        if row.isCanonical { #expect(base.encode(row.bytes) == row.text) }
    }

    @Test func multihashInOtherBases() throws {
        let digest = hex("12209cbc07c3f991725836a3aa2a581ca2029198aa420b9d99bc0e131d9f3e2cbe47")
        #expect(Base58.encode(digest) == "QmYtUc4iTCbbfVSDNKvtQqrfyezPPnFvE33wFmutw9PBBk")
        #expect(
            Multibase.base64Padded.encodeWithoutPrefix(digest) == "EiCcvAfD+ZFyWDajqipYHKICkZiqQgudmbwOEx2fPiy+Rw==")
        let old = hex("111488c2f11fb2ce392acb5b2986e640211c4690073e")
        #expect(Base58.encode(old) == "5dsgvJGnvAfiR3K6HCBc4hcokSfmjj")
        #expect(try Base58.decode("5dsgvJGnvAfiR3K6HCBc4hcokSfmjj") == old)
    }

    @Test(arguments: [
        ("", MultibaseError.empty), ("?abc", .unknownBase), ("🚀🚀", .unknownBase), ("x00", .unknownBase),
        ("f0", .invalidLength), ("ffg", .invalidCharacter(offset: 1)), ("f0é", .invalidCharacter(offset: 1)),
        ("z0OIl", .invalidCharacter(offset: 0)), ("b1", .invalidCharacter(offset: 0)), ("ba", .invalidLength),
        ("baaa", .invalidLength), ("bab", .notCanonical), ("mA", .invalidLength), ("mAB", .notCanonical),
        ("mAA==", .invalidCharacter(offset: 2)), ("MAA", .invalidLength), ("MAA=", .invalidLength),
        ("MA===", .invalidLength), ("M====", .invalidLength), ("M=AA=", .invalidCharacter(offset: 0)),
        ("u+/", .invalidCharacter(offset: 0)), ("kß", .invalidCharacter(offset: 0)),
    ])
    func refuses(text: String, error: MultibaseError) {
        #expect(throws: error) { try Multibase.decode(text) }
    }

    @Test func emptyTextStandsForNoBytes() throws {
        for base in Multibase.allCases {
            #expect(base.encode([]) == String(base.rawValue))
            #expect(try Multibase.decode(String(base.rawValue)).bytes.isEmpty)
        }
    }

    /// base58 quadratic: long text is refused before it is read.
    @Test func aMegabyteIsRefusedByItsLength() {
        let text = String(repeating: "z", count: 1 << 20)
        let clock = ContinuousClock()
        let elapsed = clock.measure {
            #expect(throws: MultibaseError.tooLong(limit: 128)) { try Base58.decode(text) }
            #expect(throws: MultibaseError.tooLong(limit: 4095)) { try Multibase.decode(text) }
        }
        #expect(elapsed < .seconds(1))
        #expect(throws: MultibaseError.tooLong(limit: 0)) { try Multibase.decode("f00", limit: 1) }
        #expect(throws: MultibaseError.tooLong(limit: 3)) { try Base58.decode("1111", limit: 3) }
        #expect(throws: Never.self) { try Base58.decode("111", limit: 3) }
    }

    @Test func everyBaseGivesTheBytesBack() throws {
        var random = SplitMix64(seed: 1)
        for base in Multibase.allCases {
            for _ in 0..<300 {
                let zeros = [UInt8](repeating: 0, count: random.next(below: 4))
                let bytes = zeros + random.bytes(random.next(below: 80))
                let text = base.encode(bytes)
                let (found, back) = try Multibase.decode(text)
                #expect(found == base)
                #expect(back == bytes)
            }
        }
    }

    @Test func damagedTextHasNoSecondMeaning() throws {
        var random = SplitMix64(seed: 2)
        for round in 0..<20_000 {
            let base = Multibase.allCases[round % Multibase.allCases.count]
            let text = base.encode(random.bytes(random.next(below: 24)))
            let damaged = String(decoding: random.mutate(Array(text.utf8)), as: UTF8.self)
            guard let (found, bytes) = try? Multibase.decode(damaged) else { continue }
            // Only the case of letters is free.
            #expect(found.encode(bytes).lowercased() == damaged.lowercased())
        }
    }
}
