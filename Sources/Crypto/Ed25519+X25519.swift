import CSodium

extension Ed25519.PrivateKey {
    /// The X25519 key that belongs to this signing key: one identity to sign with and to be sent secrets to
    /// (RFC 7748 section 4.1, the map between the two forms of the curve).
    public var x25519: X25519.PrivateKey {
        let bytes = SecretBytes(count: X25519.byteCount) { scalar in
            withUnsafeExpandedBytes { _ = crypto_sign_ed25519_sk_to_curve25519(scalar.octets, $0.octets) }
        }
        return X25519.PrivateKey(bytes: bytes)
    }
}

extension Ed25519.PublicKey {
    /// The 32-byte X25519 public key that belongs to this verification key.
    ///
    /// - Throws: `malformedKey` where the bytes are no point of the curve, or one of small order.
    public func x25519() throws(CryptoError) -> [UInt8] {
        Sodium.initialise()
        var point = [UInt8](repeating: 0, count: X25519.byteCount)
        guard bytes.count == Ed25519.publicKeyByteCount, crypto_sign_ed25519_pk_to_curve25519(&point, bytes) == 0 else {
            throw .malformedKey("no point of the curve")
        }
        return point
    }
}
