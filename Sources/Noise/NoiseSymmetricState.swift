import Crypto

/// The symmetric state of a handshake (Noise specification, section 5.2): the hash over everything said, the chaining
/// key, and the cipher under the latest key.
struct NoiseSymmetricState {
    /// The hash over the protocol's name, the prologue, and everything said so far.
    private(set) var handshakeHash: [UInt8]

    private var chainingKey: SecretBytes
    private var cipher: ChaCha20Poly1305?
    private var nonce: UInt64 = 0

    init(prologue: [UInt8]) {
        handshakeHash = Array(Noise.name.utf8)
        chainingKey = SecretBytes(copying: handshakeHash)
        mixHash(prologue)
    }

    /// Whether a key was mixed in yet; before, everything goes in the clear.
    var hasKey: Bool { cipher != nil }

    mutating func mixHash(_ bytes: [UInt8]) {
        handshakeHash = SHA256.hash(handshakeHash + bytes)
    }

    mutating func mixKey(_ secret: SecretBytes) {
        let (first, second) = HKDFSHA256.chain(chainingKey, keyMaterial: secret)
        chainingKey = first
        cipher = ChaCha20Poly1305(key: second)
        nonce = 0
    }

    mutating func encryptAndHash(_ plaintext: [UInt8]) -> [UInt8] {
        guard let cipher else {
            mixHash(plaintext)
            return plaintext
        }
        var message = plaintext + [UInt8](repeating: 0, count: Noise.tag)
        message.withUnsafeMutableBytes { message in
            handshakeHash.withUnsafeBytes { hash in
                cipher.seal(message, count: plaintext.count, nonce: nonce, authenticating: hash)
            }
        }
        nonce += 1
        mixHash(message)
        return message
    }

    mutating func decryptAndHash(_ message: [UInt8]) throws(NoiseError) -> [UInt8] {
        guard let cipher else {
            mixHash(message)
            return message
        }
        guard message.count >= Noise.tag else { throw .malformedMessage("it is too short") }
        var plaintext = message
        let count = plaintext.withUnsafeMutableBytes { plaintext in
            handshakeHash.withUnsafeBytes { hash in
                try? cipher.open(plaintext, nonce: nonce, authenticating: hash)
            }
        }
        guard let count else { throw .decryptFailed }
        plaintext.removeLast(plaintext.count - count)
        nonce += 1
        mixHash(message)
        return plaintext
    }

    /// The keys of the two directions, the initiator's first.
    func split() -> (initiator: SecretBytes, responder: SecretBytes) {
        let keys = HKDFSHA256.chain(chainingKey, keyMaterial: nil)
        return (keys.first, keys.second)
    }
}
