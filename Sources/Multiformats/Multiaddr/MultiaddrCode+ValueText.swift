extension MultiaddrCode {
    /// The text of a value that `isValid` accepts.
    func text(ofValue value: [UInt8]) -> String {
        switch self {
        case .ip4: IPv4Text.format(value)
        case .ip6: IPv6Text.format(value)
        case .tcp, .udp, .dccp, .sctp, .ipcidr, .memory: String(Self.number(value))
        case .ip6zone, .dns, .dns4, .dns6, .dnsaddr, .sni, .unix: String(decoding: value, as: UTF8.self)
        case .p2p: Base58.encode(value)
        case .certhash: Multibase.base64URL.encode(value)
        case .onion, .onion3:
            Multibase.base32.encodeWithoutPrefix(Array(value.dropLast(2))) + ":\(Self.number(value.suffix(2)))"
        case .garlic32: Multibase.base32.encodeWithoutPrefix(value)
        case .garlic64: GarlicText.format(value)
        case .httpPath: PercentEncoding.encode(value)
        case .webrtcDirect, .webrtc, .p2pCircuit, .udt, .utp, .https, .tls, .noise, .quic, .quicV1, .webtransport,
            .ws, .wss, .http:
            ""
        }
    }

    /// The value that `text` stands for; nil if it is none of this protocol's. The caller still asks `isValid`.
    func value(ofText text: Substring) -> [UInt8]? {
        switch self {
        case .ip4: IPv4Text.parse(text)
        case .ip6: IPv6Text.parse(text)
        case .tcp, .udp, .dccp, .sctp: Self.bytes(ofNumber: text, count: 2)
        case .ipcidr: Self.bytes(ofNumber: text, count: 1)
        case .memory: Self.bytes(ofNumber: text, count: 8)
        case .ip6zone, .dns, .dns4, .dns6, .dnsaddr, .sni, .unix: Array(text.utf8)
        case .p2p: Self.peerID(text)
        case .certhash: try? Multibase.decode(text).bytes
        case .onion: Self.onion(text, hostCount: 10)
        case .onion3: Self.onion(text, hostCount: 35)
        case .garlic32: try? Multibase.base32.decodeWithoutPrefix(text)
        case .garlic64: GarlicText.parse(text)
        case .httpPath: PercentEncoding.decode(text)
        case .webrtcDirect, .webrtc, .p2pCircuit, .udt, .utp, .https, .tls, .noise, .quic, .quicV1, .webtransport,
            .ws, .wss, .http:
            text.isEmpty ? [] : nil
        }
    }

    private static func number(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// A decimal number as `count` bytes, big-endian.
    private static func bytes(ofNumber text: Substring, count: Int) -> [UInt8]? {
        // UInt64(_:) alone would let a plus sign pass.
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt64(text),
            number.leadingZeroBitCount >= 64 - 8 * count
        else { return nil }
        return (0..<count).reversed().map { UInt8(truncatingIfNeeded: number >> UInt64(8 * $0)) }
    }

    /// A peer id: base58 of the multihash if it begins with `1` or `Qm`, else a CID of a libp2p key.
    private static func peerID(_ text: Substring) -> [UInt8]? {
        if text.hasPrefix("1") || text.hasPrefix("Qm") { return try? Base58.decode(text) }
        guard let cid = try? CID(text), cid.version == .v1, cid.codec == .libp2pKey else { return nil }
        return cid.multihash.bytes
    }

    private static func onion(_ text: Substring, hostCount: Int) -> [UInt8]? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let hostText = parts.first, let portText = parts.last,
            let host = try? Multibase.base32.decodeWithoutPrefix(hostText), host.count == hostCount,
            let port = bytes(ofNumber: portText, count: 2)
        else { return nil }
        return host + port
    }
}

/// Base64 as I2P writes it: `-` and `~` for the last two digits, padded.
private enum GarlicText {
    private static let codec = BitCodec(
        bitsPerDigit: 6, alphabet: Alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-~"),
        isPadded: true)

    static func format(_ value: [UInt8]) -> String {
        var text: [UInt8] = []
        codec.encode(value, into: &text)
        return String(decoding: text, as: UTF8.self)
    }

    static func parse(_ text: Substring) -> [UInt8]? {
        try? codec.decode(Array(text.utf8)[...])
    }
}
