import Crypto

/// The keys that gigi derives from one mnemonic, so that the same words are the same account here and there.
///
/// | key | path | use |
/// |---|---|---|
/// | EVM | `m/44'/60'/0'/0/i` | secp256k1 |
/// | group | `m/44'/60'/1'/0/i` | the child's 32 bytes as an Ed25519 seed |
/// | peer | `m/44'/60'/2'/0/i` | the child's 32 bytes as an Ed25519 seed |
///
/// Or, for whoever wants no key of one curve to be one of another, group and peer over SLIP-0010, whose children are
/// all hardened: `m/44'/60'/1'/0'/i'` and `m/44'/60'/2'/0'/i'`. The EVM address is the same then.
public struct AccountKeys: Sendable {
    /// How group and peer are derived.
    public enum Tree: Sendable {
        /// Over secp256k1 (BIP-32), as gigi has it.
        case gigi
        /// Over Ed25519 (SLIP-0010).
        case slip10
    }

    /// What a key is for; the number is its account in the path.
    public enum Purpose: UInt32, CaseIterable, Sendable {
        /// The EVM address.
        case evm = 0
        /// The group id.
        case group = 1
        /// The peer id.
        case peer = 2
    }

    /// The last component of the paths: 0 for gigi, more for further accounts of the same words.
    public let index: UInt32
    /// The key of the EVM address.
    public let evmKey: Secp256k1.PrivateKey
    /// The EVM address.
    public let evmAddress: EVMAddress
    /// The key behind the group id.
    public let group: KeyPair
    /// The key that the peer is known by on the network.
    public let peer: KeyPair

    /// The group id.
    public var groupID: PeerID { group.peerID }
    /// The peer id.
    public var peerID: PeerID { peer.peerID }

    /// The keys of `seed` at `index`, which is below 2^31.
    ///
    /// Throws ``DerivationError/indexOutOfRange(_:)``, and ``DerivationError/invalidChild(_:)`` or
    /// ``DerivationError/invalidSeed`` with a probability below 2^-125.
    public init(seed: Seed, index: UInt32 = 0, tree: Tree = .gigi) throws(DerivationError) {
        let root = try ExtendedPrivateKey(seed: seed)
        evmKey = try root.derive(Self.path(for: .evm, index: index)).key
        evmAddress = EVMAddress(evmKey)
        switch tree {
        case .gigi:
            group = KeyPair(seed: try root.derive(Self.path(for: .group, index: index)).key.secret)
            peer = KeyPair(seed: try root.derive(Self.path(for: .peer, index: index)).key.secret)
        case .slip10:
            let root = ExtendedEd25519Key(seed: seed)
            group = try root.derive(Self.path(for: .group, index: index, tree: tree)).keyPair
            peer = try root.derive(Self.path(for: .peer, index: index, tree: tree)).keyPair
        }
        self.index = index
    }

    /// The path of a key. Throws ``DerivationError/indexOutOfRange(_:)`` if `index` is not below 2^31.
    public static func path(
        for purpose: Purpose, index: UInt32 = 0, tree: Tree = .gigi
    ) throws(DerivationError) -> DerivationPath {
        let isHardened = tree == .slip10 && purpose != .evm
        return try DerivationPath([
            ChildNumber(hardened: 44), ChildNumber(hardened: 60), ChildNumber(hardened: purpose.rawValue),
            isHardened ? ChildNumber(hardened: 0) : ChildNumber(normal: 0),
            isHardened ? ChildNumber(hardened: index) : ChildNumber(normal: index),
        ])
    }
}

extension AccountKeys: CustomStringConvertible {
    /// The addresses; nothing of the secrets.
    public var description: String { "AccountKeys(\(index): \(evmAddress), \(peerID))" }
}
