import Wire

/// A payload with the key that vouches for it (libp2p RFC 0002).
///
/// What is signed is a domain, the payload's type and the payload, each behind its length. The domain is not sent:
/// the reader knows it from what it expects, so that a signature made for one purpose proves nothing for another.
public struct SignedEnvelope: Hashable, Sendable {
    /// The longest envelope that is read, in bytes.
    public static let maximumByteCount = 65_536

    /// The key that signed.
    public let publicKey: PublicKey
    /// What the payload is: a multicodec, as bytes.
    public let payloadType: [UInt8]
    /// What was signed. It was not looked into before the signature was found valid.
    public let payload: [UInt8]
    /// The signature over domain, type and payload.
    public let signature: [UInt8]
    /// The envelope's bytes as they were received or made, to pass on unchanged.
    public let encoded: [UInt8]

    /// Signs a payload.
    public static func seal(
        domain: String, payloadType: [UInt8], payload: [UInt8], key: KeyPair
    ) -> SignedEnvelope {
        let signature = key.sign(signedBytes(domain: domain, payloadType: payloadType, payload: payload))
        var writer = ProtobufWriter()
        writer.bytes(Field.publicKey, key.publicKey.protobuf)
        writer.bytes(Field.payloadType, payloadType)
        writer.bytes(Field.payload, payload)
        writer.bytes(Field.signature, signature)
        return SignedEnvelope(
            publicKey: key.publicKey, payloadType: payloadType, payload: payload, signature: signature,
            encoded: writer.bytes)
    }

    /// Reads an envelope and verifies it under `domain`. Its type must be `payloadType`.
    ///
    /// That the signer may speak about what the payload says is for the caller to check.
    public init(opening bytes: [UInt8], domain: String, payloadType: [UInt8]) throws(IdentityError) {
        try self.init(opening: bytes) { $0 == payloadType ? domain : nil }
    }

    /// Reads an envelope and verifies it under the domain that belongs to its payload type; nil refuses the type.
    init(opening bytes: [UInt8], domain: (_ payloadType: [UInt8]) -> String?) throws(IdentityError) {
        guard bytes.count <= Self.maximumByteCount else { throw .envelopeTooLong(bytes.count) }
        var key: [UInt8]?
        var payloadType: [UInt8] = []
        var payload: [UInt8] = []
        var signature: [UInt8] = []
        do throws(ProtobufError) {
            var reader = ProtobufReader(bytes)
            while let field = try reader.next() {
                switch field.number {
                case Field.publicKey: key = try reader.bytes(of: field)
                case Field.payloadType: payloadType = try reader.bytes(of: field)
                case Field.payload: payload = try reader.bytes(of: field)
                case Field.signature: signature = try reader.bytes(of: field)
                default: break
                }
            }
        } catch {
            throw .malformedEnvelope(error)
        }
        guard let key else { throw .missingPublicKey }
        guard let domain = domain(payloadType) else { throw .unexpectedPayloadType(payloadType) }
        let publicKey = try PublicKey(protobuf: key)
        let signedBytes = Self.signedBytes(domain: domain, payloadType: payloadType, payload: payload)
        guard publicKey.isValid(signature: signature, for: signedBytes) else { throw .invalidSignature }
        self.init(
            publicKey: publicKey, payloadType: payloadType, payload: payload, signature: signature, encoded: bytes)
    }

    private init(
        publicKey: PublicKey, payloadType: [UInt8], payload: [UInt8], signature: [UInt8], encoded: [UInt8]
    ) {
        self.publicKey = publicKey
        self.payloadType = payloadType
        self.payload = payload
        self.signature = signature
        self.encoded = encoded
    }

    /// The numbers of the Envelope message; 4 is not used.
    private enum Field {
        static let publicKey = 1
        static let payloadType = 2
        static let payload = 3
        static let signature = 5
    }

    private static func signedBytes(domain: String, payloadType: [UInt8], payload: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(domain.utf8.count + payloadType.count + payload.count + 8)
        bytes.appendLengthPrefixed(Array(domain.utf8))
        bytes.appendLengthPrefixed(payloadType)
        bytes.appendLengthPrefixed(payload)
        return bytes
    }
}
