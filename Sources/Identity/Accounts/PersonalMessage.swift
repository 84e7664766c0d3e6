import Crypto

/// A message that a person signs, kept apart from all else that is signed with the same key: what a stranger asks to
/// have signed must never turn out to be a transaction, a handshake or a record.
///
/// | key | what is signed |
/// |---|---|
/// | EVM, secp256k1 | Keccak-256 of `0x19`, `Ethereum Signed Message:\n`, length, message (EIP-191, version 0x45) |
/// | peer, Ed25519 | `0x19`, `Linnet Signed Message:\n`, length, message |
///
/// The length is that of the message in bytes, in decimal digits.
public struct PersonalMessage: Sendable {
    /// The message itself, of any bytes.
    public let bytes: [UInt8]

    /// A message of any bytes.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The 32-byte digest that an EVM key signs.
    public var ethereumDigest: [UInt8] {
        Keccak256.hash(Self.framed("Ethereum Signed Message:\n", bytes))
    }

    /// What a peer's key signs.
    public var peerMessage: [UInt8] {
        Self.framed("Linnet Signed Message:\n", bytes)
    }

    /// 0x19 starts no RLP and no protobuf field of what else is signed.
    private static func framed(_ domain: String, _ message: [UInt8]) -> [UInt8] {
        [0x19] + Array(domain.utf8) + Array(String(message.count).utf8) + message
    }
}

extension Secp256k1.PrivateKey {
    /// The signature of a personal message, as wallets make it (EIP-191).
    public func sign(_ message: PersonalMessage) -> RecoverableSignature {
        signRecoverably(digest: message.ethereumDigest)
    }
}

extension EVMAddress {
    /// The address that signed a personal message; nil if none can have.
    public init?(signing message: PersonalMessage, as signature: RecoverableSignature) {
        guard let key = signature.recoverKey(digest: message.ethereumDigest) else { return nil }
        self.init(key)
    }
}

extension RecoverableSignature {
    /// The 65 bytes that Ethereum exchanges: r, s, and 27 plus the recovery id.
    public var ethereumBytes: [UInt8] { compact + [27 + recoveryID] }

    /// Reads the 65 bytes that Ethereum exchanges. The last one is 27 or 28, or 0 or 1 as some wallets write it.
    /// Throws ``Crypto/CryptoError/malformedSignature(_:)``.
    public init(ethereumBytes bytes: [UInt8]) throws(CryptoError) {
        guard bytes.count == Self.compactByteCount + 1, let last = bytes.last else {
            throw .malformedSignature("not 65 bytes")
        }
        let recoveryID: UInt8
        switch last {
        case 0, 1: recoveryID = last
        case 27, 28: recoveryID = last - 27
        default: throw .malformedSignature("the last byte is not 27 or 28")
        }
        try self.init(compact: Array(bytes.dropLast()), recoveryID: recoveryID)
    }
}

extension KeyPair {
    /// The 64-byte signature of a personal message.
    public func sign(_ message: PersonalMessage) -> [UInt8] {
        sign(message.peerMessage)
    }
}

extension PublicKey {
    /// Whether `signature` is this peer's over a personal message.
    public func isValid(signature: [UInt8], for message: PersonalMessage) -> Bool {
        isValid(signature: signature, for: message.peerMessage)
    }
}
