import Crypto

/// An Ed25519 key with the chain code that its children are derived with (SLIP-0010). All children are hardened.
///
/// gigi derives its peer id in another way: see ``AccountKeys``.
public struct ExtendedEd25519Key: Sendable {
    /// How many steps the key is from its master key.
    public let depth: UInt8
    /// The 32 bytes that ``keyPair`` is made of. They are the secret itself.
    public let seed: SecretBytes
    /// The 32 bytes that its children are derived with.
    public let chainCode: SecretBytes

    /// The master key of a seed.
    public init(seed: Seed) {
        self.init(depth: 0, code: seed.master(curve: "ed25519 seed"))
    }

    private init(depth: UInt8, code: SecretBytes) {
        self.depth = depth
        (seed, chainCode) = ExtendedKeyParts.halves(code)
    }

    /// The identity that the key is.
    public var keyPair: KeyPair { KeyPair(seed: seed) }

    /// One hardened child. Throws ``DerivationError/normalChildOfEd25519(_:)`` or ``DerivationError/tooDeep``.
    public func child(_ number: ChildNumber) throws(DerivationError) -> ExtendedEd25519Key {
        guard number.isHardened else { throw .normalChildOfEd25519(number) }
        guard depth < .max else { throw .tooDeep }
        let code = number.bytes.withUnsafeBytes { number in
            chainCode.withUnsafeBytes { chainCode in
                seed.withUnsafeBytes { seed in
                    withUnsafeBytes(of: UInt8(0)) { zero in
                        HMACSHA512.authenticationCode(for: [zero, seed, number], key: chainCode)
                    }
                }
            }
        }
        return ExtendedEd25519Key(depth: depth + 1, code: code)
    }

    /// The descendant at the end of a path of hardened children that starts at this key.
    public func derive(_ path: DerivationPath) throws(DerivationError) -> ExtendedEd25519Key {
        var key = self
        for number in path.components { key = try key.child(number) }
        return key
    }
}
