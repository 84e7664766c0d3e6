import Crypto

/// A public key of secp256k1 with the chain code that its normal children are derived with (BIP-32). Together with
/// the private key of any one of those it gives the private parent away.
public struct ExtendedPublicKey: Sendable {
    /// How many steps the key is from its master key.
    public let depth: UInt8
    /// The first four bytes of the parent's identifier; zeros for a master key.
    public let parentFingerprint: [UInt8]
    /// Which child of its parent the key is; 0 for a master key.
    public let childNumber: ChildNumber
    /// The key itself, on the curve.
    public let key: Secp256k1.PublicKey
    /// The 32 bytes that its children are derived with.
    public let chainCode: SecretBytes

    init(
        depth: UInt8, parentFingerprint: [UInt8], childNumber: ChildNumber, key: Secp256k1.PublicKey,
        chainCode: SecretBytes
    ) {
        self.depth = depth
        self.parentFingerprint = parentFingerprint
        self.childNumber = childNumber
        self.key = key
        self.chainCode = chainCode
    }

    /// The first four bytes of the key's identifier, RIPEMD-160 over SHA-256.
    public var fingerprint: [UInt8] {
        Array(RIPEMD160.hash(SHA256.hash(key.bytes)).prefix(4))
    }

    /// One normal child (BIP-32, "Public parent key → public child key").
    ///
    /// Throws ``DerivationError/hardenedChildOfPublicKey(_:)``, ``DerivationError/tooDeep``, or
    /// ``DerivationError/invalidChild(_:)`` with a probability below 2^-127.
    public func child(_ number: ChildNumber) throws(DerivationError) -> ExtendedPublicKey {
        guard !number.isHardened else { throw .hardenedChildOfPublicKey(number) }
        guard depth < .max else { throw .tooDeep }
        let code = childCode(number)
        guard let key = try? code.withUnsafeBytes({ (code) throws(CryptoError) in try key.adding(code) }) else {
            throw .invalidChild(number)
        }
        return ExtendedPublicKey(
            depth: depth + 1, parentFingerprint: fingerprint, childNumber: number, key: key,
            chainCode: ExtendedKeyParts.halves(code).chainCode)
    }

    /// What a normal child is made of: the step from this key to it, and its chain code.
    func childCode(_ number: ChildNumber) -> SecretBytes {
        number.bytes.withUnsafeBytes { number in
            chainCode.withUnsafeBytes { chainCode in
                key.bytes.withUnsafeBytes { point in
                    HMACSHA512.authenticationCode(for: [point, number], key: chainCode)
                }
            }
        }
    }

    /// The descendant at the end of a path of normal children that starts at this key.
    public func derive(_ path: DerivationPath) throws(DerivationError) -> ExtendedPublicKey {
        var key = self
        for number in path.components { key = try key.child(number) }
        return key
    }
}

extension ExtendedPublicKey: Equatable {
    /// Whether both are the same key of the same parent.
    public static func == (left: ExtendedPublicKey, right: ExtendedPublicKey) -> Bool {
        left.depth == right.depth && left.parentFingerprint == right.parentFingerprint
            && left.childNumber == right.childNumber && left.key == right.key && left.chainCode == right.chainCode
    }
}
