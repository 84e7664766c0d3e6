import CSodium

extension XChaCha20Poly1305 {
    /// The ciphertext of a message and its tag. For what is no key: messages live in ordinary memory.
    ///
    /// - Precondition: the key has 32 bytes, the nonce 24.
    public static func seal(
        message: [UInt8], key: SecretBytes, nonce: [UInt8], authenticating header: [UInt8]
    ) -> [UInt8] {
        precondition(key.count == keyByteCount && nonce.count == nonceByteCount, "wrong length of key or nonce")
        Sodium.initialise()
        return [UInt8](unsafeUninitializedCapacity: message.count + tagByteCount) { sealed, count in
            key.withUnsafeBytes { key in
                _ = crypto_aead_xchacha20poly1305_ietf_encrypt(
                    UnsafeMutableRawBufferPointer(sealed).octets, nil, message, UInt64(message.count), header,
                    UInt64(header.count), nil, nonce, key.octets)
            }
            count = message.count + tagByteCount
        }
    }

    /// The message in a ciphertext with its tag.
    ///
    /// - Throws: `authenticationFailed`, `wrongCiphertextLength`.
    /// - Precondition: the key has 32 bytes, the nonce 24.
    public static func open(
        message sealed: [UInt8], key: SecretBytes, nonce: [UInt8], authenticating header: [UInt8]
    ) throws(CryptoError) -> [UInt8] {
        precondition(key.count == keyByteCount && nonce.count == nonceByteCount, "wrong length of key or nonce")
        guard sealed.count >= tagByteCount else { throw .wrongCiphertextLength(sealed.count) }
        Sodium.initialise()
        var result: Int32 = -1
        let message = [UInt8](unsafeUninitializedCapacity: max(1, sealed.count - tagByteCount)) { message, count in
            key.withUnsafeBytes { key in
                result = crypto_aead_xchacha20poly1305_ietf_decrypt(
                    UnsafeMutableRawBufferPointer(message).octets, nil, nil, sealed, UInt64(sealed.count), header,
                    UInt64(header.count), nonce, key.octets)
            }
            count = result == 0 ? sealed.count - tagByteCount : 0
        }
        guard result == 0 else { throw .authenticationFailed }
        return message
    }
}
