import Crypto
import Identity
import Store
import Time
import Wire

/// What an author signs: all that makes the message, and nothing of how it travels.
///
/// Encoded as a deterministic CBOR map with the text keys `id` (16 bytes), `author`, `to` (peer ids), `conversation`
/// (`"direct"`), `time` (milliseconds since 1970, may be negative), `type`, `body` (bytes), and where they apply
/// `reply_to` (16 bytes) and `bot` (true: a program wrote it). Unknown keys are covered by the signature and passed over. The signature is Ed25519 over
/// `linnet-message:` followed by the encoding.
struct MessageContent: Equatable, Sendable {
    var id: MessageID
    var author: PeerID
    var recipient: PeerID
    var time: Timestamp
    var body: MessageBody
    var replyTo: MessageID?
    var isBot = false

    /// Keeps signatures of messages apart from all other signatures of the same key.
    static let domain = Array("linnet-message:".utf8)
    static let direct = "direct"

    func encoded() -> [UInt8] {
        var entries: [CBOR.Entry] = [
            CBOR.Entry(key: .text("id"), value: .bytes(id.bytes)),
            CBOR.Entry(key: .text("author"), value: .bytes(author.bytes)),
            CBOR.Entry(key: .text("to"), value: .bytes(recipient.bytes)),
            CBOR.Entry(key: .text("conversation"), value: .text(Self.direct)),
            CBOR.Entry(key: .text("time"), value: .integer(time.milliseconds)),
            CBOR.Entry(key: .text("type"), value: .text(body.contentType)),
            CBOR.Entry(key: .text("body"), value: .bytes(body.bytes)),
        ]
        if let replyTo { entries.append(CBOR.Entry(key: .text("reply_to"), value: .bytes(replyTo.bytes))) }
        if isBot { entries.append(CBOR.Entry(key: .text("bot"), value: .bool(true))) }
        return CBOR.map(entries).encoded()
    }

    static func digest(of encoded: [UInt8]) -> [UInt8] { SHA256.hash(encoded) }

    static func sign(_ encoded: [UInt8], with key: KeyPair) -> [UInt8] { key.sign(domain + encoded) }

    /// True when `signature` is the author's, whose key is Ed25519 and thus part of its peer id.
    func isSigned(by signature: [UInt8], over encoded: [UInt8]) -> Bool {
        guard let key = author.publicKey, key.type == .ed25519 else { return false }
        return key.isValid(signature: signature, for: Self.domain + encoded)
    }
}

extension MessageContent {
    /// Reads what a peer sent; the signature is not checked here.
    init(decoding encoded: [UInt8]) throws(MessageRefusal) {
        let limits = CBORLimits(depth: 4, items: 128)
        guard let map = try? CBOR(decoding: encoded, limits: limits) else {
            throw MessageRefusal(.invalid, "the content is no CBOR map")
        }
        guard let id = map["id"]?.bytesValue.flatMap(MessageID.init(bytes:)) else { throw .missing("id") }
        guard let author = map["author"]?.bytesValue, let author = try? PeerID(bytes: author) else {
            throw .missing("author")
        }
        guard let recipient = map["to"]?.bytesValue, let recipient = try? PeerID(bytes: recipient) else {
            throw .missing("to")
        }
        guard let conversation = map["conversation"]?.textValue else { throw .missing("conversation") }
        guard conversation == Self.direct else {
            throw MessageRefusal(.unsupported, "only direct conversations are taken here")
        }
        guard let time = map["time"]?.integerValue else { throw .missing("time") }
        guard let type = map["type"]?.textValue else { throw .missing("type") }
        guard let bytes = map["body"]?.bytesValue else { throw .missing("body") }
        let body: MessageBody
        do {
            body = try MessageBody(bytes, contentType: type)
        } catch {
            throw MessageRefusal(error.code == .tooLarge ? .tooLarge : .invalid, error.message)
        }
        var replyTo: MessageID?
        if let value = map["reply_to"] {
            guard let id = value.bytesValue.flatMap(MessageID.init(bytes:)) else { throw .missing("reply_to") }
            replyTo = id
        }
        self.init(
            id: id, author: author, recipient: recipient, time: Timestamp(milliseconds: time), body: body,
            replyTo: replyTo, isBot: map["bot"]?.boolValue ?? false)
    }
}
