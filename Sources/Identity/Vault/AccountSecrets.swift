import Crypto

/// What a vault keeps: who the account is, where that comes from, and the key of its store.
public struct AccountSecrets: Sendable {
    /// The Ed25519 seed of the identity, 32 bytes.
    public let identitySeed: SecretBytes
    /// The key of the account's store, 32 random bytes.
    public let storeKey: SecretBytes
    /// The entropy of the mnemonic, 16 to 32 bytes (BIP-39); nil if the identity does not come from one.
    public let entropy: SecretBytes?
    /// The passphrase of the mnemonic (BIP-39), at most 255 bytes; nil if it has none.
    public let mnemonicPassphrase: SecretBytes?
    /// The identity.
    public let identity: KeyPair

    /// The secrets of an account.
    ///
    /// - Precondition: the lengths are as above.
    public init(
        identitySeed: SecretBytes, storeKey: SecretBytes, entropy: SecretBytes? = nil,
        mnemonicPassphrase: SecretBytes? = nil
    ) {
        precondition(storeKey.count == Self.keyByteCount, "the key of a store has 32 bytes")
        precondition((entropy?.count ?? 0) <= 32 && (mnemonicPassphrase?.count ?? 0) <= 255, "secrets are too long")
        self.identitySeed = identitySeed
        self.storeKey = storeKey
        self.entropy = entropy
        self.mnemonicPassphrase = mnemonicPassphrase
        identity = KeyPair(seed: identitySeed)
    }

    /// Overwrites all of them, in every copy. Nobody may be using them on another thread.
    public func wipe() {
        identitySeed.wipe()
        storeKey.wipe()
        entropy?.wipe()
        mnemonicPassphrase?.wipe()
        identity.wipe()
    }

    private static let keyByteCount = 32

    /// `seed 32 · store key 32 · length u8 · entropy · length u8 · passphrase`.
    func encoded() -> SecretBytes {
        let parts = [entropy, mnemonicPassphrase]
        let count = 2 * Self.keyByteCount + parts.reduce(0) { $0 + 1 + ($1?.count ?? 0) }
        return SecretBytes(count: count) { buffer in
            var rest = buffer[...]
            func put(_ secret: SecretBytes) {
                secret.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: rest).copyMemory(from: $0) }
                rest = rest.dropFirst(secret.count)
            }
            put(identitySeed)
            put(storeKey)
            for part in parts {
                rest[rest.startIndex] = UInt8(part?.count ?? 0)
                rest = rest.dropFirst()
                if let part { put(part) }
            }
        }
    }

    init(_ content: SecretBytes) throws(VaultError) {
        let parts = content.withUnsafeBytes { bytes -> [SecretBytes]? in
            var rest = bytes[...]
            func take(_ count: Int) -> SecretBytes? {
                guard rest.count >= count else { return nil }
                defer { rest = rest.dropFirst(count) }
                return SecretBytes(copying: UnsafeRawBufferPointer(rebasing: rest.prefix(count)))
            }
            func takeCounted() -> SecretBytes? {
                guard let count = rest.popFirst() else { return nil }
                return take(Int(count))
            }
            guard let seed = take(Self.keyByteCount), let key = take(Self.keyByteCount), let entropy = takeCounted(),
                let passphrase = takeCounted(), rest.isEmpty, entropy.count <= 32
            else { return nil }
            return [seed, key, entropy, passphrase]
        }
        guard let parts, parts.count == 4 else { throw .corrupt("its secrets are not complete") }
        self.init(
            identitySeed: parts[0], storeKey: parts[1], entropy: parts[2].count > 0 ? parts[2] : nil,
            mnemonicPassphrase: parts[3].count > 0 ? parts[3] : nil)
    }
}
