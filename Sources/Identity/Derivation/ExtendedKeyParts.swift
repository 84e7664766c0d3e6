import Crypto

/// The 78 bytes of an extended key, before the checksum (BIP-32, "Serialization format"): version, depth, parent's
/// fingerprint, number, chain code, key.
struct ExtendedKeyParts {
    static let byteCount = 78
    /// `xprv`: a private key of Bitcoin's main network, the only one that is read.
    static let privateVersion: [UInt8] = [0x04, 0x88, 0xad, 0xe4]
    /// `xpub`.
    static let publicVersion: [UInt8] = [0x04, 0x88, 0xb2, 0x1e]

    let version: [UInt8]
    let depth: UInt8
    let parentFingerprint: [UInt8]
    let childNumber: ChildNumber
    let chainCode: SecretBytes
    /// 33 bytes: zero and a private key, or a compressed point.
    let key: SecretBytes

    /// The two halves of a 64-byte code: key, then chain code.
    static func halves(_ code: SecretBytes) -> (key: SecretBytes, chainCode: SecretBytes) {
        code.withUnsafeBytes { code in
            (
                SecretBytes(copying: UnsafeRawBufferPointer(rebasing: code.prefix(32))),
                SecretBytes(copying: UnsafeRawBufferPointer(rebasing: code.dropFirst(32)))
            )
        }
    }

    init(
        version: [UInt8], depth: UInt8, parentFingerprint: [UInt8], childNumber: ChildNumber, chainCode: SecretBytes,
        key: SecretBytes
    ) {
        self.version = version
        self.depth = depth
        self.parentFingerprint = parentFingerprint
        self.childNumber = childNumber
        self.chainCode = chainCode
        self.key = key
    }

    /// Reads the text, and what is common to private and public keys.
    init(text: UnsafeRawBufferPointer, version: [UInt8]) throws(DerivationError) {
        let bytes: SecretBytes
        do {
            bytes = try Base58Check.decode(text, byteCount: Self.byteCount)
        } catch {
            throw .malformedText(error)
        }
        self = bytes.withUnsafeBytes { bytes in
            // `decode` gave exactly 78 bytes.
            let number = bytes.dropFirst(9).prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            return ExtendedKeyParts(
                version: Array(bytes.prefix(4)), depth: bytes.dropFirst(4).first ?? 0,
                parentFingerprint: Array(bytes.dropFirst(5).prefix(4)), childNumber: ChildNumber(rawValue: number),
                chainCode: SecretBytes(copying: UnsafeRawBufferPointer(rebasing: bytes.dropFirst(13).prefix(32))),
                key: SecretBytes(copying: UnsafeRawBufferPointer(rebasing: bytes.dropFirst(45))))
        }
        guard self.version == version else {
            if self.version == Self.privateVersion { throw .malformedExtendedKey("a private key, not a public one") }
            if self.version == Self.publicVersion { throw .malformedExtendedKey("a public key, not a private one") }
            throw .malformedExtendedKey("neither xprv nor xpub")
        }
        guard depth > 0 || parentFingerprint.allSatisfy({ $0 == 0 }) else {
            throw .malformedExtendedKey("a master key with a parent")
        }
        guard depth > 0 || childNumber.rawValue == 0 else {
            throw .malformedExtendedKey("a master key with a number")
        }
    }

    /// The text, 111 characters.
    var text: SecretBytes {
        let head = version + [depth] + parentFingerprint + childNumber.bytes
        let bytes = SecretBytes(count: Self.byteCount) { bytes in
            bytes.copyBytes(from: head)
            chainCode.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: bytes[13...]).copyMemory(from: $0) }
            key.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: bytes[45...]).copyMemory(from: $0) }
        }
        return bytes.withUnsafeBytes { Base58Check.encode($0) }
    }
}
