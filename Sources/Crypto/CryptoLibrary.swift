import COpenSSL
import CSodium

/// A library that this module calls.
public struct CryptoLibrary: Sendable {
    /// Its name.
    public let name: String
    /// The version that runs, such as `1.0.18`.
    public let version: String

    /// Those that tell their version.
    public static var all: [CryptoLibrary] {
        [
            CryptoLibrary(name: "libsodium", version: String(cString: sodium_version_string())),
            CryptoLibrary(
                name: "OpenSSL", version: OpenSSL_version(OPENSSL_VERSION_STRING).map { String(cString: $0) } ?? "?"),
        ]
    }

    /// The algorithms that this module calls and the libraries do not offer, by the library's names: OpenSSL's
    /// configuration may leave some out, such as all but those that FIPS 140 knows. Nothing of this module may be called
    /// unless it is empty.
    public static let missing: [String] = {
        // libsodium has no choice to offer, but needs a source of random numbers.
        var missing = Sodium.isUsable ? [] : ["libsodium"]
        for name in ["SHA1", "SHA256", "SHA512", "RIPEMD160"] {
            let method = EVP_MD_fetch(nil, name, nil)
            if method == nil { missing.append(name) }
            EVP_MD_free(method)
        }
        let cipher = EVP_CIPHER_fetch(nil, "ChaCha20-Poly1305", nil)
        if cipher == nil { missing.append("ChaCha20-Poly1305") }
        EVP_CIPHER_free(cipher)
        let code = EVP_MAC_fetch(nil, "HMAC", nil)
        if code == nil { missing.append("HMAC") }
        EVP_MAC_free(code)
        let derivation = EVP_KDF_fetch(nil, "PBKDF2", nil)
        if derivation == nil { missing.append("PBKDF2") }
        EVP_KDF_free(derivation)
        for name in ["RSA", "EC"] {
            let keys = EVP_KEYMGMT_fetch(nil, name, nil)
            if keys == nil { missing.append(name) }
            EVP_KEYMGMT_free(keys)
        }
        for name in ["RSA", "ECDSA"] {
            let signature = EVP_SIGNATURE_fetch(nil, name, nil)
            if signature == nil, !missing.contains(name) { missing.append(name) }
            EVP_SIGNATURE_free(signature)
        }
        ERR_clear_error()
        return missing
    }()
}
