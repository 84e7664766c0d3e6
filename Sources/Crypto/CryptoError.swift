/// Why a primitive refused its input. No case carries secret bytes.
public enum CryptoError: Error, Equatable, Sendable {
    /// A key of the wrong length, both in bytes.
    case wrongKeyLength(expected: Int, actual: Int)
    /// The ciphertext is shorter than its tag, or longer than the cipher takes.
    case wrongCiphertextLength(Int)
    /// The tag does not belong to this key, nonce, additional data and ciphertext.
    case authenticationFailed
    /// The peer's X25519 point is of low order: the shared secret would be zero (RFC 7748, section 6.1).
    case lowOrderPoint
    /// A public key that is not encoded the one way that is accepted; the text says what is wrong.
    case malformedKey(String)
    /// An RSA modulus outside 2048...8192 bits.
    case modulusSize(bits: Int)
    /// The system has not the memory that a passphrase's key costs.
    case outOfMemory
    /// A number that is no private key of secp256k1, or no step from one key to another: zero, or not below the
    /// order of the curve.
    case scalarOutOfRange
    /// A signature that is not encoded the one way that is accepted; the text says what is wrong.
    case malformedSignature(String)
}

extension CryptoError: CustomStringConvertible {
    /// One lower-case sentence for logs and error messages.
    public var description: String {
        switch self {
        case .wrongKeyLength(let expected, let actual): "key has \(actual) bytes, expected \(expected)"
        case .wrongCiphertextLength(let count): "ciphertext of \(count) bytes"
        case .authenticationFailed: "authentication failed"
        case .lowOrderPoint: "X25519 point of low order"
        case .malformedKey(let reason): "malformed key: \(reason)"
        case .modulusSize(let bits): "RSA modulus of \(bits) bits, accepted are 2048 to 8192"
        case .outOfMemory: "not enough memory"
        case .scalarOutOfRange: "number out of the range of secp256k1 keys"
        case .malformedSignature(let reason): "malformed signature: \(reason)"
        }
    }
}
