import LocalDiscovery
import Wire

/// What is known of a peer from the local network.
enum DiscoveryFields {
    static let nick = FieldSpec(
        "nick", .string(bytes: 1...64), "the peer's nickname; anybody can use any name", example: .string("Ada"))
    static let verified = FieldSpec(
        "verified", .boolean, "whether nick, capabilities and metadata are signed by the peer",
        example: .bool(true))
    static let capabilities = FieldSpec(
        "capabilities", .list(.text(256), count: 0...32), "the capabilities it claims",
        example: .array([.string("chat")]))
    static let metadata = FieldSpec(
        "metadata", .list(.object([key.required, value.required]), count: 0...32), "other data it provides",
        example: .array([.object([JSON.Member("key", .string("os")), JSON.Member("value", .string("linux"))])]))
    static let source = FieldSpec(
        "source", .choice(LocalDiscovery.Source.allCases.map(\.rawValue)),
        "how it was found: with libp2p's mDNS, or with gigi-dns, which provides more details")
    static let interface = FieldSpec(
        "interface", .text(64), "the interface on which it was first found", example: .string("eth0")
    ).measured

    private static let key = FieldSpec("key", .text(4096), "what it says", example: .string("os"))
    private static let value = FieldSpec("value", .text(4096), "what it is", example: .string("linux"))

    /// What the peer says about itself.
    static let profile = [nick, verified, capabilities, metadata]
    /// The payload of events about it.
    static let found =
        [Fields.peer.required, Fields.alias] + profile
        + [Fields.addresses.required, source.required, interface.required]
}

extension LineWriter {
    /// What a peer says about itself on the local network.
    mutating func profile(_ found: DiscoveredPeer?, told nick: String? = nil) {
        self.nick(found, told: nick)
        guard let found, found.nickname != nil else { return }
        if !found.capabilities.isEmpty { strings(DiscoveryFields.capabilities, found.capabilities) }
        guard !found.metadata.isEmpty else { return }
        field(DiscoveryFields.metadata) { json in
            json.beginArray()
            for fact in found.metadata {
                json.beginObject()
                json.key("key")
                json.string(fact.key)
                json.key("value")
                json.string(fact.value)
                json.endObject()
            }
            json.endArray()
        }
    }

    /// What a peer calls itself: there, or else where presence is told, which is always signed.
    mutating func nick(_ found: DiscoveredPeer?, told nick: String?) {
        string(DiscoveryFields.nick, found?.nickname ?? nick)
        bool(DiscoveryFields.verified, found?.nickname == nil ? nick.map { _ in true } : found?.isVerified)
    }

    /// The same, with where that was heard.
    mutating func found(_ found: DiscoveredPeer?, told nick: String? = nil) {
        profile(found, told: nick)
        guard let found else { return }
        string(DiscoveryFields.source, found.source.rawValue)
        string(DiscoveryFields.interface, found.interface)
    }
}
