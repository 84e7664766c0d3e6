/// The number of a child key: 31 bits, and whether the child is hardened (BIP-32, "Extended keys").
public struct ChildNumber: Hashable, Sendable {
    /// The bit that marks a hardened child.
    static let hardenedBit: UInt32 = 1 << 31

    /// As it stands in an extended key: the index, with the highest bit set for a hardened child.
    public let rawValue: UInt32

    /// Any number, from an extended key.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// A normal child. Throws ``DerivationError/indexOutOfRange(_:)`` if `index` is not below 2^31.
    public init(normal index: UInt32) throws(DerivationError) {
        guard index < Self.hardenedBit else { throw .indexOutOfRange(index) }
        rawValue = index
    }

    /// A hardened child. Throws ``DerivationError/indexOutOfRange(_:)`` if `index` is not below 2^31.
    public init(hardened index: UInt32) throws(DerivationError) {
        guard index < Self.hardenedBit else { throw .indexOutOfRange(index) }
        rawValue = index | Self.hardenedBit
    }

    /// Whether deriving the child takes the private key.
    public var isHardened: Bool { rawValue & Self.hardenedBit != 0 }

    /// The number without its mark, below 2^31.
    public var index: UInt32 { rawValue & ~Self.hardenedBit }

    /// The four big-endian bytes that a child is derived with.
    var bytes: [UInt8] {
        stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: rawValue >> UInt32($0)) }
    }
}

extension ChildNumber: CustomStringConvertible {
    /// As in a path: `44'` or `0`.
    public var description: String { isHardened ? "\(index)'" : "\(index)" }
}
