import COpenSSL

/// Verification through libcrypto with a key in SubjectPublicKeyInfo form (RFC 5280, section 4.1.2.7).
/// Its callers have checked the encoding and the size: libcrypto's parser never sees anything else.
enum SubjectPublicKey {
    /// Whether `signature` is valid over the SHA-256 of `message`; RSA with PKCS #1 v1.5 padding, ECDSA in DER.
    static func isValid(signature: [UInt8], for message: [UInt8], key encodedKey: [UInt8]) -> Bool {
        // What libcrypto notes of a refused signature would stay in the thread's error queue.
        defer { ERR_clear_error() }
        let key = encodedKey.withUnsafeBufferPointer { bytes in
            var position = bytes.baseAddress
            return d2i_PUBKEY(nil, &position, bytes.count)
        }
        guard let key else { return false }
        defer { EVP_PKEY_free(key) }
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestVerifyInit(context, nil, DigestAlgorithm.sha256.method, nil, key) == 1 else { return false }
        return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}
