import Crypto
import Identity

/// The X25519 key that stays the same in all handshakes of a process, with the identity's signature over it.
///
/// It is not persisted: a process draws a new one at its start. Signing once instead of at each handshake is what
/// keeping it buys.
public struct NoiseStaticKey: Sendable {
    /// What the identity key signs is this text followed by the 32 bytes of the public key.
    static let signatureDomain = Array("noise-libp2p-static-key:".utf8)

    /// The private key.
    let privateKey: X25519.PrivateKey

    /// The identity's signature over the public key.
    let signature: [UInt8]

    /// The 32 bytes of the public key.
    public var publicKey: [UInt8] { privateKey.publicKey }

    /// Binds a key to the identity by signing it.
    public init(privateKey: X25519.PrivateKey, identity: KeyPair) {
        self.init(
            privateKey: privateKey, signature: identity.sign(Self.signedMessage(for: privateKey.publicKey)))
    }

    init(privateKey: X25519.PrivateKey, signature: [UInt8]) {
        self.privateKey = privateKey
        self.signature = signature
    }

    /// What an identity signs to vouch for `publicKey`.
    static func signedMessage(for publicKey: [UInt8]) -> [UInt8] {
        signatureDomain + publicKey
    }
}
