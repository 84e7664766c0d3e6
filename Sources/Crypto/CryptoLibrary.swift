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
}
