import Crypto

/// Accounts that come from words.
extension AccountSecrets {
    /// The longest passphrase of a mnemonic that a vault keeps, in bytes.
    public static let maximumMnemonicPassphrase = 255

    /// The secrets of the account that words give, and the keys that it is known by.
    ///
    /// Takes about two milliseconds. Throws ``MnemonicError`` for a passphrase that has no one normal form or is
    /// longer than ``maximumMnemonicPassphrase`` bytes; ``DerivationError`` with a probability below 2^-120.
    public static func of(
        _ mnemonic: Mnemonic, passphrase: SecretBytes?, tree: AccountKeys.Tree, storeKey: SecretBytes
    ) throws -> (secrets: AccountSecrets, keys: AccountKeys) {
        guard (passphrase?.count ?? 0) <= maximumMnemonicPassphrase else {
            throw MnemonicError.tooLong(passphrase?.count ?? 0)
        }
        let keys = try AccountKeys(seed: try mnemonic.seed(passphrase: passphrase), tree: tree)
        let secrets = AccountSecrets(
            identitySeed: keys.peer.seed, storeKey: storeKey, entropy: mnemonic.entropy,
            mnemonicPassphrase: passphrase.flatMap { $0.count > 0 ? $0 : nil })
        return (secrets, keys)
    }

    /// The words; nil if the account does not come from any.
    public var mnemonic: Mnemonic? {
        guard let entropy else { return nil }
        return try? Mnemonic(entropy: entropy)
    }
}

extension AccountDescription {
    /// What is told of an account that comes from words.
    public init(name: String, created: Int64, keys: AccountKeys, tree: AccountKeys.Tree) {
        self.init(
            name: name, created: created, peer: keys.peerID, derivation: Derivation(tree),
            evmAddress: keys.evmAddress.bytes, group: keys.groupID)
    }

    /// How the account's keys come from its words; nil if they do not.
    public var tree: AccountKeys.Tree? {
        switch derivation {
        case .none: nil
        case .gigi: .gigi
        case .slip10: .slip10
        }
    }
}

extension AccountDescription.Derivation {
    /// The derivation over a tree.
    init(_ tree: AccountKeys.Tree) {
        switch tree {
        case .gigi: self = .gigi
        case .slip10: self = .slip10
        }
    }
}
