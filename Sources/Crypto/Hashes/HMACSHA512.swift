import CSodium

/// HMAC with SHA-512 (RFC 2104), the function that BIP-32 and SLIP-0010 derive keys with.
public enum HMACSHA512 {
    /// The length of a code in bytes.
    public static let byteCount = 64

    /// The 64-byte code of the joined parts under a key of any length. It is made in guarded memory, since what is
    /// derived with it is a secret.
    public static func authenticationCode(
        for parts: [UnsafeRawBufferPointer], key: UnsafeRawBufferPointer
    ) -> SecretBytes {
        SecretBytes(count: byteCount) { code in
            var state = crypto_auth_hmacsha512_state()
            withUnsafeBytes(of: UInt8(0)) { nothing in
                // An empty key has no address, and libsodium wants one.
                let key = key.isEmpty ? UnsafeRawBufferPointer(rebasing: nothing.prefix(0)) : key
                crypto_auth_hmacsha512_init(&state, key.octets, key.count)
            }
            for part in parts {
                crypto_auth_hmacsha512_update(
                    &state, part.bindMemory(to: UInt8.self).baseAddress, UInt64(part.count))
            }
            crypto_auth_hmacsha512_final(&state, code.octets)
            sodium_memzero(&state, MemoryLayout<crypto_auth_hmacsha512_state>.size)
        }
    }
}
