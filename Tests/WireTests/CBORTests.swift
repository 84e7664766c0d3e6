import TestSupport
import Testing
import Wire

@Suite struct CBORTests {
    /// From RFC 8949 appendix A: what is deterministic goes both ways.
    @Test(arguments: [
        ("00", CBOR.unsigned(0)), ("17", .unsigned(23)), ("1818", .unsigned(24)), ("1903e8", .unsigned(1000)),
        ("1a000f4240", .unsigned(1_000_000)), ("1b000000e8d4a51000", .unsigned(1_000_000_000_000)),
        ("1bffffffffffffffff", .unsigned(.max)), ("3bffffffffffffffff", .negative(.max)), ("20", .negative(0)),
        ("29", .integer(-10)), ("3863", .integer(-100)), ("3903e7", .integer(-1000)), ("f90000", .float(0)),
        ("f93c00", .float(1)), ("fb3ff199999999999a", .float(1.1)), ("f93e00", .float(1.5)),
        ("f97bff", .float(65504)), ("fa47c35000", .float(100000)), ("fa7f7fffff", .float(3.4028234663852886e38)),
        ("fb7e37e43c8800759c", .float(1e300)), ("f90001", .float(5.960464477539063e-8)),
        ("f90400", .float(0.00006103515625)), ("f9c400", .float(-4)), ("fbc010666666666666", .float(-4.1)),
        ("f97c00", .float(.infinity)), ("f9fc00", .float(-.infinity)), ("f4", .bool(false)), ("f5", .bool(true)),
        ("f6", .null), ("c11a514b67b0", .tagged(1, .unsigned(1_363_896_240))),
        ("d82076687474703a2f2f7777772e6578616d706c652e636f6d", .tagged(32, .text("http://www.example.com"))),
        ("40", .bytes([])), ("4401020304", .bytes([1, 2, 3, 4])), ("60", .text("")), ("6449455446", .text("IETF")),
        ("62225c", .text("\"\\")), ("62c3bc", .text("ü")), ("63e6b0b4", .text("水")), ("64f0908591", .text("𐅑")),
        ("80", .array([])), ("83010203", .array([.unsigned(1), .unsigned(2), .unsigned(3)])), ("a0", .map([:])),
        ("8301820203820405", .array([.unsigned(1), .array([2, 3]), .array([4, 5])])),
        (
            "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
            .array((1...25).map { .unsigned($0) })
        ),
        ("a26161016162820203", .map(["a": .unsigned(1), "b": .array([2, 3])])),
        ("826161a161626163", .array([.text("a"), .map(["b": .text("c")])])),
    ])
    func vectors(bytes: String, item: CBOR) throws {
        #expect(try CBOR(decoding: hex(bytes)) == item)
        #expect(item.encoded().hex == bytes)
    }

    /// The messages of gigi's peers, as their serializer writes them: maps in the order of their fields.
    @Test(arguments: [
        ("a16454657874a1676d657373616765626869", CBOR.map(["Text": .map(["message": .text("hi")])])),
        (
            "a16946696c655368617265a46a73686172655f636f64656861316232633364346866696c656e616d6565612e747874"
                + "6966696c655f73697a65056966696c655f747970656a746578742f706c61696e",
            .map([
                "FileShare": .map([
                    "share_code": .text("a1b2c3d4"), "filename": .text("a.txt"), "file_size": .unsigned(5),
                    "file_type": .text("text/plain"),
                ])
            ])
        ),
        (
            "a16a536861726547726f7570a36867726f75705f696461676a67726f75705f6e616d65616e70696e76697465725f6e69636b"
                + "6e616d6562616c",
            .map([
                "ShareGroup": .map([
                    "group_id": .text("g"), "group_name": .text("n"), "inviter_nickname": .text("al"),
                ])
            ])
        ),
        ("6341636b", .text("Ack")), ("a1654572726f726178", .map(["Error": .text("x")])),
        ("a16b47657446696c65496e666f686131623263336434", .map(["GetFileInfo": .text("a1b2c3d4")])),
        (
            "a1684765744368756e6b8268613162326333643401",
            .map(["GetChunk": .array([.text("a1b2c3d4"), .unsigned(1)])])
        ),
        ("694c69737446696c6573", .text("ListFiles")), ("a16846696c65496e666ff6", .map(["FileInfo": .null])),
        (
            "a1654368756e6ba46766696c655f69646861316232633364346b6368756e6b5f696e646578006464617461820102"
                + "6468617368623030",
            .map([
                "Chunk": .map([
                    "file_id": .text("a1b2c3d4"), "chunk_index": .unsigned(0), "data": .array([1, 2]),
                    "hash": .text("00"),
                ])
            ])
        ),
    ])
    func gigi(bytes: String, item: CBOR) throws {
        #expect(try CBOR(decoding: hex(bytes)) == item)
        // Ours sorts the keys; what it says is the same.
        let encoded = item.encoded()
        #expect(encoded.count == hex(bytes).count)
        #expect(try CBOR(decoding: encoded).encoded() == encoded)
    }

