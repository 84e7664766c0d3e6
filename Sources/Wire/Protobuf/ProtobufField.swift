/// One field of a protobuf message, as it stands on the wire.
public struct ProtobufField: Hashable, Sendable {
    /// The value, by wire type.
    public enum Value: Hashable, Sendable {
        /// A number of any integer type, `bool` or an enum.
        case varint(UInt64)
        /// Eight bytes, little-endian: `fixed64`, `sfixed64`, `double`.
        case fixed64(UInt64)
        /// Where the bytes stand in the reader's array: `bytes`, `string`, a message, packed numbers.
        case bytes(Range<Int>)
        /// Four bytes, little-endian: `fixed32`, `sfixed32`, `float`.
        case fixed32(UInt32)
    }

    /// The field's number, 1 to 2^29 − 1.
    public let number: Int
    /// The value.
    public let value: Value

    /// The number of a varint field.
    /// - Throws: `ProtobufError.wrongType` for any other wire type.
    public var uint64: UInt64 {
        get throws(ProtobufError) {
            guard case .varint(let number) = value else { throw .wrongType(field: self.number) }
            return number
        }
    }

    /// A varint field as `uint32` or an enum: its low 32 bits, as protobuf defines it.
    public var uint32: UInt32 {
        get throws(ProtobufError) { UInt32(truncatingIfNeeded: try uint64) }
    }

    /// A varint field as `int64`.
    public var int64: Int64 {
        get throws(ProtobufError) { Int64(bitPattern: try uint64) }
    }

    /// A varint field as `bool`: everything but zero is true.
    public var bool: Bool {
        get throws(ProtobufError) { try uint64 != 0 }
    }

    /// A `fixed64` field.
    public var fixed64: UInt64 {
        get throws(ProtobufError) {
            guard case .fixed64(let number) = value else { throw .wrongType(field: self.number) }
            return number
        }
    }

    /// Where the bytes of a length-delimited field stand.
    public var range: Range<Int> {
        get throws(ProtobufError) {
            guard case .bytes(let range) = value else { throw .wrongType(field: number) }
            return range
        }
    }
}

/// Why bytes are no protobuf message, or not the one that was expected.
public enum ProtobufError: Error, Hashable, Sendable {
    /// The message ends inside a field. `offset` is where the field begins.
    case truncated(offset: Int)
    /// A varint has more than ten bytes or 64 bits.
    case malformedVarint(offset: Int)
    /// A field number 0 or beyond 2^29 − 1, or the wire type 6 or 7.
    case malformedTag(offset: Int)
    /// A group, which nothing in libp2p uses.
    case group(offset: Int)
    /// Messages nest deeper than the reader allows.
    case tooDeep
    /// A known field came with another wire type.
    case wrongType(field: Int)
    /// A known field is longer, or is repeated more often, than its reader allows.
    case tooLong(field: Int, limit: Int)
    /// A string is no UTF-8.
    case invalidUTF8(field: Int)
}
