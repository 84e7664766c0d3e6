import COpenSSL
import CSodium

/// ChaCha20-Poly1305 (RFC 8439) over records in place, with the nonce of Noise: four zero bytes, then a 64-bit
/// little-endian counter (Noise, section 12.3).
///
/// One object is one key. The context of libcrypto is made once; a record changes only the nonce, so that sealing
/// costs nothing beyond the cipher. Not `Sendable`: a direction of a connection owns it.
public final class ChaCha20Poly1305 {
    /// The length of a key in bytes.
    public static let keyByteCount = 32
    /// The length of the tag that ``seal(_:count:nonce:authenticating:)`` appends, in bytes.
    public static let tagByteCount = 16

    private let context: OpaquePointer

    private struct Cipher: @unchecked Sendable {
        // Immutable, fetched once, lives as long as the process.
        let method: OpaquePointer

        static let chacha20Poly1305: Cipher = {
            guard let method = EVP_CIPHER_fetch(nil, "ChaCha20-Poly1305", nil) else {
                preconditionFailure("libcrypto has no ChaCha20-Poly1305")
            }
            return Cipher(method: method)
        }()
    }

    /// A cipher under `key`, which must be 32 bytes; libcrypto keeps its own copy and wipes it at the end.
    public init(key: SecretBytes) {
        precondition(key.count == Self.keyByteCount, "a ChaCha20-Poly1305 key has 32 bytes")
        guard let context = EVP_CIPHER_CTX_new() else { preconditionFailure("libcrypto is out of memory") }
        self.context = context
        let done = key.withUnsafeBytes { key in
            EVP_EncryptInit_ex2(
                context, Cipher.chacha20Poly1305.method, key.octets, nil, nil)
        }
        precondition(done == 1, "libcrypto could not take the key")
    }

    deinit {
        EVP_CIPHER_CTX_free(context)
    }

    /// Encrypts the first `count` bytes of `buffer` in place and writes the 16-byte tag right behind them.
    ///
    /// The caller never uses a nonce twice under one key.
    ///
    /// - Precondition: `buffer` has room for `count + 16` bytes.
    public func seal(
        _ buffer: UnsafeMutableRawBufferPointer, count: Int, nonce: UInt64,
        authenticating additionalData: UnsafeRawBufferPointer? = nil
    ) {
        precondition(
            count >= 0 && count <= Int(Int32.max) - Self.tagByteCount && buffer.count - Self.tagByteCount >= count,
            "no room for the tag")
        let bytes = buffer.bindMemory(to: UInt8.self).baseAddress
        var length: Int32 = 0
        // A record that libcrypto did not encrypt must never reach the wire, so every failure here ends the process;
        // with lengths checked and a key set, there is none.
        var done = withNonce(nonce) { EVP_EncryptInit_ex2(context, nil, nil, $0, nil) } == 1
        if let additionalData, additionalData.count > 0 {
            precondition(additionalData.count <= Int(Int32.max))
            let start = additionalData.bindMemory(to: UInt8.self).baseAddress
            done = done && EVP_EncryptUpdate(context, nil, &length, start, Int32(additionalData.count)) == 1
        }
        done = done && (count == 0 || EVP_EncryptUpdate(context, bytes, &length, bytes, Int32(count)) == 1)
        let tag = bytes.map { $0 + count }
        done = done && EVP_EncryptFinal_ex(context, tag, &length) == 1
        done =
            done
            && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagByteCount), tag) == 1
        precondition(done, "libcrypto could not encrypt")
    }

    /// Decrypts a record in place: `buffer` is ciphertext followed by its tag. Returns the plaintext's length; the
    /// plaintext stands at the front of `buffer`.
    ///
    /// On failure the buffer is wiped: unauthenticated plaintext is never left to be read by mistake.
    public func open(
        _ buffer: UnsafeMutableRawBufferPointer, nonce: UInt64,
        authenticating additionalData: UnsafeRawBufferPointer? = nil
    ) throws(CryptoError) -> Int {
        let count = buffer.count - Self.tagByteCount
        guard let bytes = buffer.bindMemory(to: UInt8.self).baseAddress, count >= 0, count <= Int(Int32.max) else {
            throw .wrongCiphertextLength(buffer.count)
        }
        var length: Int32 = 0
        let tag = bytes + count
        var done = withNonce(nonce) { EVP_DecryptInit_ex2(context, nil, nil, $0, nil) } == 1
        done =
            done
            && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagByteCount), tag) == 1
        if let additionalData, additionalData.count > 0 {
            let start = additionalData.bindMemory(to: UInt8.self).baseAddress
            done =
                done && additionalData.count <= Int(Int32.max)
                && EVP_DecryptUpdate(context, nil, &length, start, Int32(truncatingIfNeeded: additionalData.count)) == 1
        }
        done = done && (count == 0 || EVP_DecryptUpdate(context, bytes, &length, bytes, Int32(count)) == 1)
        // The tag is compared here, in constant time, and nothing is written.
        done = done && EVP_DecryptFinal_ex(context, tag, &length) == 1
        guard done else {
            sodium_memzero(bytes, buffer.count)
            throw .authenticationFailed
        }
        return count
    }

    @inline(__always)
    private func withNonce<Result>(_ counter: UInt64, _ body: (UnsafePointer<UInt8>?) -> Result) -> Result {
        var nonce: (UInt32, UInt32, UInt32) = (
            0, UInt32(truncatingIfNeeded: counter).littleEndian,
            UInt32(truncatingIfNeeded: counter >> 32).littleEndian
        )
        return withUnsafeBytes(of: &nonce) { body($0.bindMemory(to: UInt8.self).baseAddress) }
    }
}
