import Multiformats

/// Reads bytes from the front of an array, within bounds. A failed read throws and leaves the position as it was.
public struct ByteReader: Sendable {
    /// The bytes that are read.
    public let bytes: [UInt8]
    /// The offset of the next byte.
    public private(set) var position: Int
    /// The offset where reading ends.
    public let end: Int

    /// A reader of all of `bytes`.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = 0
        end = bytes.count
    }

    /// A reader of a part of `bytes`; of what there is of it, if `range` reaches beyond them.
    public init(_ bytes: [UInt8], in range: Range<Int>) {
        let range = range.clamped(to: 0..<bytes.count)
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    /// How many bytes are left.
    public var remaining: Int { end - position }

    /// Whether all bytes have been read.
    public var isAtEnd: Bool { position == end }

    /// The next byte, without reading it; nil at the end.
    public var nextByte: UInt8? { position < end ? bytes[position] : nil }

    /// Reads one byte.
    public mutating func uint8() throws(WireError) -> UInt8 {
        guard position < end else { throw .truncated }
        defer { position += 1 }
        return bytes[position]
    }

    /// Reads a big-endian number of two bytes.
    public mutating func uint16() throws(WireError) -> UInt16 { try bigEndian() }

    /// Reads a big-endian number of four bytes.
    public mutating func uint32() throws(WireError) -> UInt32 { try bigEndian() }

    /// Reads a big-endian number of eight bytes.
    public mutating func uint64() throws(WireError) -> UInt64 { try bigEndian() }

    /// Reads `count` bytes and says where they stand.
    public mutating func range(_ count: Int) throws(WireError) -> Range<Int> {
        guard count >= 0, count <= remaining else { throw .truncated }
        defer { position += count }
        return position..<(position + count)
    }

    /// Reads `count` bytes.
    public mutating func bytes(_ count: Int) throws(WireError) -> [UInt8] {
        let range = try range(count)
        return Array(bytes[range])
    }

    /// Reads past `count` bytes.
    public mutating func skip(_ count: Int) throws(WireError) {
        _ = try range(count)
    }

    /// Reads all that is left.
    public mutating func rest() -> [UInt8] {
        defer { position = end }
        return Array(bytes[position..<end])
    }

    /// Reads a multiformats unsigned varint.
    public mutating func unsignedVarint() throws(WireError) -> UInt64 {
        let value: UInt64
        let after: Int
        do {
            (value, after) = try UnsignedVarint.decode(bytes, at: position)
        } catch {
            throw error == .truncated ? .truncated : .malformedVarint(error)
        }
        // The varint may have gone on beyond this reader's end.
        guard after <= end else { throw .truncated }
        position = after
        return value
    }

    /// Reads bytes that an unsigned varint counts, at most `limit` of them.
    public mutating func lengthPrefixed(limit: Int) throws(WireError) -> [UInt8] {
        let start = position
        let count = try unsignedVarint()
        guard count <= UInt64(max(0, limit)) else {
            position = start
            throw .tooLong(count: count, limit: limit)
        }
        guard count <= UInt64(remaining) else {
            position = start
            throw .truncated
        }
        return try bytes(Int(count))
    }

    /// Throws if bytes are left.
    public func expectEnd() throws(WireError) {
        guard isAtEnd else { throw .trailingBytes(count: remaining) }
    }

    private mutating func bigEndian<Number: FixedWidthInteger>() throws(WireError) -> Number {
        let size = Number.bitWidth / 8
        guard remaining >= size else { throw .truncated }
        var number: Number = 0
        for index in position..<(position + size) { number = number << 8 | Number(bytes[index]) }
        position += size
        return number
    }
}
