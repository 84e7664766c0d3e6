import Crypto

extension KeyPair {
    /// The X25519 key that others send secrets to who know this identity's public key.
    public var agreementKey: X25519.PrivateKey { privateKey.x25519 }
}

extension PublicKey {
    /// The 32-byte X25519 key that secrets for this identity's owner are sealed to.
    ///
    /// - Throws: ``IdentityError/unsupportedKeyType(_:)`` for any key but Ed25519, ``IdentityError/invalidKey(_:)``
    ///   where the key is no point of the curve, or one of small order.
    public func agreementKey() throws(IdentityError) -> [UInt8] {
        guard type == .ed25519 else { throw .unsupportedKeyType(type.rawValue) }
        do {
            return try Ed25519.PublicKey(data).x25519()
        } catch {
            throw .invalidKey(error)
        }
    }
}
