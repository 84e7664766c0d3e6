import Time
import Wire

/// A message of a group of gigi: JSON on the topic that is the group's id, in the clear. gigi signs it by pubsub alone;
/// the nickname is what the sender says it is.
///
/// `{"sender_nickname":…,"content":…,"timestamp":seconds,"has_file_share":bool}`, and of a shared file `share_code`,
/// `filename`, `file_size`, `file_type`. Unknown members are passed over, as serde does.
public struct GigiGroupMessage: Hashable, Sendable {
    /// The longest message that gigi's pubsub carries, in bytes.
    public static let maximumByteCount = 64 << 10

    /// A file that is offered.
    public struct File: Hashable, Sendable {
        /// What it is asked for by.
        public var shareCode: String
        /// Its name; the sender's words, never a path to write to.
        public var filename: String
        /// Its size in bytes.
        public var size: UInt64
        /// A media type.
        public var type: String

        /// A file.
        public init(shareCode: String, filename: String, size: UInt64, type: String) {
            self.shareCode = shareCode
            self.filename = filename
            self.size = size
            self.type = type
        }
    }

    /// What the sender calls itself.
    public var nickname: String
    /// The text; `Shared file: <name>` for a file.
    public var content: String
    /// When, by the sender's clock, to the second.
    public var time: Timestamp
    /// The file that is offered with it.
    public var file: File?

    /// A message.
    public init(nickname: String, content: String, time: Timestamp, file: File? = nil) {
        self.nickname = nickname
        self.content = content
        self.time = time
        self.file = file
    }

    /// The JSON, its members in gigi's order; nil if it is longer than ``maximumByteCount``.
    public var encoded: [UInt8]? {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("sender_nickname")
        writer.string(nickname)
        writer.key("content")
        writer.string(content)
        writer.key("timestamp")
        writer.integer(max(0, time.milliseconds / 1000))
        writer.key("has_file_share")
        writer.bool(file != nil)
        writer.key("share_code")
        if let file { writer.string(file.shareCode) } else { writer.null() }
        writer.key("filename")
        if let file { writer.string(file.filename) } else { writer.null() }
        writer.key("file_size")
        if let file { writer.integer(file.size) } else { writer.null() }
        writer.key("file_type")
        if let file { writer.string(file.type) } else { writer.null() }
        writer.endObject()
        let bytes = writer.bytes
        return bytes.count <= Self.maximumByteCount ? bytes : nil
    }

    /// Reads a message; nil for what is none.
    public init?(decoding bytes: [UInt8]) {
        let limits = JSONLimits(count: Self.maximumByteCount, depth: 4)
        guard let json = try? JSON(parsing: bytes, limits: limits), let nickname = json["sender_nickname"]?.stringValue,
            let content = json["content"]?.stringValue, let seconds = json["timestamp"]?.integerValue,
            (0..<1 << 38).contains(seconds), let hasFile = json["has_file_share"]?.boolValue
        else { return nil }
        self.init(nickname: nickname, content: content, time: Timestamp(milliseconds: seconds * 1000))
        guard hasFile else { return }
        guard let code = json["share_code"]?.stringValue, let name = json["filename"]?.stringValue,
            let size = json["file_size"]?.integerValue, size >= 0, let type = json["file_type"]?.stringValue
        else { return nil }
        file = File(shareCode: code, filename: name, size: UInt64(size), type: type)
    }
}
