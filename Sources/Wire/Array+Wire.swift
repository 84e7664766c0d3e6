import Multiformats

extension [UInt8] {
    /// Appends `number` in as many bytes as its type has, most significant first.
    public mutating func appendBigEndian(_ number: some FixedWidthInteger) {
        var rest = number.bitWidth
        while rest > 0 {
            rest -= 8
            append(UInt8(truncatingIfNeeded: number >> rest))
        }
    }

    /// Appends `number` as a multiformats unsigned varint.
    public mutating func appendUnsignedVarint(_ number: UInt64) {
        UnsignedVarint.encode(number, into: &self)
    }

    /// Appends the length of `bytes` as an unsigned varint, then `bytes`.
    public mutating func appendLengthPrefixed(_ bytes: [UInt8]) {
        UnsignedVarint.encode(UInt64(bytes.count), into: &self)
        self += bytes
    }
}