    @Test func wideNumbersAreReadAndWrittenShort() throws {
        for wide in ["1800", "190000", "1a00000000", "1b0000000000000000"] {
            #expect(try CBOR(decoding: hex(wide)).encoded() == [0])
        }
        #expect(try CBOR(decoding: hex("590001ff")).encoded() == hex("41ff"))
        #expect(try CBOR(decoding: hex("fb3ff8000000000000")).encoded() == hex("f93e00"))
        #expect(try CBOR(decoding: hex("fb7ff8000000000001")).encoded() == hex("f97e00"))
        #expect(try CBOR(decoding: hex("fa47c35000")) == .float(100_000))
    }

    @Test func mapsAreWrittenInTheOrderOfTheirKeys() throws {
        let item = CBOR.map([
            .init(key: .text("aa"), value: .null), .init(key: .text("b"), value: .null),
            .init(key: .integer(-1), value: .null), .init(key: .unsigned(100), value: .null),
            .init(key: .unsigned(10), value: .null), .init(key: .bytes([1]), value: .null),
        ])
        #expect(item.encoded().hex == "a6" + "0af6" + "1864f6" + "20f6" + "4101f6" + "6162f6" + "626161f6")
        #expect(item["b"] == .null)
        #expect(item["c"] == nil)
        #expect(CBOR.null["b"] == nil)
    }

    @Test(arguments: [
        ("", CBORError.Code.truncated, 0), ("18", .truncated, 0), ("19ff", .truncated, 0),
        ("1bffffffff", .truncated, 0),
        ("41", .truncated, 0), ("62c3", .truncated, 0), ("81", .truncated, 0), ("a1", .truncated, 0),
        ("8201", .truncated, 0), ("a161", .truncated, 0), ("c1", .truncated, 1), ("f9ff", .truncated, 0),
        ("5b0000000100000000", .truncated, 0), ("5bffffffffffffffff", .truncated, 0),
        ("7b7fffffffffffffff", .truncated, 0), ("9b0000000100000000", .truncated, 0),
        ("9bffffffffffffffff", .truncated, 0), ("bb0000000100000000", .truncated, 0),
        ("bbffffffffffffffff", .truncated, 0), ("8400", .truncated, 0), ("0000", .trailingBytes, 1),
        ("f6f6", .trailingBytes, 1), ("9f01ff", .indefiniteLength, 0), ("bf6161 01ff", .indefiniteLength, 0),
        ("5f4101ff", .indefiniteLength, 0), ("7f6161ff", .indefiniteLength, 0), ("ff", .indefiniteLength, 0),
        ("1f", .indefiniteLength, 0), ("81ff", .indefiniteLength, 1), ("1c", .unsupported, 0),
        ("5d00", .unsupported, 0), ("fe", .unsupported, 0), ("f7", .unsupported, 0), ("f0", .unsupported, 0),
        ("f8ff", .unsupported, 0), ("61ff", .invalidUTF8, 0), ("62c080", .invalidUTF8, 0),
        ("63eda080", .invalidUTF8, 0), ("8161ff", .invalidUTF8, 1), ("a18001", .unsupportedKey, 1),
        ("a1f601", .unsupportedKey, 1), ("a1f93c0001", .unsupportedKey, 1), ("a2010a010b", .duplicateKey, 3),
        ("a2010a18010b", .duplicateKey, 3), ("a2616101616102", .duplicateKey, 4), ("a2410101410102", .duplicateKey, 4),
    ])
    func refuses(bytes: String, code: CBORError.Code, offset: Int) {
        let error = #expect(throws: CBORError.self) { try CBOR(decoding: hex(bytes)) }
        #expect(error?.code == code)
        #expect(error?.offset == offset)
    }

    @Test func keysAreComparedByTheirBytes() throws {
        // The same letter in two normal forms, and an integer beside its negative twin.
        #expect(throws: Never.self) { try CBOR(decoding: hex("a2" + "62c3a900" + "6365cc8100")) }
        #expect(throws: Never.self) { try CBOR(decoding: hex("a2" + "0100" + "2100")) }
        // The word for the lookup does not matter: more keys than are compared one by one.
        let many = CBOR.map((0..<100).map { .init(key: .text("key\($0)"), value: .unsigned($0)) })
        #expect(try CBOR(decoding: many.encoded())["key77"] == .unsigned(77))
        var doubled = CBOR.map((0..<100).map { .init(key: .unsigned($0), value: .null) }).encoded()
        doubled[1] = 101
        doubled += hex("1863f6")
        #expect(throws: CBORError(code: .duplicateKey, offset: doubled.count - 3)) { try CBOR(decoding: doubled) }
    }

