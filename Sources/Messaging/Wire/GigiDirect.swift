import Wire

/// The direct messages of gigi, `/direct/1.0.0`: one CBOR request, one CBOR answer, both enums of Rust's serde,
/// externally tagged. A variant with fields is a map of one entry, a variant without is its name as a text. There is no
/// message id and no signature, so nothing can be told apart from its repetition.
enum GigiDirect {
    static let protocolID = "/direct/1.0.0"
    /// A request of gigi's library at most (rust-libp2p request-response: 1 MiB).
    static let maximumRequestBytes = 1 << 20
    /// An answer that we read at most.
    static let maximumAnswerBytes = 64 << 10
    /// A text that gigi takes at most.
    static let maximumTextBytes = 100_000
    /// What a shared file arrives as: a JSON object with `share_code`, `filename`, `file_size`, `file_type`.
    static let fileShareType = "application/vnd.gigi.file-share+json"
    /// What an invitation to a group arrives as: a JSON object with `group_id`, `group_name`, `inviter_nickname`.
    static let shareGroupType = "application/vnd.gigi.share-group+json"

    /// A request.
    enum Message: Equatable, Sendable {
        case text(String)
        case fileShare(shareCode: String, filename: String, fileSize: UInt64, fileType: String)
        case shareGroup(groupID: String, groupName: String, inviterNickname: String)
    }

    /// An answer.
    enum Response: Equatable, Sendable {
        case ack
        case error(String)
    }
}

extension GigiDirect.Message {
    /// The request that carries a text, the only one that is sent from here.
    static func encoded(text: String) -> [UInt8] {
        CBOR.map(["Text": .map(["message": .text(text)])]).encoded()
    }

    /// nil when the bytes are no request of gigi's. Fields that we do not know are passed over, as serde does.
    init?(decoding bytes: [UInt8]) {
        guard bytes.count <= GigiDirect.maximumRequestBytes,
            let entries = try? CBOR(decoding: bytes, limits: CBORLimits(depth: 8, items: 256)).mapValue,
            entries.count == 1, let entry = entries.first, let variant = entry.key.textValue
        else { return nil }
        let fields = entry.value
        switch variant {
        case "Text":
            guard let text = fields["message"]?.textValue else { return nil }
            self = .text(text)
        case "FileShare":
            guard let shareCode = fields["share_code"]?.textValue, let filename = fields["filename"]?.textValue,
                let fileSize = fields["file_size"]?.unsignedValue, let fileType = fields["file_type"]?.textValue
            else { return nil }
            self = .fileShare(shareCode: shareCode, filename: filename, fileSize: fileSize, fileType: fileType)
        case "ShareGroup":
            guard let groupID = fields["group_id"]?.textValue, let groupName = fields["group_name"]?.textValue,
                let inviterNickname = fields["inviter_nickname"]?.textValue
            else { return nil }
            self = .shareGroup(groupID: groupID, groupName: groupName, inviterNickname: inviterNickname)
        default: return nil
        }
    }

    /// The message as one of ours.
    func body() throws(MessagingError) -> MessageBody {
        var writer = JSONWriter()
        writer.beginObject()
        switch self {
        case .text(let text): return try MessageBody(text: text)
        case .fileShare(let shareCode, let filename, let fileSize, let fileType):
            writer.key("share_code")
            writer.string(shareCode)
            writer.key("filename")
            writer.string(filename)
            writer.key("file_size")
            writer.integer(fileSize)
            writer.key("file_type")
            writer.string(fileType)
            writer.endObject()
            return try MessageBody(writer.bytes, contentType: GigiDirect.fileShareType)
        case .shareGroup(let groupID, let groupName, let inviterNickname):
            writer.key("group_id")
            writer.string(groupID)
            writer.key("group_name")
            writer.string(groupName)
            writer.key("inviter_nickname")
            writer.string(inviterNickname)
            writer.endObject()
            return try MessageBody(writer.bytes, contentType: GigiDirect.shareGroupType)
        }
    }
}

extension GigiDirect.Response {
    func encoded() -> [UInt8] {
        switch self {
        case .ack: CBOR.text("Ack").encoded()
        case .error(let text): CBOR.map(["Error": .text(text)]).encoded()
        }
    }

    /// nil when the bytes are no answer of gigi's.
    init?(decoding bytes: [UInt8]) {
        guard bytes.count <= GigiDirect.maximumAnswerBytes,
            let item = try? CBOR(decoding: bytes, limits: CBORLimits(depth: 4, items: 16))
        else { return nil }
        if item.textValue == "Ack" {
            self = .ack
        } else if let text = item["Error"]?.textValue {
            self = .error(String(text.prefix(200)))
        } else {
            return nil
        }
    }
}
