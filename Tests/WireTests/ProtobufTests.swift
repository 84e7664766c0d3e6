import TestSupport
import Testing
import Wire

@Suite struct ProtobufTests {
    /// All fields of a message.
    static func fields(_ bytes: [UInt8]) throws(ProtobufError) -> [ProtobufField] {
        var reader = ProtobufReader(bytes)
        var fields: [ProtobufField] = []
        while let field = try reader.next() { fields.append(field) }
        return fields
    }

    @Test func everyType() throws {
        var writer = ProtobufWriter()
        writer.varint(1, 300)
        writer.int64(2, -1)
        writer.bool(3, true)
        writer.fixed64(4, 0x0102_0304_0506_0708)
        writer.fixed32(5, 0x0102_0304)
        writer.bytes(6, [0xff])
        writer.string(7, "é")
        writer.message(8) { $0.varint(1, 0) }
        writer.varint(536_870_911, 1)
        #expect(
            writer.bytes.hex
                == "08ac02" + "10ffffffffffffffffff01" + "1801" + "210807060504030201" + "2d04030201" + "3201ff"
                + "3a02c3a9" + "42020800" + "f8ffffff0f01")
        let reader = ProtobufReader(writer.bytes)
        let fields = try Self.fields(writer.bytes)
        #expect(fields.map(\.number) == [1, 2, 3, 4, 5, 6, 7, 8, 536_870_911])
        #expect(try fields[0].uint64 == 300)
        #expect(try fields[1].int64 == -1)
        #expect(try fields[1].uint32 == .max)
        #expect(try fields[2].bool)
        #expect(try fields[3].fixed64 == 0x0102_0304_0506_0708)
        #expect(fields[4].value == .fixed32(0x0102_0304))
        #expect(try reader.bytes(of: fields[5]) == [0xff])
        #expect(try reader.string(of: fields[6]) == "é")
        var nested = try reader.message(of: fields[7])
        #expect(try nested.next()?.uint64 == 0)
        #expect(try nested.next() == nil)
    }

    @Test func numbersNeedNotBeShort() throws {
        #expect(try Self.fields(hex("08808000"))[0].uint64 == 0)
        #expect(try Self.fields(hex("8800 01"))[0].number == 1)
        #expect(try Self.fields(hex("088080808080808080 8001"))[0].uint64 == 1 << 63)
    }

    @Test(arguments: [
        ("08", ProtobufError.truncated(offset: 0)), ("0880", .truncated(offset: 0)), ("80", .truncated(offset: 0)),
        ("08010a05aa", .truncated(offset: 2)), ("0d000000", .truncated(offset: 0)),
        ("0900000000000000", .truncated(offset: 0)), ("0affffffff0f", .truncated(offset: 0)),
        ("0affffffffffffffff7f", .truncated(offset: 0)), ("0affffffffffffffffff01", .truncated(offset: 0)),
        ("08ffffffffffffffffff02", .malformedVarint(offset: 0)),
        ("0880808080808080808080 01", .malformedVarint(offset: 0)), ("00", .malformedTag(offset: 0)),
        ("0001", .malformedTag(offset: 0)), ("8080808010", .malformedTag(offset: 0)),
        ("ffffffffffffffffff01", .malformedTag(offset: 0)), ("0e", .malformedTag(offset: 0)),
        ("0f", .malformedTag(offset: 0)), ("0b", .group(offset: 0)), ("0801 0c", .group(offset: 2)),
    ])
    func refuses(bytes: String, error: ProtobufError) {
        #expect(throws: error) { try Self.fields(hex(bytes)) }
    }

    @Test func knownFieldsHaveTheirTypeAndSize() throws {
        let bytes = hex("0801" + "1203c328ff")
        let reader = ProtobufReader(bytes)
        let fields = try Self.fields(bytes)
        #expect(throws: ProtobufError.wrongType(field: 1)) { try reader.bytes(of: fields[0]) }
        #expect(throws: ProtobufError.wrongType(field: 1)) { try reader.message(of: fields[0]) }
        #expect(throws: ProtobufError.wrongType(field: 2)) { try fields[1].uint64 }
        #expect(throws: ProtobufError.wrongType(field: 2)) { try fields[1].fixed64 }
        #expect(throws: ProtobufError.tooLong(field: 2, limit: 2)) { try reader.bytes(of: fields[1], limit: 2) }
        #expect(throws: ProtobufError.tooLong(field: 2, limit: 2)) { try reader.string(of: fields[1], limit: 2) }
        #expect(throws: ProtobufError.invalidUTF8(field: 2)) { try reader.string(of: fields[1]) }
        // A field of another reader stays within this one's bytes.
        #expect(try ProtobufReader([1]).bytes(of: fields[1]) == [])
    }

    @Test func repeatedNumbersComePackedOrNot() throws {
        let bytes = hex("0801" + "0a0302ac02" + "0803")
        let reader = ProtobufReader(bytes)
        var numbers: [UInt64] = []
        for field in try Self.fields(bytes) { try reader.appendVarints(of: field, to: &numbers, limit: 4) }
        #expect(numbers == [1, 2, 300, 3])
        for limit in 0..<4 {
            var few: [UInt64] = []
            #expect(throws: ProtobufError.tooLong(field: 1, limit: limit)) {
                for field in try Self.fields(bytes) { try reader.appendVarints(of: field, to: &few, limit: limit) }
            }
            #expect(few.count <= limit)
        }
        var cut: [UInt64] = []
        let truncated = hex("0a0180")
        let field = try #require(try Self.fields(truncated).first)
        #expect(throws: ProtobufError.truncated(offset: 2)) {
            try ProtobufReader(truncated).appendVarints(of: field, to: &cut, limit: 9)
        }
    }

    /// CVE-2020-35858: nested messages and groups that exhaust the stack.
    @Test func nestingHasABound() throws {
        func descend(_ reader: ProtobufReader) throws -> Int {
            var reader = reader
            guard let field = try reader.next() else { return 1 }
            return try 1 + descend(reader.message(of: field))
        }
        func nested(_ depth: Int) -> [UInt8] {
            var bytes: [UInt8] = []
            for _ in 1..<depth {
                var writer = ProtobufWriter()
                writer.bytes(1, bytes)
                bytes = writer.bytes
            }
            return bytes
        }
        #expect(try descend(ProtobufReader(nested(16))) == 16)
        #expect(throws: ProtobufError.tooDeep) { try descend(ProtobufReader(nested(17))) }
        #expect(throws: ProtobufError.tooDeep) { try descend(ProtobufReader(nested(2000))) }
        #expect(throws: ProtobufError.group(offset: 0)) {
            try descend(ProtobufReader([UInt8](repeating: 0x0b, count: 100_000)))
        }
    }

    @Test(arguments: ["js kad msg-2", "js kad msg-7", "identify msg", "peer_record payload", "relay RESERVE ok"])
    func messagesOfTheNetworkReadBack(name: String) throws {
        let bytes = Vectors.bytes(name)
        let reader = ProtobufReader(bytes)
        var writer = ProtobufWriter()
        for field in try Self.fields(bytes) {
            switch field.value {
            case .varint(let number): writer.varint(field.number, number)
            case .fixed64(let number): writer.fixed64(field.number, number)
            case .fixed32(let number): writer.fixed32(field.number, number)
            case .bytes: writer.bytes(field.number, try reader.bytes(of: field))
            }
        }
        #expect(writer.bytes == bytes)
    }

    @Test func damagedMessagesNeverTrap() {
        var random = SplitMix64(seed: 1)
        let seeds = ["js kad msg-2", "js kad msg-7", "identify msg", "peer_record payload"].map(Vectors.bytes)
        for round in 0..<100_000 {
            let bytes = random.mutate(seeds[round % seeds.count])
            var reader = ProtobufReader(bytes)
            var end = 0
            while let field = try? reader.next() {
                guard let range = try? field.range else { continue }
                if range.lowerBound < end || range.upperBound > bytes.count { Issue.record("\(bytes.hex): \(range)") }
                end = range.upperBound
                var nested = try? reader.message(of: field)
                while (try? nested?.next()) != nil {}
            }
        }
    }
}