    /// CVE-2026-42328, CVE-2020-35858: recursion without a bound.
    @Test(arguments: ["81", "9f", "c1", "a161 61", "bf6161", "d901f4"])
    func depthBombsAreRefused(unit: String) {
        let unit = hex(unit)
        let bomb = Array(repeatElement(unit, count: 100_000).joined())
        let error = #expect(throws: CBORError.self) { try CBOR(decoding: bomb) }
        #expect(error?.code == .tooDeep || error?.code == .indefiniteLength)
        #expect((error?.offset ?? .max) <= 32 * unit.count)
    }

    @Test func limitsAreExact() throws {
        let deep = [UInt8](repeating: 0x81, count: 31) + [0]
        #expect(throws: Never.self) { try CBOR(decoding: deep) }
        #expect(throws: CBORError(code: .tooDeep, offset: 32)) { try CBOR(decoding: [0x81] + deep) }
        #expect(throws: Never.self) { try CBOR(decoding: hex("820102"), limits: CBORLimits(items: 3)) }
        #expect(throws: CBORError(code: .tooManyItems, offset: 2)) {
            try CBOR(decoding: hex("820102"), limits: CBORLimits(items: 2))
        }
    }

    @Test func halfPrecisionIsExact() throws {
        for bits in UInt16.min...UInt16.max {
            var bytes: [UInt8] = [0xf9]
            bytes.appendBigEndian(bits)
            let item = try CBOR(decoding: bytes)
            guard case .float(let value) = item else {
                Issue.record("\(bytes.hex)")
                continue
            }
            if !value.isNaN && item.encoded() != bytes {
                Issue.record("\(bytes.hex) comes back as \(item.encoded().hex)")
            }
        }
        for value in [65505.0, 65520, 0x1p-25, 0x1.8p-24, 1.0009765624, 0x1p40, 1e300] {
            #expect(CBOR.float(value).encoded().count > 3)
            #expect(try CBOR(decoding: CBOR.float(value).encoded()) == .float(value))
        }
    }

    @Test func valuesTellTheirType() {
        #expect(CBOR.negative(.max).integerValue == nil)
        #expect(CBOR.negative(UInt64(Int64.max)).integerValue == .min)
        #expect(CBOR.unsigned(.max).integerValue == nil)
        #expect(CBOR.unsigned(.max).unsignedValue == .max)
        #expect(CBOR.integer(.min) == .negative(UInt64(Int64.max)))
        #expect(CBOR.text("a").textValue == "a")
        #expect(CBOR.text("a").bytesValue == nil)
        #expect(CBOR.bytes([1]).bytesValue == [1])
        #expect(CBOR.array([1]).arrayValue == [1])
        #expect(CBOR.map([:]).mapValue == [])
        #expect(CBOR.bool(true).boolValue == true)
        #expect(CBOR.null.boolValue == nil)
    }

    @Test func damagedItemsReadBackOrNotAtAll() throws {
        var random = SplitMix64(seed: 1)
        for round in 0..<40_000 {
            let item = random.item(depth: 0)
            let bytes = item.encoded()
            if round % 4 == 0, try CBOR(decoding: bytes).encoded() != bytes { Issue.record("\(bytes.hex)") }
            guard let damaged = try? CBOR(decoding: random.mutate(bytes)) else { continue }
            let again = damaged.encoded()
            if try CBOR(decoding: again).encoded() != again { Issue.record("\(again.hex)") }
        }
    }
}

extension CBOR: ExpressibleByIntegerLiteral {
    /// Small integers, to keep the tables short.
    public init(integerLiteral value: Int64) {
        self = .integer(value)
    }
}

extension SplitMix64 {
    /// A random item, small.
    mutating func item(depth: Int) -> CBOR {
        switch next(below: depth < 3 ? 10 : 7) {
        case 0: return .unsigned(next() >> UInt64(next(below: 64)))
        case 1: return .negative(next() >> UInt64(next(below: 64)))
        case 2: return .bytes(bytes(next(below: 30)))
        case 3: return .text(String(decoding: bytes(next(below: 12)), as: UTF8.self))
        case 4: return .bool(next(below: 2) == 0)
        case 5: return .null
        case 6: return .float(Double(bitPattern: next()))
        case 7: return .array((0..<next(below: 5)).map { _ in item(depth: depth + 1) })
        case 8: return .tagged(next() >> UInt64(next(below: 64)), item(depth: depth + 1))
        default:
            return .map(
                (0..<next(below: 12)).map { CBOR.Entry(key: .unsigned(UInt64($0)), value: item(depth: depth + 1)) })
        }
    }
}
