import Crypto

/// An Ed25519 identity: what a peer signs with, and the id that others know it by.
///
/// The secret half stays in guarded memory and leaves only through ``protobufSecret()`` and ``seed``.
public struct KeyPair: Sendable {
    /// The public half.
    public let publicKey: PublicKey
    /// The id that belongs to it.
    public let peerID: PeerID

    let privateKey: Ed25519.PrivateKey

    /// The identity of a 32-byte seed: the same seed always gives the same peer.
    ///
    /// - Precondition: `seed` has 32 bytes.
    public init(seed: SecretBytes) {
        self.init(Ed25519.PrivateKey(seed: seed))
    }

    /// A new identity, whose 32-byte seed the closure fills with random bytes.
    public static func generate(seedFill: (UnsafeMutableRawBufferPointer) -> Void) -> KeyPair {
        KeyPair(seed: SecretBytes(count: Ed25519.seedByteCount, seedFill))
    }

    /// Reads a PrivateKey message of libp2p (specs peer-ids, "Keys"): `seed || public key`, or the old form
    /// `seed || public key || public key`.
    ///
    /// The public half is computed from the seed and must equal each stored one: throws
    /// ``IdentityError/mismatchedKeyHalves`` otherwise. Only the canonical encoding of an Ed25519 key is read.
    public init(protobuf: SecretBytes) throws(IdentityError) {
        let key = try protobuf.withUnsafeBytes { (bytes) throws(IdentityError) in try Self.privateKey(bytes) }
        self.init(key)
    }

    private init(_ privateKey: Ed25519.PrivateKey) {
        self.privateKey = privateKey
        publicKey = PublicKey(privateKey.publicKey)
        peerID = PeerID(publicKey: publicKey)
    }

    /// The 64-byte signature of `message`.
    public func sign(_ message: [UInt8]) -> [UInt8] {
        privateKey.sign(message)
    }

    /// The 32-byte seed: the secret itself.
    public var seed: SecretBytes {
        privateKey.withUnsafeExpandedBytes {
            SecretBytes(copying: UnsafeRawBufferPointer(rebasing: $0.prefix(Ed25519.seedByteCount)))
        }
    }

    /// Overwrites the secret half, in every copy of this identity: it signs nothing any more. Nobody may be signing on
    /// another thread.
    public func wipe() {
        privateKey.wipe()
    }

    /// The canonical PrivateKey message, for the file that keeps the identity. It is the secret itself.
    public func protobufSecret() -> SecretBytes {
        privateKey.withUnsafeExpandedBytes { expanded in
            SecretBytes(count: Self.header.count + 1 + expanded.count) { message in
                let header = Self.header + [UInt8(expanded.count)]
                message.copyBytes(from: header)
                UnsafeMutableRawBufferPointer(rebasing: message.dropFirst(header.count)).copyMemory(from: expanded)
            }
        }
    }

    /// Type 1, and the tag of the data.
    private static let header: [UInt8] = [0x08, UInt8(KeyType.ed25519.rawValue), 0x12]

    private static func privateKey(_ message: UnsafeRawBufferPointer) throws(IdentityError) -> Ed25519.PrivateKey {
        let seedCount = Ed25519.seedByteCount
        let publicCount = Ed25519.publicKeyByteCount
        guard message.count > header.count + 1, message[0] == header[0], message[2] == header[2] else {
            throw .malformedKey("not a type and data")
        }
        guard message[1] == header[1] else { throw .unsupportedKeyType(UInt64(message[1])) }
        let data = UnsafeRawBufferPointer(rebasing: message.dropFirst(header.count + 1))
        guard data.count == Int(message[header.count]),
            data.count == seedCount + publicCount || data.count == seedCount + 2 * publicCount
        else { throw .malformedKey("an Ed25519 private key has 64 or 96 bytes") }
        let seed = SecretBytes(copying: UnsafeRawBufferPointer(rebasing: data.prefix(seedCount)))
        let key = Ed25519.PrivateKey(seed: seed)
        var isMatching = true
        for start in stride(from: seedCount, to: data.count, by: publicCount) {
            let stored = UnsafeRawBufferPointer(rebasing: data[start..<start + publicCount])
            isMatching = key.publicKey.bytes.withUnsafeBytes { ConstantTime.isEqual($0, stored) } && isMatching
        }
        guard isMatching else { throw .mismatchedKeyHalves }
        return key
    }
}

extension KeyPair: CustomStringConvertible {
    /// The peer id; nothing of the secret.
    public var description: String { "KeyPair(\(peerID))" }
}
