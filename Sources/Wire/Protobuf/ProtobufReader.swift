/// Reads the fields of a protobuf message one after the other, without allocating.
///
/// ```swift
/// var reader = ProtobufReader(bytes)
/// while let field = try reader.next() {
///     switch field.number {
///     case 1: type = try field.uint64
///     case 2: data = try reader.bytes(of: field, limit: 1024)
///     default: break
///     }
/// }
/// ```
///
/// Unknown fields are the caller's to pass over, repeated ones the caller's to count: stop at a cap before storing.
/// Groups are refused, and messages may nest `maximumDepth` deep.
/// Source: Protocol Buffers encoding; libp2p uses nothing beyond it.
public struct ProtobufReader: Sendable {
    /// How deep messages may nest, the outermost one counted.
    public static let maximumDepth = 16

    private let bytes: [UInt8]
    private var position: Int
    private let end: Int
    private let depth: Int

    /// A reader of the message that is all of `bytes`.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = 0
        end = bytes.count
        depth = 1
    }

    private init(_ bytes: [UInt8], in range: Range<Int>, depth: Int) {
        let range = range.clamped(to: 0..<bytes.count)
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
        self.depth = depth
    }

    /// The next field; nil at the end.
    public mutating func next() throws(ProtobufError) -> ProtobufField? {
        guard position < end else { return nil }
        let start = position
        let tag = try varint(fieldStart: start)
        guard let number = Int(exactly: tag >> 3), (1..<(1 << 29)).contains(number) else {
            throw .malformedTag(offset: start)
        }
        switch tag & 7 {
        case 0:
            return ProtobufField(number: number, value: .varint(try varint(fieldStart: start)))
        case 1:
            return ProtobufField(number: number, value: .fixed64(try littleEndian(fieldStart: start)))
        case 2:
            let count = try varint(fieldStart: start)
            // Compared before it is added to anything: the peer chose this number.
            guard count <= UInt64(end - position) else { throw .truncated(offset: start) }
            let range = position..<(position + Int(count))
            position = range.upperBound
            return ProtobufField(number: number, value: .bytes(range))
        case 3, 4:
            throw .group(offset: start)
        case 5:
            return ProtobufField(number: number, value: .fixed32(try littleEndian(fieldStart: start)))
        default:
            throw .malformedTag(offset: start)
        }
    }

    /// The bytes of a length-delimited field, at most `limit` of them.
    public func bytes(of field: ProtobufField, limit: Int = .max) throws(ProtobufError) -> [UInt8] {
        let range = try range(of: field)
        guard range.count <= limit else { throw .tooLong(field: field.number, limit: limit) }
        return Array(bytes[range])
    }

    /// The text of a `string` field, at most `limit` bytes of UTF-8.
    public func string(of field: ProtobufField, limit: Int = .max) throws(ProtobufError) -> String {
        let range = try range(of: field)
        guard range.count <= limit else { throw .tooLong(field: field.number, limit: limit) }
        guard let text = String(validating: bytes[range], as: UTF8.self) else {
            throw .invalidUTF8(field: field.number)
        }
        return text
    }

    /// A reader of the message in a length-delimited field.
    public func message(of field: ProtobufField) throws(ProtobufError) -> ProtobufReader {
        guard depth < Self.maximumDepth else { throw .tooDeep }
        return ProtobufReader(bytes, in: try range(of: field), depth: depth + 1)
    }

    /// Appends the numbers of a repeated varint field to `numbers`: one number, or many if it is packed. Throws rather
    /// than let `numbers` grow beyond `limit`.
    public func appendVarints(
        of field: ProtobufField, to numbers: inout [UInt64], limit: Int
    ) throws(ProtobufError) {
        if case .varint(let number) = field.value {
            guard numbers.count < limit else { throw .tooLong(field: field.number, limit: limit) }
            numbers.append(number)
            return
        }
        var packed = ProtobufReader(bytes, in: try range(of: field), depth: depth)
        while packed.position < packed.end {
            guard numbers.count < limit else { throw .tooLong(field: field.number, limit: limit) }
            numbers.append(try packed.varint(fieldStart: packed.position))
        }
    }

    /// The field's range, within this reader's bytes even if the field came from another reader.
    private func range(of field: ProtobufField) throws(ProtobufError) -> Range<Int> {
        try field.range.clamped(to: 0..<bytes.count)
    }

    /// A protobuf varint: up to ten bytes, not necessarily the shortest form.
    private mutating func varint(fieldStart: Int) throws(ProtobufError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < end {
            let byte = bytes[position]
            position += 1
            // The tenth byte holds the 64th bit, and nothing else.
            if shift == 63 && byte > 1 { throw .malformedVarint(offset: fieldStart) }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw .truncated(offset: fieldStart)
    }

    private mutating func littleEndian<Number: FixedWidthInteger>(
        fieldStart: Int
    ) throws(ProtobufError) -> Number {
        let size = Number.bitWidth / 8
        guard size <= end - position else { throw .truncated(offset: fieldStart) }
        var number: Number = 0
        for index in (position..<(position + size)).reversed() { number = number << 8 | Number(bytes[index]) }
        position += size
        return number
    }
}
