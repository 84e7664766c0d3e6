import CSodium

/// # Crypto
///
/// The primitives of the stack as Swift types. libsodium does Ed25519, X25519, HMAC and guarded memory, libcrypto does
/// ChaCha20-Poly1305, the hashes, PBKDF2, RSA and ECDSA (it is the faster one there), libsecp256k1 does its curve.
/// Home-made is only Keccak-256, which none of them has.
///
/// | to | use |
/// |---|---|
/// | keep a secret | ``SecretBytes`` |
/// | sign and verify | ``Ed25519``, ``Secp256k1``; verify only: ``ECDSA``, ``RSA`` |
/// | sign so that the signer can be recovered | ``Secp256k1/PrivateKey``, ``RecoverableSignature`` |
/// | agree on a key | ``X25519``, also with the keys of ``Ed25519`` |
/// | derive keys | ``HKDFSHA256``, ``HMACSHA256``, ``HMACSHA512``, ``PBKDF2SHA512`` |
/// | encrypt records | ``ChaCha20Poly1305`` |
/// | encrypt what is kept | ``XChaCha20Poly1305``; many records: ``XChaCha20Poly1305Cipher`` |
/// | authenticate short records | ``BLAKE2b`` |
/// | make a key of a passphrase | ``Argon2id`` |
/// | hash | ``SHA256``, ``SHA512``, ``Keccak256``, ``SHA1``, ``RIPEMD160`` |
/// | compare secrets and tags | ``ConstantTime`` |
///
/// Secrets live in ``SecretBytes`` and are lent to a closure; they are never an array or a text.
/// Every length that a peer can choose is checked before a C function sees it.
enum Sodium {
    /// libsodium is initialised at the first touch of this constant: every entry into the library passes it.
    private static let initialised: Bool = {
        precondition(isUsable, "libsodium could not be initialised")
        return true
    }()

    /// Whether it could be initialised.
    static let isUsable = sodium_init() >= 0

    /// Makes sure that libsodium has picked its implementations and seeded itself.
    @inline(__always)
    static func initialise() {
        _ = initialised
    }
}
