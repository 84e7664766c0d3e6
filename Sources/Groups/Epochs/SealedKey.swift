import Crypto
import Identity
import Ledger

/// A 32-byte key that only one peer can read: 32 bytes and a tag of 16, beside the public half of a one-time X25519 key
/// that several may share.
///
/// The box is XChaCha20-Poly1305 under HKDF-SHA256 of the Diffie–Hellman secret (salt: both public keys; info:
/// `linnet-group-key` and the group's id). Each such key encrypts once, so that the nonce is zero.
enum SealedKey {
    /// The length of a box in bytes.
    static let byteCount = EpochKey.byteCount + XChaCha20Poly1305.tagByteCount
    private static let nonce = [UInt8](repeating: 0, count: XChaCha20Poly1305.nonceByteCount)

    /// Seals a key for a peer.
    ///
    /// - Throws: ``GroupError`` `unsupported_key` where the peer has no Ed25519 key that secrets can be sealed to.
    static func seal(
        _ secret: SecretBytes, to peer: PeerID, with ephemeral: X25519.PrivateKey, group: GroupID
    ) throws(GroupError) -> [UInt8] {
        guard let recipient = try? peer.publicKey?.agreementKey(),
            let shared = try? ephemeral.sharedSecret(with: recipient)
        else { throw .unsupportedKey(peer) }
        let key = boxKey(shared, ephemeral: ephemeral.publicKey, recipient: recipient, group: group)
        return XChaCha20Poly1305.seal(secret, key: key, nonce: nonce, authenticating: group.bytes)
    }

    /// Opens a box that is for us; nil if it is not, or was damaged.
    static func open(
        _ box: [UInt8], by identity: KeyPair, ephemeral: [UInt8], group: GroupID
    ) -> SecretBytes? {
        let own = identity.agreementKey
        guard box.count == byteCount, let shared = try? own.sharedSecret(with: ephemeral) else { return nil }
        let key = boxKey(shared, ephemeral: ephemeral, recipient: own.publicKey, group: group)
        return try? XChaCha20Poly1305.open(box, key: key, nonce: nonce, authenticating: group.bytes)
    }

    /// A new one-time key.
    static func ephemeral(_ random: (UnsafeMutableRawBufferPointer) -> Void) -> X25519.PrivateKey {
        X25519.PrivateKey(bytes: SecretBytes(count: X25519.byteCount, random))
    }

    private static func boxKey(
        _ shared: SecretBytes, ephemeral: [UInt8], recipient: [UInt8], group: GroupID
    ) -> SecretBytes {
        let root = HKDFSHA256.extract(salt: ephemeral + recipient, keyMaterial: shared)
        return HKDFSHA256.expand(
            root, info: Array("linnet-group-key".utf8) + group.bytes, count: XChaCha20Poly1305.keyByteCount)
    }
}
