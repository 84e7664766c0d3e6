import Wire

/// What a vault tells of its account without its passphrase. It is authenticated with the secrets.
public struct AccountDescription: Hashable, Sendable {
    /// How the identity comes from what the vault keeps.
    public enum Derivation: UInt64, CaseIterable, Sendable {
        /// It does not: a key of its own, drawn at random or imported.
        case none = 0
        /// From a mnemonic, over BIP-32 on secp256k1, as gigi has it.
        case gigi = 1
        /// From a mnemonic, over SLIP-0010 on Ed25519.
        case slip10 = 2
    }

    /// The longest name, in bytes.
    public static let maximumName = 64

    /// What the user calls it.
    public var name: String
    /// When it was made, in milliseconds since 1970.
    public let created: Int64
    /// The identity.
    public let peer: PeerID
    /// Where the identity comes from.
    public let derivation: Derivation
    /// The EVM address at index 0, 20 bytes; nil without a mnemonic.
    public let evmAddress: [UInt8]?
    /// The group id at index 0; nil without a mnemonic.
    public let group: PeerID?

    /// A description.
    public init(
        name: String, created: Int64, peer: PeerID, derivation: Derivation, evmAddress: [UInt8]? = nil,
        group: PeerID? = nil
    ) {
        self.name = name
        self.created = created
        self.peer = peer
        self.derivation = derivation
        self.evmAddress = evmAddress
        self.group = group
    }

    var encoded: [UInt8] {
        var writer = ProtobufWriter()
        writer.string(1, name)
        writer.int64(2, created)
        writer.bytes(3, peer.bytes)
        writer.varint(4, derivation.rawValue)
        if let evmAddress { writer.bytes(5, evmAddress) }
        if let group { writer.bytes(6, group.bytes) }
        return writer.bytes
    }

    init(_ bytes: [UInt8]) throws(VaultError) {
        var (name, created, peer, group): (String?, Int64?, PeerID?, PeerID?)
        var derivation: Derivation?
        var evmAddress: [UInt8]?
        do {
            var reader = ProtobufReader(bytes)
            while let field = try reader.next() {
                switch field.number {
                case 1: name = try reader.string(of: field, limit: Self.maximumName)
                case 2: created = try field.int64
                case 3: peer = try PeerID(bytes: try reader.bytes(of: field, limit: 64))
                case 4: derivation = Derivation(rawValue: try field.uint64)
                case 5:
                    evmAddress = try reader.bytes(of: field, limit: 20)
                    guard evmAddress?.count == 20 else { throw VaultError.corrupt("an address has 20 bytes") }
                case 6: group = try PeerID(bytes: try reader.bytes(of: field, limit: 64))
                default: break
                }
            }
        } catch {
            throw .corrupt("its description cannot be read")
        }
        guard let name, let created, let peer, let derivation else {
            throw .corrupt("its description is not complete")
        }
        self.init(
            name: name, created: created, peer: peer, derivation: derivation, evmAddress: evmAddress, group: group)
    }
}
