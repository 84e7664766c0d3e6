/// A CBOR data item (RFC 8949).
///
/// Decoding is strict: definite lengths only, no duplicate map keys, no trailing bytes, text that is UTF-8. Integers
/// and lengths may be wider than needed. `encoded()` is deterministic (section 4.2.1), so equal items have equal
/// bytes.
public enum CBOR: Hashable, Sendable {
    /// A number from 0 up.
    case unsigned(UInt64)
    /// The number −1 − n, for n from 0 up.
    case negative(UInt64)
    /// A byte string.
    case bytes([UInt8])
    /// A text string.
    case text(String)
    /// An array.
    case array([CBOR])
    /// A map, its entries in the order in which they came. Keys are integers, byte strings or texts.
    case map([Entry])
    /// An item with a tag.
    indirect case tagged(UInt64, CBOR)
    /// True or false.
    case bool(Bool)
    /// Null.
    case null
    /// A floating-point number. Equality is that of `Double`.
    case float(Double)

    /// A key of a map and its value.
    public struct Entry: Hashable, Sendable {
        /// The key.
        public let key: CBOR
        /// The value.
        public let value: CBOR

        /// An entry.
        public init(key: CBOR, value: CBOR) {
            self.key = key
            self.value = value
        }
    }

    /// An integer.
    public static func integer(_ value: Int64) -> CBOR {
        value < 0 ? .negative(UInt64(bitPattern: ~value)) : .unsigned(UInt64(value))
    }

    /// A map whose keys are texts.
    public static func map(_ entries: KeyValuePairs<String, CBOR>) -> CBOR {
        .map(entries.map { Entry(key: .text($0.key), value: $0.value) })
    }

    /// The value of a map's text key; nil if there is none or this is no map.
    public subscript(name: String) -> CBOR? {
        guard case .map(let entries) = self else { return nil }
        return entries.first { $0.key == .text(name) }?.value
    }

    /// The number, if it is an integer that fits.
    public var integerValue: Int64? {
        switch self {
        case .unsigned(let value): Int64(exactly: value)
        case .negative(let value): Int64(exactly: value).map { -1 - $0 }
        default: nil
        }
    }

    /// The number, if it is an integer from 0 up.
    public var unsignedValue: UInt64? {
        if case .unsigned(let value) = self { value } else { nil }
    }

    /// The text, if it is one.
    public var textValue: String? {
        if case .text(let value) = self { value } else { nil }
    }

    /// The bytes, if it is a byte string.
    public var bytesValue: [UInt8]? {
        if case .bytes(let value) = self { value } else { nil }
    }

    /// The items, if it is an array.
    public var arrayValue: [CBOR]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The entries, if it is a map.
    public var mapValue: [Entry]? {
        if case .map(let value) = self { value } else { nil }
    }

    /// The truth value, if it is one.
    public var boolValue: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }
}
