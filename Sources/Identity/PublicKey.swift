import Crypto
import Multiformats
import Wire

/// A peer's public key, checked for length, encoding and size when it is read.
public struct PublicKey: Hashable, Sendable {
    private enum Key: Hashable, Sendable {
        case rsa(RSA.PublicKey)
        case ed25519(Ed25519.PublicKey)
        case secp256k1(Secp256k1.PublicKey)
        case ecdsa(ECDSA.PublicKey)
    }

    private let key: Key

    /// An Ed25519 key.
    public init(_ key: Ed25519.PublicKey) {
        self.key = .ed25519(key)
    }

    /// Reads a PublicKey message (libp2p/specs peer-ids, "Keys") that is all of `bytes`.
    ///
    /// Peer ids are hashes of these bytes, so only the canonical encoding is read: type, then data, both present,
    /// minimal varints, nothing else. Throws ``IdentityError/malformedKey(_:)``,
    /// ``IdentityError/unsupportedKeyType(_:)`` or ``IdentityError/invalidKey(_:)``.
    public init(protobuf bytes: [UInt8]) throws(IdentityError) {
        guard bytes.count > 3, bytes[0] == 0x08, bytes[1] < 0x80, bytes[2] == 0x12 else {
            throw .malformedKey("not a type and data")
        }
        guard let type = KeyType(rawValue: UInt64(bytes[1])) else { throw .unsupportedKeyType(UInt64(bytes[1])) }
        let count: UInt64
        let start: Int
        do {
            (count, start) = try UnsignedVarint.decode(bytes, at: 3)
        } catch {
            throw .malformedKey("length of the data")
        }
        guard count == UInt64(bytes.count - start) else { throw .malformedKey("length of the data") }
        let data = Array(bytes[start...])
        do throws(CryptoError) {
            key =
                switch type {
                case .rsa: .rsa(try RSA.PublicKey(subjectPublicKeyInfo: data))
                case .ed25519: .ed25519(try Ed25519.PublicKey(data))
                case .secp256k1: .secp256k1(try Secp256k1.PublicKey(compressed: data))
                case .ecdsa: .ecdsa(try ECDSA.PublicKey(subjectPublicKeyInfo: data))
                }
        } catch {
            throw .invalidKey(error)
        }
    }

    /// The kind of key.
    public var type: KeyType {
        switch key {
        case .rsa: .rsa
        case .ed25519: .ed25519
        case .secp256k1: .secp256k1
        case .ecdsa: .ecdsa
        }
    }

    /// The key's own bytes: 32 of Ed25519, 33 of secp256k1, DER SubjectPublicKeyInfo of ECDSA and RSA.
    public var data: [UInt8] {
        switch key {
        case .rsa(let key): key.bytes
        case .ed25519(let key): key.bytes
        case .secp256k1(let key): key.bytes
        case .ecdsa(let key): key.bytes
        }
    }

    /// The canonical PublicKey message.
    public var protobuf: [UInt8] {
        var writer = ProtobufWriter()
        writer.varint(1, type.rawValue)
        writer.bytes(2, data)
        return writer.bytes
    }

    /// The id of the peer that has this key.
    public var peerID: PeerID { PeerID(publicKey: self) }

    /// Whether `signature` is this key's over `message`. Remote bytes of any length may be given.
    public func isValid(signature: [UInt8], for message: [UInt8]) -> Bool {
        switch key {
        case .rsa(let key): key.isValid(signature: signature, for: message)
        case .ed25519(let key): key.isValid(signature: signature, for: message)
        case .secp256k1(let key): key.isValid(signature: signature, for: message)
        case .ecdsa(let key): key.isValid(signature: signature, for: message)
        }
    }
}
