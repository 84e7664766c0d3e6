/// A text that is equal to another if its bytes are.
///
/// `String` takes texts for equal that Unicode calls canonically equivalent, such as an é of one scalar and one of two.
/// For a name on a wire or in a store that is wrong: to everybody else these are two names.
public struct ByteText: Hashable, Sendable {
    /// The text.
    public let text: String

    /// A name.
    public init(_ text: String) {
        self.text = text
    }

    /// Its bytes.
    public var utf8: String.UTF8View { text.utf8 }

    /// Whether the bytes are the same.
    public static func == (left: ByteText, right: ByteText) -> Bool { left.text.isSame(as: right.text) }

    /// Feeds the bytes.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(utf8.count)
        let isDone: Void? = utf8.withContiguousStorageIfAvailable { bytes in
            hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
        }
        if isDone == nil { for byte in utf8 { hasher.combine(byte) } }
    }
}

extension ByteText: Comparable {
    /// The order of the bytes.
    public static func < (left: ByteText, right: ByteText) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}

extension ByteText: ExpressibleByStringLiteral, CustomStringConvertible {
    /// A name that is known.
    public init(stringLiteral text: String) { self.init(text) }

    /// The text.
    public var description: String { text }
}

extension String {
    /// Whether another text has the same bytes: what looks the same may be another name.
    public func isSame(as other: String) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }

    /// What stands behind a beginning, byte by byte: a mark that combines with the last character of the beginning
    /// hides it from `hasPrefix`.
    public func dropping(prefix: String) -> String? {
        guard utf8.starts(with: prefix.utf8) else { return nil }
        return String(Substring(utf8.dropFirst(prefix.utf8.count)))
    }

    /// What stands before the first such byte, and what behind it; nil if there is none.
    public func cut(at byte: UInt8) -> (head: String, tail: String)? {
        guard let place = utf8.firstIndex(of: byte) else { return nil }
        return (String(Substring(utf8[..<place])), String(Substring(utf8[utf8.index(after: place)...])))
    }
}
