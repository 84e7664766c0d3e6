import Crypto
import Identity
import Ledger
import Time
import Wire

extension GroupMessage {
    private static let domain = Array("linnet-group-message:".utf8)
    private static let limits = CBORLimits(depth: 4, items: 256)

    /// Signs a message.
    static func sign(
        _ content: Draft, group: GroupID, epoch: EpochID, sequence: UInt64, time: Timestamp, after: [GroupMessageID],
        by key: KeyPair
    ) -> GroupMessage {
        var entries: [CBOR.Entry] = [
            .init(key: .text("group"), value: .bytes(group.bytes)),
            .init(key: .text("epoch"), value: .bytes(epoch.bytes)),
            .init(key: .text("author"), value: .bytes(key.peerID.bytes)),
            .init(key: .text("sequence"), value: .unsigned(sequence)),
            .init(key: .text("time"), value: .integer(time.milliseconds)),
            .init(key: .text("after"), value: .array(after.map { .bytes($0.bytes) })),
            .init(key: .text("type"), value: .text(content.contentType)),
            .init(key: .text("body"), value: .bytes(content.body)),
        ]
        if let replyTo = content.replyTo {
            entries.append(.init(key: .text("reply_to"), value: .bytes(replyTo.bytes)))
        }
        if !content.mentions.isEmpty {
            entries.append(
                .init(key: .text("mentions"), value: .array(content.mentions.map { .bytes($0.bytes) })))
        }
        if content.isBot { entries.append(.init(key: .text("bot"), value: .bool(true))) }
        let signed = CBOR.map(entries).encoded()
        let id = Digest(hashing: domain + signed)
        return GroupMessage(
            id: id, group: group, epoch: epoch, author: key.peerID, sequence: sequence, time: time, after: after,
            content: content, encoded: signed + key.sign(domain + signed))
    }

    /// Reads a message and verifies that its author signed it.
    ///
    /// - Throws: `too_large`, `malformed`, `unsupported_key`, `invalid_signature`.
    init(decoding bytes: [UInt8]) throws(GroupRefusal) {
        guard bytes.count <= Self.maximumByteCount else { throw .tooLarge }
        guard bytes.count > Ed25519.signatureByteCount else { throw .malformed }
        let signed = Array(bytes.dropLast(Ed25519.signatureByteCount))
        guard let map = try? CBOR(decoding: signed, limits: Self.limits),
            let group = map["group"]?.bytesValue.flatMap(Digest.init),
            let epoch = map["epoch"]?.bytesValue.flatMap(Digest.init), let author = Self.peer(map["author"]),
            let sequence = map["sequence"]?.unsignedValue, sequence < 1 << 53,
            let time = map["time"]?.integerValue, (0..<1 << 48).contains(time),
            let after = Self.digests(map["after"], limit: Self.maximumAfter), let type = map["type"]?.textValue,
            let body = map["body"]?.bytesValue
        else { throw .malformed }
        guard body.count <= Self.maximumBodyByteCount else { throw .tooLarge }
        var content = Draft(contentType: type, body: body)
        if let item = map["reply_to"] {
            guard let id = item.bytesValue.flatMap(Digest.init) else { throw .malformed }
            content.replyTo = id
        }
        if let item = map["mentions"] {
            guard let items = item.arrayValue, items.count <= Self.maximumMentions else { throw .malformed }
            for item in items {
                guard let peer = Self.peer(item) else { throw .malformed }
                content.mentions.append(peer)
            }
        }
        if let item = map["bot"] {
            guard let isBot = item.boolValue else { throw .malformed }
            content.isBot = isBot
        }
        guard content.isValid else { throw .malformed }
        guard let key = author.publicKey, key.type == .ed25519 else { throw .unsupportedKey }
        let digested = Self.domain + signed
        guard key.isValid(signature: Array(bytes.suffix(Ed25519.signatureByteCount)), for: digested) else {
            throw .invalidSignature
        }
        self.init(
            id: Digest(hashing: digested), group: GroupID(group), epoch: epoch, author: author, sequence: sequence,
            time: Timestamp(milliseconds: time), after: after, content: content, encoded: bytes)
    }

    private static func peer(_ item: CBOR?) -> PeerID? {
        item?.bytesValue.flatMap { try? PeerID(bytes: $0) }
    }

    /// Ids, ascending; nil for anything else, or more of them.
    private static func digests(_ item: CBOR?, limit: Int) -> [Digest]? {
        guard let items = item?.arrayValue, items.count <= limit else { return nil }
        var digests: [Digest] = []
        for item in items {
            guard let digest = item.bytesValue.flatMap(Digest.init), digests.last.map({ $0 < digest }) ?? true else {
                return nil
            }
            digests.append(digest)
        }
        return digests
    }
}
