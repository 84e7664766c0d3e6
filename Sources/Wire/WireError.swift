import Multiformats

/// Why bytes could not be read.
public enum WireError: Error, Hashable, Sendable {
    /// The bytes end too early.
    case truncated
    /// Bytes are left after the last value.
    case trailingBytes(count: Int)
    /// A declared length exceeds what the reader allows, in bytes.
    case tooLong(count: UInt64, limit: Int)
    /// A number is no unsigned varint.
    case malformedVarint(VarintError)
}
