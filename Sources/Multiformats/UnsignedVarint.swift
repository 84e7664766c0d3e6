/// Unsigned varints as multiformats define them: little-endian groups of seven bits, at most nine bytes (63 bits),
/// and only the shortest form of a number.
///
/// Protobuf's varints are another format (ten bytes, any form): `ProtobufReader` reads those.
/// Source: multiformats/unsigned-varint.
public enum UnsignedVarint {
    /// The largest value that the format can carry, 2^63 − 1.
    public static let maximum = UInt64(Int64.max)
    /// The longest encoding, in bytes.
    public static let maximumCount = 9

    /// How many bytes the encoding of `value` takes.
    public static func encodedCount(of value: UInt64) -> Int {
        max(1, (UInt64.bitWidth - value.leadingZeroBitCount + 6) / 7)
    }

    /// Appends the encoding of `value`. A value above `maximum` comes out as ten bytes, which no reader accepts.
    public static func encode(_ value: UInt64, into bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// The encoding of `value`.
    public static func encode(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        encode(value, into: &bytes)
        return bytes
    }

    /// Reads the varint at `offset`.
    /// - Returns: the value, and the offset of the first byte after it.
    /// - Throws: `VarintError.truncated` if the bytes end before the varint does (also for an offset outside them).
    public static func decode(_ bytes: [UInt8], at offset: Int = 0) throws(VarintError) -> (value: UInt64, end: Int) {
        try bytes.withUnsafeBufferPointer { (buffer) throws(VarintError) in
            try decode(UnsafeRawBufferPointer(buffer), at: offset)
        }
    }

    /// Reads the varint at `offset` of a raw buffer; the same rules as for an array.
    public static func decode(
        _ bytes: UnsafeRawBufferPointer, at offset: Int = 0
    ) throws(VarintError) -> (value: UInt64, end: Int) {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        var position = offset
        while true {
            guard position >= 0, position < bytes.count else { throw .truncated }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 {
                if byte == 0 && shift > 0 { throw .notMinimal }
                return (value, position)
            }
            shift += 7
            if shift == 63 { throw .tooLong }
        }
    }
}

/// Why bytes are no unsigned varint.
public enum VarintError: Error, Hashable, Sendable {
    /// The bytes end inside the varint: more input may complete it.
    case truncated
    /// The ninth byte announces a tenth.
    case tooLong
    /// The value has a shorter encoding.
    case notMinimal
}
