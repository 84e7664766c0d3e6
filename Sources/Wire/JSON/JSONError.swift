/// Why bytes are no JSON that is accepted here.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of mistake.
    public enum Code: Hashable, Sendable {
        /// Nothing but white space.
        case empty
        /// More bytes than allowed.
        case tooLong
        /// A byte order mark at the beginning.
        case byteOrderMark
        /// Bytes that are no UTF-8.
        case invalidUTF8
        /// A character that cannot stand where it stands.
        case unexpectedCharacter
        /// The text ends inside a value.
        case unexpectedEnd
        /// More than one value.
        case trailingContent
        /// A number that is not written as RFC 8259 wants it.
        case invalidNumber
        /// A number beyond what `Double` can hold, or of more digits than anybody needs.
        case numberOutOfRange
        /// A control character that should be escaped.
        case controlCharacter
        /// A backslash with something unknown after it.
        case invalidEscape
        /// Half of a surrogate pair.
        case loneSurrogate
        /// U+0000, which ends strings in too many places.
        case nullCharacter
        /// An object has the same name twice.
        case duplicateName
        /// Arrays and objects nest too deep.
        case tooDeep
    }

    /// What is wrong.
    public let code: Code
    /// Where, in bytes from the beginning.
    public let offset: Int

    init(_ code: Code, at offset: Int) {
        self.code = code
        self.offset = offset
    }

    /// What is wrong, for people.
    public var message: String {
        switch code {
        case .empty: "there is no value"
        case .tooLong: "the text is too long"
        case .byteOrderMark: "there is a byte order mark at the beginning"
        case .invalidUTF8: "this is not UTF-8"
        case .unexpectedCharacter: "this character cannot stand here"
        case .unexpectedEnd: "the text ends inside a value"
        case .trailingContent: "something follows the value"
        case .invalidNumber: "this is not a JSON number"
        case .numberOutOfRange: "the number is out of range"
        case .controlCharacter: "control characters must be escaped"
        case .invalidEscape: "this is not a JSON escape"
        case .loneSurrogate: "a surrogate stands alone"
        case .nullCharacter: "U+0000 is not allowed"
        case .duplicateName: "the same name stands here twice"
        case .tooDeep: "arrays and objects nest too deep"
        }
    }

    /// The error in words, with its place.
    public var description: String {
        "\(message) (at byte \(offset + 1))"
    }
}

/// How much JSON a reader takes.
public struct JSONLimits: Hashable, Sendable {
    /// The longest text, in bytes.
    public var count: Int
    /// How deep arrays and objects may nest; a value in no other one is at depth 0.
    public var depth: Int

    /// Limits.
    public init(count: Int, depth: Int) {
        self.count = count
        self.depth = depth
    }

    /// A line of input: 1 MiB, depth 32.
    public static let line = JSONLimits(count: 1 << 20, depth: 32)
}
