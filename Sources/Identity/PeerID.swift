import Crypto
import Multiformats

/// The name of a peer: a multihash of its public key (libp2p/specs peer-ids).
///
/// Keys of at most 42 bytes are inlined (Ed25519, secp256k1: the key can be read back), larger ones are hashed with
/// SHA-256. No other multihash is a peer id.
public struct PeerID: Hashable, Sendable {
    /// The multihash: 38 bytes of an Ed25519 peer, 39 of secp256k1, 34 of the others.
    public let bytes: [UInt8]

    /// Reads a peer id that is all of `bytes`. An inlined key must be a canonical PublicKey message.
    public init(bytes: [UInt8]) throws(IdentityError) {
        // The three shapes that exist, by their first bytes: no other key fits into 42 bytes.
        let isValid =
            switch bytes.count {
            case Self.hashedPrefix.count + 32: bytes.starts(with: Self.hashedPrefix)
            case Self.ed25519Prefix.count + 32: bytes.starts(with: Self.ed25519Prefix)
            case Self.secp256k1Prefix.count + 33:
                bytes.starts(with: Self.secp256k1Prefix)
                    && (2...3).contains(bytes[Self.secp256k1Prefix.count])
            default: false
            }
        guard isValid else { throw .malformedPeerID("neither an inlined key nor a SHA-256 multihash") }
        self.bytes = bytes
    }

    /// The id of the peer that has this key.
    public init(publicKey: PublicKey) {
        let message = publicKey.protobuf
        bytes =
            message.count <= Self.maximumInlinedByteCount
            ? [0x00, UInt8(message.count)] + message : Self.hashedPrefix + SHA256.hash(message)
    }

    /// The key, if the id holds it; nil if the id is a hash: then the key comes from a handshake or beside the id.
    public var publicKey: PublicKey? {
        guard bytes.first == 0x00 else { return nil }
        return try? PublicKey(protobuf: Array(bytes.dropFirst(2)))
    }

    /// Feeds the bytes to the hasher at once: ids are looked up for every message, and one by one is slow.
    public func hash(into hasher: inout Hasher) {
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }

    /// The longest PublicKey message that is inlined, in bytes.
    private static let maximumInlinedByteCount = 42
    private static let hashedPrefix: [UInt8] = [0x12, 0x20]
    private static let ed25519Prefix: [UInt8] = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20]
    private static let secp256k1Prefix: [UInt8] = [0x00, 0x25, 0x08, 0x02, 0x12, 0x21]
}

extension PeerID: Comparable {
    /// The order of the bytes, so that sorted peers stand in one order everywhere.
    public static func < (left: PeerID, right: PeerID) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}
