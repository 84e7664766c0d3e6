import Crypto

extension ExtendedPrivateKey {
    /// Reads `xprv…`. Throws ``DerivationError/malformedText(_:)`` or ``DerivationError/malformedExtendedKey(_:)``.
    public init(_ text: SecretBytes) throws(DerivationError) {
        let parts = try text.withUnsafeBytes { (text) throws(DerivationError) in
            try ExtendedKeyParts(text: text, version: ExtendedKeyParts.privateVersion)
        }
        let (marker, scalar) = parts.key.withUnsafeBytes { key in
            (key.first, SecretBytes(copying: UnsafeRawBufferPointer(rebasing: key.dropFirst())))
        }
        guard marker == 0 else { throw .malformedExtendedKey("no zero in front of the private key") }
        guard let key = try? Secp256k1.PrivateKey(scalar) else {
            throw .malformedExtendedKey("the private key is out of range")
        }
        self.init(
            depth: parts.depth, parentFingerprint: parts.parentFingerprint, childNumber: parts.childNumber, key: key,
            chainCode: parts.chainCode)
    }

    /// The text, `xprv` and 107 more characters. It is the secret itself.
    public func text() -> SecretBytes {
        let padded = SecretBytes(count: 1 + Secp256k1.privateKeyByteCount) { padded in
            key.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: padded.dropFirst()).copyMemory(from: $0) }
        }
        return ExtendedKeyParts(
            version: ExtendedKeyParts.privateVersion, depth: depth, parentFingerprint: parentFingerprint,
            childNumber: childNumber, chainCode: chainCode, key: padded
        ).text
    }
}

extension ExtendedPublicKey {
    /// Reads `xpub…`. Throws ``DerivationError/malformedText(_:)`` or ``DerivationError/malformedExtendedKey(_:)``.
    public init(_ text: some StringProtocol) throws(DerivationError) {
        let characters = SecretBytes(copying: Array(text.utf8.prefix(Base58Check.maximumTextCount + 1)))
        let parts = try characters.withUnsafeBytes { (text) throws(DerivationError) in
            try ExtendedKeyParts(text: text, version: ExtendedKeyParts.publicVersion)
        }
        let point = parts.key.withUnsafeBytes { Array($0) }
        guard let key = try? Secp256k1.PublicKey(compressed: point), key.isOnCurve else {
            throw .malformedExtendedKey("not a compressed point on the curve")
        }
        self.init(
            depth: parts.depth, parentFingerprint: parts.parentFingerprint, childNumber: parts.childNumber, key: key,
            chainCode: parts.chainCode)
    }
}

extension ExtendedPublicKey: CustomStringConvertible {
    /// The text, `xpub` and 107 more characters.
    public var description: String {
        let text = ExtendedKeyParts(
            version: ExtendedKeyParts.publicVersion, depth: depth, parentFingerprint: parentFingerprint,
            childNumber: childNumber, chainCode: chainCode, key: SecretBytes(copying: key.bytes)
        ).text
        return text.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}
