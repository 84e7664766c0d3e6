import CSodium

/// HMAC with SHA-256 (RFC 2104).
public enum HMACSHA256 {
    /// The length of a code in bytes.
    public static let byteCount = 32

    /// The 32-byte code of `message` under a key of any length.
    public static func authenticationCode(for message: [UInt8], key: SecretBytes) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initialised in
            key.withUnsafeBytes { key in
                message.withUnsafeBytes { message in
                    authenticate([message], key: key, into: UnsafeMutableRawBufferPointer(buffer))
                }
            }
            initialised = byteCount
        }
    }

    /// Whether `code` is the whole code of `message` under `key`, compared in constant time.
    public static func isValid(_ code: [UInt8], for message: [UInt8], key: SecretBytes) -> Bool {
        ConstantTime.isEqual(code, authenticationCode(for: message, key: key))
    }

    /// Writes the code of the joined parts to the first 32 bytes of `code`, which may overlap a part.
    static func authenticate(
        _ parts: [UnsafeRawBufferPointer], key: UnsafeRawBufferPointer, into code: UnsafeMutableRawBufferPointer
    ) {
        precondition(code.count >= byteCount, "no room for the code")
        Sodium.initialise()
        var state = crypto_auth_hmacsha256_state()
        withUnsafeBytes(of: UInt8(0)) { nothing in
            // An empty key has no address, and libsodium wants one.
            let key = key.isEmpty ? UnsafeRawBufferPointer(rebasing: nothing.prefix(0)) : key
            crypto_auth_hmacsha256_init(&state, key.octets, key.count)
        }
        for part in parts {
            crypto_auth_hmacsha256_update(&state, part.bindMemory(to: UInt8.self).baseAddress, UInt64(part.count))
        }
        crypto_auth_hmacsha256_final(&state, code.octets)
        sodium_memzero(&state, MemoryLayout<crypto_auth_hmacsha256_state>.size)
    }
}
