import COpenSSL
import CSodium

/// ``XChaCha20Poly1305`` for many records under one key, in the caller's memory.
///
/// HChaCha20 of the nonce's first 16 bytes (its prefix) makes the key of a ChaCha20-Poly1305, which takes the last 8
/// (draft-irtf-cfrg-xchacha-03, section 2.3). The prefix's key is kept until another prefix comes, so that nonces which
/// count in their last 8 bytes cost nothing beyond the cipher; libcrypto does that, twice as fast as libsodium. Not
/// `Sendable`: one thread at a time.
public final class XChaCha20Poly1305Cipher {
    /// The length of the nonce's part that a key is derived from, in bytes.
    public static let prefixByteCount = 16

    private let key: SecretBytes
    private var sealing = Subcipher()
    private var opening = Subcipher()

    /// libcrypto's context for one direction, and the prefix whose key it holds.
    private struct Subcipher: ~Copyable {
        let context: OpaquePointer
        var prefix: (UInt64, UInt64)?
        /// True once the context knows its cipher; telling it again would cost it its memory.
        var hasMethod = false

        init() {
            guard let context = EVP_CIPHER_CTX_new() else { preconditionFailure("libcrypto is out of memory") }
            self.context = context
        }

        // libcrypto wipes the key that it copied.
        deinit { EVP_CIPHER_CTX_free(context) }
    }

    private struct Method: @unchecked Sendable {
        // Immutable, fetched once, lives as long as the process.
        let pointer: OpaquePointer

        static let chacha20Poly1305: Method = {
            guard let pointer = EVP_CIPHER_fetch(nil, "ChaCha20-Poly1305", nil) else {
                preconditionFailure("libcrypto has no ChaCha20-Poly1305")
            }
            return Method(pointer: pointer)
        }()
    }

    /// A cipher under `key`, which must be 32 bytes.
    public init(key: SecretBytes) {
        precondition(key.count == XChaCha20Poly1305.keyByteCount, "an XChaCha20-Poly1305 key has 32 bytes")
        Sodium.initialise()
        self.key = key
    }

    /// Encrypts `plaintext` into `ciphertext`, which has the same length and may be the same memory, and writes the
    /// 16-byte tag. The caller never uses a nonce twice under one key.
    ///
    /// - Precondition: `nonce` has 24 bytes, `tag` room for 16; the lengths fit an `Int32`.
    public func seal(
        _ plaintext: UnsafeRawBufferPointer, into ciphertext: UnsafeMutableRawBufferPointer,
        nonce: UnsafeRawBufferPointer, authenticating additionalData: UnsafeRawBufferPointer,
        tag: UnsafeMutableRawBufferPointer
    ) {
        precondition(ciphertext.count == plaintext.count && plaintext.count <= Int(Int32.max), "no room to encrypt")
        precondition(
            tag.count == XChaCha20Poly1305.tagByteCount && additionalData.count <= Int(Int32.max), "no room for the tag"
        )
        var length: Int32 = 0
        let context = sealing.context
        // Plaintext must never be stored in the ciphertext's place, so every failure here ends the process; with
        // lengths checked and a key set, there is none.
        var done = begin(&sealing, nonce, encrypts: true)
        if additionalData.count > 0 {
            done =
                done
                && EVP_EncryptUpdate(context, nil, &length, additionalData.octets, Int32(additionalData.count)) == 1
        }
        if plaintext.count > 0 {
            done =
                done
                && EVP_EncryptUpdate(context, ciphertext.octets, &length, plaintext.octets, Int32(plaintext.count)) == 1
        }
        done = done && EVP_EncryptFinal_ex(context, tag.octets, &length) == 1
        done = done && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tag.count), tag.octets) == 1
        precondition(done, "libcrypto could not encrypt")
    }

    /// Decrypts `bytes` in place.
    ///
    /// Throws `authenticationFailed` when the tag does not belong to this key, nonce, additional data and ciphertext;
    /// the bytes are wiped then, so that unauthenticated plaintext is never read by mistake.
    ///
    /// - Precondition: `nonce` has 24 bytes, `tag` 16; the lengths fit an `Int32`.
    public func open(
        _ bytes: UnsafeMutableRawBufferPointer, nonce: UnsafeRawBufferPointer,
        authenticating additionalData: UnsafeRawBufferPointer, tag: UnsafeRawBufferPointer
    ) throws(CryptoError) {
        precondition(bytes.count <= Int(Int32.max) && additionalData.count <= Int(Int32.max), "too long to decrypt")
        precondition(tag.count == XChaCha20Poly1305.tagByteCount, "a tag has 16 bytes")
        var length: Int32 = 0
        let context = opening.context
        var done = begin(&opening, nonce, encrypts: false)
        done =
            done
            && EVP_CIPHER_CTX_ctrl(
                context, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), UnsafeMutablePointer(mutating: tag.octets)) == 1
        if additionalData.count > 0 {
            done =
                done
                && EVP_DecryptUpdate(context, nil, &length, additionalData.octets, Int32(additionalData.count)) == 1
        }
        if bytes.count > 0 {
            done = done && EVP_DecryptUpdate(context, bytes.octets, &length, bytes.octets, Int32(bytes.count)) == 1
        }
        // The tag is compared here, in constant time; the pointer is not written to.
        var nothing: UInt8 = 0
        done = done && EVP_DecryptFinal_ex(context, &nothing, &length) == 1
        guard done else {
            if let start = bytes.baseAddress { sodium_memzero(start, bytes.count) }
            throw .authenticationFailed
        }
    }

    /// Sets the context to a nonce: its key, if the prefix is another than before, and four zero bytes with its tail.
    @inline(__always)
    private func begin(_ cipher: inout Subcipher, _ nonce: UnsafeRawBufferPointer, encrypts: Bool) -> Bool {
        precondition(nonce.count == XChaCha20Poly1305.nonceByteCount, "an XChaCha20-Poly1305 nonce has 24 bytes")
        let prefix = (nonce.loadUnaligned(as: UInt64.self), nonce.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        let isSamePrefix = cipher.prefix.map { $0 == prefix } ?? false
        if !isSamePrefix {
            cipher.prefix = nil
            guard takeKey(of: nonce, into: cipher.context, isFirst: !cipher.hasMethod, encrypts: encrypts) else {
                return false
            }
            cipher.prefix = prefix
            cipher.hasMethod = true
        }
        var short: (UInt32, UInt32, UInt32) = (
            0, nonce.loadUnaligned(fromByteOffset: 16, as: UInt32.self),
            nonce.loadUnaligned(fromByteOffset: 20, as: UInt32.self)
        )
        return withUnsafeBytes(of: &short) { short in
            encrypts
                ? EVP_EncryptInit_ex2(cipher.context, nil, nil, short.octets, nil)
                : EVP_DecryptInit_ex2(cipher.context, nil, nil, short.octets, nil)
        } == 1
    }

    private func takeKey(
        of nonce: UnsafeRawBufferPointer, into context: OpaquePointer, isFirst: Bool, encrypts: Bool
    ) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: XChaCha20Poly1305.keyByteCount, alignment: 16) { derived in
            defer { sodium_memzero(derived.baseAddress, derived.count) }
            let made = key.withUnsafeBytes { crypto_core_hchacha20(derived.octets, nonce.octets, $0.octets, nil) }
            guard made == 0 else { return false }
            let method = isFirst ? Method.chacha20Poly1305.pointer : nil
            return encrypts
                ? EVP_EncryptInit_ex2(context, method, derived.octets, nil, nil) == 1
                : EVP_DecryptInit_ex2(context, method, derived.octets, nil, nil) == 1
        }
    }
}
