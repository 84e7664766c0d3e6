import Multiformats

extension PeerID: CustomStringConvertible {
    /// The longest text that is read, in bytes; every form of a peer id is shorter.
    public static let maximumTextCount = 128

    /// Reads any text of a peer id: base58 (`12D3KooW…`, `16Uiu2HA…`, `Qm…`), or a version 1 CID of the codec
    /// libp2p-key in any multibase (`bafz…`, `k51…`).
    public init(_ text: some StringProtocol) throws(IdentityError) {
        guard text.utf8.count <= Self.maximumTextCount else { throw .malformedPeerID("the text is too long") }
        guard !text.isEmpty else { throw .malformedPeerID("the text is empty") }
        let bytes: [UInt8]
        if text.hasPrefix("1") || text.hasPrefix("Qm") {
            do {
                bytes = try Base58.decode(text, limit: Self.maximumTextCount)
            } catch {
                throw .malformedPeerID("not base58")
            }
        } else {
            bytes = try Self.multihash(ofCID: text)
        }
        try self.init(bytes: bytes)
    }

    private static func multihash(ofCID text: some StringProtocol) throws(IdentityError) -> [UInt8] {
        let cid: CID
        do {
            cid = try CID(text)
        } catch {
            throw .malformedPeerID("neither base58 nor a CID")
        }
        guard cid.version == .v1, cid.codec == .libp2pKey else {
            throw .malformedPeerID("a CID of something else than a libp2p key")
        }
        return cid.multihash.bytes
    }

    /// The usual text, in base58: `12D3KooW…`.
    public var description: String { Base58.encode(bytes) }

    /// The text as a version 1 CID in base32: `bafz…`.
    public var cidText: String {
        Multibase.base32.encode([0x01, UInt8(CID.Codec.libp2pKey.rawValue)] + bytes)
    }
}
