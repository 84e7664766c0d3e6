/// What a message says: a media type and the content.
public struct MessageBody: Sendable, Equatable {
    /// A media type, as `text/plain`.
    public let contentType: String
    /// The content. UTF-8 without U+0000 for `text/…`.
    public let bytes: [UInt8]

    /// The content type of plain text.
    public static let plainText = "text/plain"
    /// The content type of bytes of which nobody says what they are.
    public static let anyBytes = "application/octet-stream"
    /// Bytes of a text at most.
    public static let maximumTextBytes = 256 << 10
    /// Bytes of any other content at most.
    public static let maximumDataBytes = 64 << 10
    /// Bytes of a content type at most.
    public static let maximumContentTypeBytes = 127

    /// A text of 1...262,144 bytes of UTF-8.
    /// - Throws: `empty`, `tooLarge` or `invalidText`.
    public init(text: String) throws(MessagingError) {
        try self.init(Array(text.utf8), contentType: Self.plainText)
    }

    /// Any content: 1...65,536 bytes, or as much as a text when the type is `text/…`.
    /// - Throws: `empty`, `tooLarge`, `invalidText` or `invalidContentType`.
    public init(_ bytes: [UInt8], contentType: String) throws(MessagingError) {
        guard Self.isMediaType(contentType) else {
            throw MessagingError(.invalidContentType, "a content type looks like 'image/png'")
        }
        let isText = contentType.hasPrefix("text/")
        let limit = isText ? Self.maximumTextBytes : Self.maximumDataBytes
        guard !bytes.isEmpty else { throw MessagingError(.empty, "a message needs a text or a body") }
        guard bytes.count <= limit else {
            throw MessagingError(.tooLarge, "a message holds at most \(limit) bytes, this one has \(bytes.count)")
        }
        if isText, bytes.contains(0) || String(validating: bytes, as: UTF8.self) == nil {
            throw MessagingError(.invalidText, "a text is UTF-8 without U+0000")
        }
        self.contentType = contentType
        self.bytes = bytes
    }

    /// Whether the content is text.
    public var isText: Bool { contentType.hasPrefix("text/") }

    /// The content as text; nil when it is none.
    public var text: String? { isText ? String(validating: bytes, as: UTF8.self) : nil }

    /// `type/subtype` with optional parameters, printable ASCII.
    private static func isMediaType(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count <= maximumContentTypeBytes, bytes.allSatisfy({ (0x20...0x7e).contains($0) }),
            let slash = bytes.firstIndex(of: 0x2f)
        else { return false }
        let isToken = { (byte: UInt8) in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
            case let byte: "!#$&-^_.+".utf8.contains(byte)
            }
        }
        let subtype = bytes[(slash + 1)...].prefix { $0 != 0x3b && $0 != 0x20 }
        return slash > 0 && bytes[..<slash].allSatisfy(isToken) && !subtype.isEmpty && subtype.allSatisfy(isToken)
    }
}
