import Crypto
import Identity
import Ledger
import Multiformats
import Time
import Wire

extension Invite {
    private static let version: UInt8 = 1
    private static let domain = Array("linnet-invite:".utf8)
    private static let limits = CBORLimits(depth: 3, items: 64)

    /// Signs an invite: a version, a CBOR map in the deterministic encoding, and 64 bytes of Ed25519 over
    /// `linnet-invite:` and both.
    static func sign(_ content: Content, with key: KeyPair) throws(GroupError) -> Invite {
        var entries: [CBOR.Entry] = [
            .init(key: .text("group"), value: .bytes(content.group.bytes)),
            .init(key: .text("name"), value: .text(content.name)),
            .init(key: .text("visibility"), value: .text(content.visibility.rawValue)),
            .init(key: .text("inviter"), value: .bytes(content.inviter.bytes)),
            .init(key: .text("issued"), value: .integer(content.issued.milliseconds)),
            .init(key: .text("expires"), value: .integer(content.expires.milliseconds)),
            .init(key: .text("addresses"), value: .array(content.addresses.map { .bytes($0.bytes) })),
            .init(key: .text("epoch"), value: .bytes(content.epoch.bytes)),
            .init(key: .text("heads"), value: .array(content.heads.map { .bytes($0.bytes) })),
        ]
        if let to = content.addressee { entries.append(.init(key: .text("to"), value: .bytes(to.bytes))) }
        if let key = content.key { entries.append(.init(key: .text("key"), value: .bytes(key))) }
        let signed = [version] + CBOR.map(entries).encoded()
        let encoded = signed + key.sign(domain + signed)
        // What we make must be what we read.
        return try Invite(decoding: encoded)
    }

    /// Reads an invite, and verifies that its inviter signed it.
    ///
    /// - Throws: ``GroupError`` `invite_malformed`, `invite_forged`.
    public init(decoding bytes: [UInt8]) throws(GroupError) {
        guard bytes.count <= Self.maximumByteCount, bytes.count > Ed25519.signatureByteCount,
            bytes.first == Self.version
        else { throw Self.malformed }
        let signed = Array(bytes.dropLast(Ed25519.signatureByteCount))
        let item = Array(signed.dropFirst())
        guard let map = try? CBOR(decoding: item, limits: Self.limits), let content = Content(map),
            map.encoded() == item
        else { throw Self.malformed }
        let signature = Array(bytes.suffix(Ed25519.signatureByteCount))
        guard let key = content.inviter.publicKey, key.type == .ed25519,
            key.isValid(signature: signature, for: Self.domain + signed)
        else {
            throw GroupError(.inviteForged, "the invite was not signed by the one whom it names; do not trust it")
        }
        self.init(content, encoded: bytes)
    }

    /// The invite as one line: `linnet:invite:` and base64url.
    public var text: String { Self.textPrefix + Multibase.base64URL.encodeWithoutPrefix(encoded) }

    /// Reads the line, with or without white space around it.
    ///
    /// - Throws: ``GroupError`` `invite_malformed`, `invite_forged`.
    public init(_ text: some StringProtocol) throws(GroupError) {
        let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0d).contains(byte) }
        // What stands around it is bounded, too.
        var line = Array(text.utf8.prefix(2 * Self.maximumTextByteCount))[...].drop(while: isSpace)
        while let last = line.last, isSpace(last) { line.removeLast() }
        guard line.count <= Self.maximumTextByteCount, line.starts(with: Self.textPrefix.utf8),
            let digits = String(validating: line.dropFirst(Self.textPrefix.utf8.count), as: UTF8.self),
            let bytes = try? Multibase.base64URL.decodeWithoutPrefix(digits)
        else { throw Self.malformed }
        try self.init(decoding: bytes)
    }

    private static let malformed = GroupError(
        .inviteMalformed, "this is no invite; it must be the whole line that begins with '\(textPrefix)'")
}

extension Invite.Content {
    fileprivate init?(_ map: CBOR) {
        guard let group = map["group"]?.bytesValue.flatMap(Digest.init),
            let name = map["name"]?.textValue, GroupProfile.isName(name),
            let visibility = map["visibility"]?.textValue.flatMap(Visibility.init(rawValue:)),
            let inviter = Self.peer(map["inviter"]), let issued = Self.time(map["issued"]),
            let expires = Self.time(map["expires"]), issued <= expires,
            let epoch = map["epoch"]?.bytesValue.flatMap(Digest.init),
            let addresses = map["addresses"]?.arrayValue, addresses.count <= Invite.maximumAddresses,
            let heads = map["heads"]?.arrayValue, (1...Invite.maximumHeads).contains(heads.count)
        else { return nil }
        self.init(
            group: GroupID(group), name: name, visibility: visibility, inviter: inviter, addressee: nil, issued: issued,
            expires: expires, addresses: [], epoch: epoch, heads: [], key: nil)
        if let to = map["to"] {
            guard let peer = Self.peer(to), peer.publicKey?.type == .ed25519 else { return nil }
            addressee = peer
        }
        for item in heads {
            guard let head = item.bytesValue.flatMap(Digest.init), self.heads.last.map({ $0 < head }) ?? true else {
                return nil
            }
            self.heads.append(head)
        }
        var addressBytes = 0
        for item in addresses {
            guard let bytes = item.bytesValue else { return nil }
            addressBytes += bytes.count
            // An address of a protocol that is not known here is passed over: the others may do.
            if let address = try? Multiaddr(bytes: bytes) { self.addresses.append(address) }
        }
        guard addressBytes <= Invite.maximumAddressByteCount else { return nil }
        let keyCount = map["key"]?.bytesValue?.count
        switch (visibility, addressee) {
        case (.public, _): guard map["key"] == nil else { return nil }
        case (.private, nil): guard keyCount == EpochKey.byteCount else { return nil }
        case (.private, _): guard keyCount == X25519.byteCount + SealedKey.byteCount else { return nil }
        }
        key = map["key"]?.bytesValue
    }

    private static func peer(_ item: CBOR?) -> PeerID? {
        item?.bytesValue.flatMap { try? PeerID(bytes: $0) }
    }

    private static func time(_ item: CBOR?) -> Timestamp? {
        guard let value = item?.integerValue, (0..<1 << 48).contains(value) else { return nil }
        return Timestamp(milliseconds: value)
    }
}
