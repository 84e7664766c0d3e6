/// A configuration file in the flat part of TOML 1.0 (toml.io/en/v1.0.0): comments, and lines of `key = value`.
///
/// ```toml
/// # where to listen
/// listen = [
///     "/ip4/0.0.0.0/tcp/4001",  # everybody
/// ]
/// log = 'info'
/// ```
///
/// A key is bare. A value is a string in one line (basic or literal), a decimal integer, a finite float, a boolean, or
/// an array of those, over as many lines as it likes. Whatever else TOML has is refused with an error that names it. What
/// is accepted means here what it means to any reader of TOML.
///
/// A document keeps its text, so that a value can be replaced and everything around it stays: ``setting(_:to:)``.
public struct TOMLDocument: Sendable {
    /// A key with its value.
    public struct Entry: Sendable {
        /// The key.
        public let key: String
        /// The value: a string, an integer, a number, a truth value, or an array of those.
        public let value: JSON
        /// Where the key stands.
        public let position: TOMLPosition
        /// Where the value stands.
        public let valuePosition: TOMLPosition
        /// The bytes of the key.
        let keyRange: Range<Int>
        /// The bytes of the value.
        let valueRange: Range<Int>
        /// Of an array, the bytes of each element, and where its comma ends, if it has one.
        let elements: [(range: Range<Int>, end: Int)]
    }

    /// The most bytes that a document may have.
    public static let maximumCount = 65_536
    /// The most keys that it may have.
    public static let maximumEntries = 256
    /// The most elements that an array may have.
    public static let maximumElements = 1024

    /// The keys and values, in the order of the text.
    public let entries: [Entry]
    /// The text.
    public let bytes: [UInt8]

    /// A document without a line.
    public init() {
        entries = []
        bytes = []
    }

    /// Reads a document.
    public init(parsing bytes: [UInt8]) throws(TOMLError) {
        var parser = TOMLParser(bytes)
        entries = try parser.document()
        self.bytes = bytes
    }

    /// The value of a key; nil if there is none.
    public subscript(key: String) -> JSON? {
        entry(key)?.value
    }

    /// The key with its value; nil if there is none.
    public func entry(_ key: String) -> Entry? {
        entries.first { $0.key == key }
    }
}
