/// Writes a protobuf message, field by field in the order of the calls.
///
/// Call in ascending field order where bytes are hashed or signed. Nothing is left out: a field whose value is zero
/// or empty is written when it is asked for.
public struct ProtobufWriter: Sendable {
    /// The message so far.
    public private(set) var bytes: [UInt8] = []

    /// An empty message.
    public init() {}

    /// Writes a field of type `uint64`, `uint32` or an enum.
    public mutating func varint(_ field: Int, _ value: UInt64) {
        tag(field, wireType: 0)
        appendVarint(value)
    }

    /// Writes a field of type `int64` or `int32`; a negative number takes ten bytes.
    public mutating func int64(_ field: Int, _ value: Int64) {
        varint(field, UInt64(bitPattern: value))
    }

    /// Writes a field of type `bool`.
    public mutating func bool(_ field: Int, _ value: Bool) {
        varint(field, value ? 1 : 0)
    }

    /// Writes a field of type `fixed64`.
    public mutating func fixed64(_ field: Int, _ value: UInt64) {
        tag(field, wireType: 1)
        bytes.appendBigEndian(value.byteSwapped)
    }

    /// Writes a field of type `fixed32`.
    public mutating func fixed32(_ field: Int, _ value: UInt32) {
        tag(field, wireType: 5)
        bytes.appendBigEndian(value.byteSwapped)
    }

    /// Writes a field of type `bytes`, or of a message that is already encoded.
    public mutating func bytes(_ field: Int, _ value: [UInt8]) {
        tag(field, wireType: 2)
        appendVarint(UInt64(value.count))
        bytes += value
    }

    /// Writes a field of type `string`.
    public mutating func string(_ field: Int, _ value: String) {
        tag(field, wireType: 2)
        appendVarint(UInt64(value.utf8.count))
        bytes.append(contentsOf: value.utf8)
    }

    /// Writes a field that is a message of its own.
    public mutating func message(_ field: Int, _ body: (inout ProtobufWriter) -> Void) {
        var writer = ProtobufWriter()
        body(&writer)
        bytes(field, writer.bytes)
    }

    private mutating func tag(_ field: Int, wireType: UInt64) {
        appendVarint(UInt64(field) << 3 | wireType)
    }

    private mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}
