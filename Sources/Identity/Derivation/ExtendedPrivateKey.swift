import Crypto

/// A private key of secp256k1 with the chain code that its children are derived with (BIP-32).
public struct ExtendedPrivateKey: Sendable {
    /// How many steps the key is from its master key.
    public let depth: UInt8
    /// The first four bytes of the parent's identifier; zeros for a master key.
    public let parentFingerprint: [UInt8]
    /// Which child of its parent the key is; 0 for a master key.
    public let childNumber: ChildNumber
    /// The key itself.
    public let key: Secp256k1.PrivateKey
    /// The 32 bytes that its children are derived with.
    public let chainCode: SecretBytes

    /// The master key of a seed. Throws ``DerivationError/invalidSeed`` with a probability below 2^-127.
    public init(seed: Seed) throws(DerivationError) {
        let (key, chainCode) = ExtendedKeyParts.halves(seed.master(curve: "Bitcoin seed"))
        guard let key = try? Secp256k1.PrivateKey(key) else { throw .invalidSeed }
        self.init(
            depth: 0, parentFingerprint: [0, 0, 0, 0], childNumber: ChildNumber(rawValue: 0), key: key,
            chainCode: chainCode)
    }

    init(
        depth: UInt8, parentFingerprint: [UInt8], childNumber: ChildNumber, key: Secp256k1.PrivateKey,
        chainCode: SecretBytes
    ) {
        self.depth = depth
        self.parentFingerprint = parentFingerprint
        self.childNumber = childNumber
        self.key = key
        self.chainCode = chainCode
    }

    /// The key without its private half. It gives all normal children of this one away: treat it with care.
    public var publicKey: ExtendedPublicKey {
        ExtendedPublicKey(
            depth: depth, parentFingerprint: parentFingerprint, childNumber: childNumber, key: key.publicKey,
            chainCode: chainCode)
    }

    /// One child (BIP-32, "Private parent key → private child key").
    ///
    /// Throws ``DerivationError/tooDeep``, or ``DerivationError/invalidChild(_:)`` with a probability below 2^-127.
    public func child(_ number: ChildNumber) throws(DerivationError) -> ExtendedPrivateKey {
        guard depth < .max else { throw .tooDeep }
        let code = number.isHardened ? hardenedCode(number) : publicKey.childCode(number)
        guard let key = try? code.withUnsafeBytes({ (code) throws(CryptoError) in try key.adding(code) }) else {
            throw .invalidChild(number)
        }
        return ExtendedPrivateKey(
            depth: depth + 1, parentFingerprint: publicKey.fingerprint, childNumber: number, key: key,
            chainCode: ExtendedKeyParts.halves(code).chainCode)
    }

    private func hardenedCode(_ number: ChildNumber) -> SecretBytes {
        number.bytes.withUnsafeBytes { number in
            chainCode.withUnsafeBytes { chainCode in
                key.withUnsafeBytes { secret in
                    withUnsafeBytes(of: UInt8(0)) { zero in
                        HMACSHA512.authenticationCode(for: [zero, secret, number], key: chainCode)
                    }
                }
            }
        }
    }

    /// The descendant at the end of a path that starts at this key.
    public func derive(_ path: DerivationPath) throws(DerivationError) -> ExtendedPrivateKey {
        var key = self
        for number in path.components { key = try key.child(number) }
        return key
    }
}

extension ExtendedPrivateKey: CustomStringConvertible {
    /// Depth and number; nothing of the secret.
    public var description: String { "ExtendedPrivateKey(depth \(depth), child \(childNumber))" }
}
