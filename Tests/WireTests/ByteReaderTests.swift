import Multiformats
import TestSupport
import Testing
import Wire

@Suite struct ByteReaderTests {
    @Test func readsNumbersMostSignificantByteFirst() throws {
        var bytes: [UInt8] = [1]
        bytes.appendBigEndian(UInt16(0x0203))
        bytes.appendBigEndian(UInt32(0x0405_0607))
        bytes.appendBigEndian(UInt64(0x0809_0a0b_0c0d_0e0f))
        bytes.appendUnsignedVarint(300)
        bytes.appendLengthPrefixed([7, 8])
        #expect(bytes.hex == "0102030405060708090a0b0c0d0e0fac02020708")
        var reader = ByteReader(bytes)
        #expect(try reader.uint8() == 1)
        #expect(try reader.uint16() == 0x0203)
        #expect(try reader.uint32() == 0x0405_0607)
        #expect(try reader.uint64() == 0x0809_0a0b_0c0d_0e0f)
        #expect(try reader.unsignedVarint() == 300)
        #expect(try reader.lengthPrefixed(limit: 2) == [7, 8])
        #expect(reader.isAtEnd)
        #expect(reader.nextByte == nil)
        #expect(throws: Never.self) { try reader.expectEnd() }
    }

    @Test func aFailedReadMovesNothing() throws {
        var reader = ByteReader(hex("80ff"))
        #expect(throws: WireError.truncated) { try reader.uint32() }
        #expect(throws: WireError.truncated) { try reader.unsignedVarint() }
        #expect(throws: WireError.truncated) { try reader.bytes(3) }
        #expect(throws: WireError.truncated) { try reader.bytes(-1) }
        #expect(throws: WireError.truncated) { try reader.skip(.max) }
        #expect(throws: WireError.trailingBytes(count: 2)) { try reader.expectEnd() }
        #expect(reader.position == 0)
        #expect(reader.nextByte == 0x80)
        #expect(reader.rest() == [0x80, 0xff])
        #expect(reader.rest() == [])
    }

    @Test func aPartIsAllThatIsRead() throws {
        var reader = ByteReader([1, 0x80, 1, 2], in: 1..<2)
        #expect(reader.remaining == 1)
        // The varint would go on in the byte after the part.
        #expect(throws: WireError.truncated) { try reader.unsignedVarint() }
        #expect(try reader.bytes(1) == [0x80])
        #expect(ByteReader([1, 2], in: 1..<9).remaining == 1)
        #expect(ByteReader([1, 2], in: 5..<9).remaining == 0)
    }

    @Test(arguments: [
        ("ffffffffffffffff7f", WireError.tooLong(count: 1 << 63 - 1, limit: 1024)),
        ("ffffffff0f", .tooLong(count: 0xffff_ffff, limit: 1024)), ("8108", .tooLong(count: 1025, limit: 1024)),
        ("8008", .truncated), ("", .truncated), ("8000", .malformedVarint(.notMinimal)),
        ("ffffffffffffffffff01", .malformedVarint(.tooLong)),
    ])
    func refusesLengths(bytes: String, error: WireError) {
        var reader = ByteReader(hex(bytes))
        #expect(throws: error) { try reader.lengthPrefixed(limit: 1024) }
        #expect(reader.position == 0)
    }
}
