/// What an entry is about, for the module that reads it: 1 to 32 characters of `a`–`z`, `0`–`9`, `-`, `_` and `.`.
public struct EntryKind: Hashable, Sendable, CustomStringConvertible {
    /// The longest name, in bytes.
    public static let maximumByteCount = 32

    /// The name.
    public let name: String

    /// The kind of this name; nil if no kind may be called so.
    public init?(_ name: String) {
        self.init(bytes: Array(name.utf8))
    }

    init?(bytes: [UInt8]) {
        guard (1...Self.maximumByteCount).contains(bytes.count),
            bytes.allSatisfy({ byte in
                switch byte {
                case 0x61...0x7a, 0x30...0x39, 0x2d, 0x5f, 0x2e: true
                default: false
                }
            })
        else { return nil }
        name = String(decoding: bytes, as: UTF8.self)
    }

    /// The name.
    public var description: String { name }
}

extension EntryKind: ExpressibleByStringLiteral {
    /// The kind that a literal of the program names.
    ///
    /// - Precondition: it is a name of a kind.
    public init(stringLiteral name: String) {
        guard let kind = EntryKind(name) else { preconditionFailure("'\(name)' is no kind of entry") }
        self = kind
    }
}
