/// Why a key cannot be derived or read. No case carries secret bytes.
public enum DerivationError: Error, Equatable, Sendable {
    /// A seed that is not of 16...64 bytes; the number is its length.
    case seedLength(Int)
    /// A seed that gives no master key. It does not happen by chance.
    case invalidSeed
    /// The key has no child of this number; the next number has one. It does not happen by chance.
    case invalidChild(ChildNumber)
    /// A hardened child takes the private key; only the public one is there.
    case hardenedChildOfPublicKey(ChildNumber)
    /// Ed25519 has hardened children only (SLIP-0010).
    case normalChildOfEd25519(ChildNumber)
    /// A key at depth 255 has no children.
    case tooDeep
    /// A number of a child that is not below 2^31.
    case indexOutOfRange(UInt32)
    /// The text is no path; what is wrong, and at which byte from 0.
    case malformedPath(String, offset: Int)
    /// The text is not base58 with a checksum.
    case malformedText(Base58CheckError)
    /// The text is base58 with a checksum, but no extended key; the text says what is wrong.
    case malformedExtendedKey(String)
}

extension DerivationError: CustomStringConvertible {
    /// One lower-case sentence for logs and error messages.
    public var description: String {
        switch self {
        case .seedLength(let count): "seed of \(count) bytes, accepted are 16 to 64"
        case .invalidSeed: "the seed gives no master key"
        case .invalidChild(let number): "the key has no child \(number)"
        case .hardenedChildOfPublicKey(let number): "hardened child \(number) of a public key"
        case .normalChildOfEd25519(let number): "child \(number) of an Ed25519 key is not hardened"
        case .tooDeep: "keys at depth 255 have no children"
        case .indexOutOfRange(let index): "index \(index), accepted are 0 to 2147483647"
        case .malformedPath(let reason, let offset): "malformed path at byte \(offset): \(reason)"
        case .malformedText(let error): "malformed extended key: \(error)"
        case .malformedExtendedKey(let reason): "malformed extended key: \(reason)"
        }
    }
}
