import Wire

/// A request of `/linnet/message/1.0.0`: a signed message, and the message that it must come after.
///
/// A CBOR map: `content` (the encoding of ``MessageContent``), `signature` (64 bytes), `after` (16 bytes, optional).
/// `after` names the message to the same peer that precedes this one and is not acknowledged yet. The receiver must
/// have stored that one, else it answers `order` and stores nothing: so many messages can be under way at once and
/// still arrive in order.
struct MessageRequest: Equatable, Sendable {
    var content: [UInt8]
    var signature: [UInt8]
    var after: MessageID?

    static let protocolID = "/linnet/message/1.0.0"
    /// The largest body, and room for everything else.
    static let maximumBytes = MessageBody.maximumTextBytes + 2048

    func encoded() -> [UInt8] {
        var entries: [CBOR.Entry] = [
            CBOR.Entry(key: .text("content"), value: .bytes(content)),
            CBOR.Entry(key: .text("signature"), value: .bytes(signature)),
        ]
        if let after { entries.append(CBOR.Entry(key: .text("after"), value: .bytes(after.bytes))) }
        return CBOR.map(entries).encoded()
    }

    init(content: [UInt8], signature: [UInt8], after: MessageID? = nil) {
        self.content = content
        self.signature = signature
        self.after = after
    }

    init(decoding bytes: [UInt8]) throws(MessageRefusal) {
        guard bytes.count <= Self.maximumBytes else { throw MessageRefusal(.tooLarge, "the request is too large") }
        guard let map = try? CBOR(decoding: bytes, limits: CBORLimits(depth: 4, items: 64)) else {
            throw MessageRefusal(.invalid, "the request is no CBOR map")
        }
        guard let content = map["content"]?.bytesValue else { throw .missing("content") }
        guard let signature = map["signature"]?.bytesValue, signature.count == 64 else { throw .missing("signature") }
        var after: MessageID?
        if let value = map["after"] {
            guard let id = value.bytesValue.flatMap(MessageID.init(bytes:)) else { throw .missing("after") }
            after = id
        }
        self.init(content: content, signature: signature, after: after)
    }
}
