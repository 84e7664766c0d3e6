import CSodium

/// BLAKE2b with a key (RFC 7693): the fastest code for short messages here.
public enum BLAKE2b {
    /// The lengths of a code, in bytes.
    public static let codeByteCounts = 16...64

    /// Writes the code of `message` under a key of 16 to 64 bytes; it is as long as `code`, 16 to 64 bytes.
    public static func authenticate(
        _ message: UnsafeRawBufferPointer, key: SecretBytes, into code: UnsafeMutableRawBufferPointer
    ) {
        precondition(codeByteCounts.contains(code.count) && codeByteCounts.contains(key.count), "16 to 64 bytes")
        Sodium.initialise()
        let start = message.bindMemory(to: UInt8.self).baseAddress
        let result = key.withUnsafeBytes { key in
            crypto_generichash_blake2b(code.octets, code.count, start, UInt64(message.count), key.octets, key.count)
        }
        precondition(result == 0, "libsodium could not hash")
    }
}
