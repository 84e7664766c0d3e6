extension MultiaddrCode {
    /// The longest host name, in bytes (RFC 1035 section 2.3.4).
    private static let maximumNameCount = 255

    /// Whether `value` is one of this protocol's: of its size, and with text that reads back as the same bytes.
    func isValid(_ value: [UInt8]) -> Bool {
        if case .fixed(let count) = size, count != value.count { return false }
        switch self {
        case .ip6zone, .dns, .dns4, .dns6, .dnsaddr, .sni:
            return value.count <= Self.maximumNameCount && Self.isPlainText(value) && !value.contains(0x2f)
        case .unix:
            return value.count > 1 && value.first == 0x2f && Self.isPlainText(value)
        case .p2p:
            return Self.isPeerID(value)
        case .certhash:
            return (try? Multihash(decoding: value)) != nil
        case .garlic32:
            return value.count == 32 || value.count >= 35
        case .garlic64:
            return value.count >= 386
        case .httpPath:
            return !value.isEmpty
        case .onion, .onion3:
            return value.suffix(2).contains { $0 != 0 }
        default:
            return true
        }
    }

    /// UTF-8, not empty, without control characters.
    private static func isPlainText(_ value: [UInt8]) -> Bool {
        !value.isEmpty && !value.contains { $0 < 0x20 || $0 == 0x7f } && String(validating: value, as: UTF8.self) != nil
    }

    /// A multihash that a peer id can be: an inlined key of at most 42 bytes, or a whole SHA-256 digest. Whether the
    /// inlined key is one is for `PeerID` to say.
    private static func isPeerID(_ value: [UInt8]) -> Bool {
        guard let multihash = try? Multihash(decoding: value) else { return false }
        return switch multihash.code {
        case .identity: (1...42).contains(multihash.digest.count)
        case .sha2256: multihash.digest.count == 32
        default: false
        }
    }
}
