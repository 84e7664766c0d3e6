import COpenSSL

/// PBKDF2 with HMAC-SHA512 (RFC 8018, section 5.2): how BIP-39 makes a seed of words. To keep a password's file, use
/// Argon2id instead.
public enum PBKDF2SHA512 {
    /// `count` bytes from a password and a salt.
    ///
    /// - Precondition: `count` and `iterations` are 1 or more, and no length is beyond 2^31 - 1.
    public static func derive(
        password: UnsafeRawBufferPointer, salt: UnsafeRawBufferPointer, iterations: Int, count: Int
    ) -> SecretBytes {
        precondition(count > 0 && iterations > 0, "PBKDF2 of nothing")
        return SecretBytes(count: count) { key in
            withUnsafeBytes(of: UInt8(0)) { nothing in
                // An empty input has no address, which libcrypto would read as one that is missing.
                let password = password.isEmpty ? UnsafeRawBufferPointer(rebasing: nothing.prefix(0)) : password
                let salt = salt.isEmpty ? UnsafeRawBufferPointer(rebasing: nothing.prefix(0)) : salt
                let done = PKCS5_PBKDF2_HMAC(
                    password.bindMemory(to: CChar.self).baseAddress, Int32(password.count), salt.octets,
                    Int32(salt.count), Int32(iterations), DigestAlgorithm.sha512.method, Int32(count), key.octets)
                precondition(done == 1, "libcrypto could not derive a key")
            }
        }
    }
}
