import CSodium

/// XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03): for single messages that are kept, with nonces long enough to be
/// drawn at random.
public enum XChaCha20Poly1305 {
    /// The length of a key in bytes.
    public static let keyByteCount = 32
    /// The length of a nonce in bytes.
    public static let nonceByteCount = 24
    /// The length of the tag behind the ciphertext, in bytes.
    public static let tagByteCount = 16

    /// The ciphertext of a secret and its tag.
    ///
    /// - Precondition: the key has 32 bytes, the nonce 24.
    public static func seal(
        _ secret: SecretBytes, key: SecretBytes, nonce: [UInt8], authenticating header: [UInt8]
    ) -> [UInt8] {
        precondition(key.count == keyByteCount && nonce.count == nonceByteCount, "wrong length of key or nonce")
        Sodium.initialise()
        return [UInt8](unsafeUninitializedCapacity: secret.count + tagByteCount) { sealed, count in
            secret.withUnsafeBytes { secret in
                key.withUnsafeBytes { key in
                    _ = crypto_aead_xchacha20poly1305_ietf_encrypt(
                        UnsafeMutableRawBufferPointer(sealed).octets, nil,
                        secret.bindMemory(to: UInt8.self).baseAddress, UInt64(secret.count), header,
                        UInt64(header.count), nil, nonce, key.octets)
                }
            }
            count = secret.count + tagByteCount
        }
    }

    /// The secret in a ciphertext with its tag.
    ///
    /// - Throws: `authenticationFailed`, `wrongCiphertextLength`.
    /// - Precondition: the key has 32 bytes, the nonce 24.
    public static func open(
        _ sealed: [UInt8], key: SecretBytes, nonce: [UInt8], authenticating header: [UInt8]
    ) throws(CryptoError) -> SecretBytes {
        precondition(key.count == keyByteCount && nonce.count == nonceByteCount, "wrong length of key or nonce")
        guard sealed.count > tagByteCount else { throw .wrongCiphertextLength(sealed.count) }
        Sodium.initialise()
        var result: Int32 = -1
        let secret = SecretBytes(count: sealed.count - tagByteCount) { secret in
            key.withUnsafeBytes { key in
                result = crypto_aead_xchacha20poly1305_ietf_decrypt(
                    secret.octets, nil, nil, sealed, UInt64(sealed.count), header, UInt64(header.count), nonce,
                    key.octets)
            }
        }
        guard result == 0 else { throw .authenticationFailed }
        return secret
    }
}

extension ChaCha20Poly1305 {
    /// The secret in one message with its tag, under a nonce of 12 bytes and without additional data: for files that
    /// other programs wrote.
    ///
    /// - Throws: `authenticationFailed`, `wrongCiphertextLength`, `wrongKeyLength`.
    public static func open(
        message sealed: [UInt8], key: SecretBytes, nonce: [UInt8]
    ) throws(CryptoError) -> SecretBytes {
        guard key.count == keyByteCount, nonce.count == 12 else {
            throw .wrongKeyLength(expected: keyByteCount, actual: key.count)
        }
        guard sealed.count > tagByteCount else { throw .wrongCiphertextLength(sealed.count) }
        Sodium.initialise()
        var result: Int32 = -1
        let secret = SecretBytes(count: sealed.count - tagByteCount) { secret in
            key.withUnsafeBytes { key in
                result = crypto_aead_chacha20poly1305_ietf_decrypt(
                    secret.octets, nil, nil, sealed, UInt64(sealed.count), nil, 0, nonce, key.octets)
            }
        }
        guard result == 0 else { throw .authenticationFailed }
        return secret
    }
}
