/// RSA with PKCS #1 v1.5 and SHA-256 (RFC 8017, section 8.2), needed to meet the older nodes of public networks.
public enum RSA {
    /// The accepted sizes of a modulus in bits. Larger keys cost seconds of work at each handshake (CVE-2023-39533).
    public static let modulusBits = 2048...8192

    /// The largest public exponent: go-libp2p's bound, so that a verification stays cheap.
    public static let maximumExponent = (1 << 31) - 1

    /// A verification key whose size was checked before anything was computed with it.
    public struct PublicKey: Hashable, Sendable {
        /// The DER SubjectPublicKeyInfo.
        public let bytes: [UInt8]
        /// The length of the modulus, and so of a signature, in bytes.
        public let modulusByteCount: Int

        /// A key in DER SubjectPublicKeyInfo form.
        ///
        /// Throws ``CryptoError/modulusSize(bits:)`` outside ``RSA/modulusBits``, and
        /// ``CryptoError/malformedKey(_:)`` for anything that is not strict DER, an even modulus, or an exponent that
        /// is even, below 3 or above ``RSA/maximumExponent``.
        public init(subjectPublicKeyInfo bytes: [UInt8]) throws(CryptoError) {
            var outer = DERReader(bytes)
            guard
                var info = outer.nested(DERReader.sequence), outer.isAtEnd,
                var algorithm = info.nested(DERReader.sequence),
                let identifier = algorithm.element(DERReader.objectIdentifier),
                identifier.elementsEqual(RSA.rsaEncryption),
                let parameters = algorithm.element(DERReader.null), parameters.count == 0, algorithm.isAtEnd,
                var bits = info.nestedBitString(), info.isAtEnd,
                var key = bits.nested(DERReader.sequence), bits.isAtEnd,
                let modulus = key.positiveInteger(), let exponent = key.positiveInteger(), key.isAtEnd
            else { throw .malformedKey("not an RSA key in DER") }
            let bitCount = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
            guard RSA.modulusBits.contains(bitCount) else { throw .modulusSize(bits: bitCount) }
            guard let low = modulus.last, low & 1 == 1 else { throw .malformedKey("RSA modulus is even") }
            guard exponent.count <= 4, (3...RSA.maximumExponent).contains(exponent.value), exponent.value & 1 == 1
            else { throw .malformedKey("RSA exponent out of range") }
            self.bytes = bytes
            modulusByteCount = modulus.count
        }

        /// Whether `signature` is this key's over the SHA-256 of `message`.
        public func isValid(signature: [UInt8], for message: [UInt8]) -> Bool {
            guard signature.count == modulusByteCount else { return false }
            return SubjectPublicKey.isValid(signature: signature, for: message, key: bytes)
        }
    }

    /// 1.2.840.113549.1.1.1
    private static let rsaEncryption: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]
}

extension DERReader.Contents {
    /// The number that at most four bytes spell.
    fileprivate var value: Int {
        bytes[range].prefix(4).reduce(0) { $0 << 8 | Int($1) }
    }
}
