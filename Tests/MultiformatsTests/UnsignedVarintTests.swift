import Multiformats
import TestSupport
import Testing

@Suite struct UnsignedVarintTests {
    @Test(arguments: Vectors.names(prefix: "uvarint "))
    func vectors(name: String) throws {
        let value = try #require(UInt64(name.dropFirst("uvarint ".count)))
        let bytes = Vectors.bytes(name)
        #expect(UnsignedVarint.encode(value) == bytes)
        #expect(UnsignedVarint.encodedCount(of: value) == bytes.count)
        #expect(try UnsignedVarint.decode(bytes) == (value, bytes.count))
    }

    @Test(arguments: [
        ("8100", VarintError.notMinimal), ("808000", .notMinimal), ("80808080808080808001", .tooLong),
        ("ffffffffffffffffff01", .tooLong), ("808080808080808080", .tooLong), ("80", .truncated), ("", .truncated),
        ("ffffffffffffffff", .truncated),
    ])
    func refuses(bytes: String, error: VarintError) {
        #expect(throws: error) { try UnsignedVarint.decode(hex(bytes)) }
        #expect(throws: error) { try hex(bytes).withUnsafeBytes { try UnsignedVarint.decode($0) } }
    }

    @Test func readsAtAnOffset() throws {
        #expect(try UnsignedVarint.decode(hex("ffac02"), at: 1) == (300, 3))
        #expect(throws: VarintError.truncated) { try UnsignedVarint.decode([1, 2], at: 2) }
        #expect(throws: VarintError.truncated) { try UnsignedVarint.decode([1, 2], at: .max) }
        #expect(throws: VarintError.truncated) { try UnsignedVarint.decode([1, 2], at: -1) }
    }

    @Test func nothingAboveTheMaximumIsRead() {
        #expect(throws: VarintError.tooLong) { try UnsignedVarint.decode(UnsignedVarint.encode(UInt64.max)) }
        #expect(throws: VarintError.tooLong) { try UnsignedVarint.decode(UnsignedVarint.encode(1 << 63)) }
    }

    @Test func everyValueHasOneEncoding() throws {
        var random = SplitMix64(seed: 1)
        for _ in 0..<20_000 {
            let value = random.next() >> UInt64(1 + random.next(below: 63))
            let bytes = UnsignedVarint.encode(value)
            #expect(bytes.count == UnsignedVarint.encodedCount(of: value))
            #expect(try UnsignedVarint.decode(bytes) == (value, bytes.count))
            // Whatever else decodes is itself an encoding.
            let damaged = random.mutate(bytes)
            if let (other, end) = try? UnsignedVarint.decode(damaged) {
                #expect(UnsignedVarint.encode(other) == Array(damaged[..<end]))
            }
        }
    }
}
