/// Why bytes are no CBOR item that is accepted here. `offset` is where the offending item begins.
public struct CBORError: Error, Hashable, Sendable {
    /// The kinds of mistake.
    public enum Code: Hashable, Sendable {
        /// The bytes end inside an item, or a length reaches beyond them.
        case truncated
        /// Bytes follow the item.
        case trailingBytes
        /// Items nest deeper than allowed.
        case tooDeep
        /// More items than allowed.
        case tooManyItems
        /// An indefinite length, or a lone break.
        case indefiniteLength
        /// A length or number in one of the reserved forms, or a simple value that is not used here.
        case unsupported
        /// A text that is no UTF-8.
        case invalidUTF8
        /// A map key that is no integer, byte string or text.
        case unsupportedKey
        /// A map has the same key twice.
        case duplicateKey
    }

    /// What is wrong.
    public let code: Code
    /// The offset of the item, in bytes.
    public let offset: Int

    /// An error at `offset`.
    public init(code: Code, offset: Int) {
        self.code = code
        self.offset = offset
    }
}

/// How much CBOR a reader takes. The bytes are the caller's to bound.
public struct CBORLimits: Hashable, Sendable {
    /// How deep arrays, maps and tags may nest; an item in no other one is at depth 1.
    public var depth: Int
    /// How many items there may be in all. An item of one byte on the wire takes 24 bytes of memory.
    public var items: Int

    /// Limits; what libp2p's messages need unless told otherwise.
    public init(depth: Int = 32, items: Int = 1 << 20) {
        self.depth = depth
        self.items = items
    }
}
