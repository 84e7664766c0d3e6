import Crypto

/// The records of the file of seals as bytes: each encrypted, and bound to the one before it.
///
/// | bytes | what |
/// |---|---|
/// | 0 ..< 4 | length of the record |
/// | 4 ..< 28 | nonce |
/// | 28 ..< 44 | tag |
/// | 44 ... | the record, encrypted; the length and the tag of the record before are authenticated with it |
final class SealChain {
    /// The tag of the last record, which names the step that the database is at; zero before the first.
    private(set) var last = Code.zero
    private let cipher: XChaCha20Poly1305Cipher

    static let overhead = 44
    private static let nonce = 4..<28
    private static let tag = 28..<44

    init(key: SecretBytes) {
        cipher = XChaCha20Poly1305Cipher(key: key)
    }

    /// The bytes of a record that follows `previous`, and its own tag. What is last changes by `advance(to:)` only, when
    /// the bytes are safe.
    func seal(_ record: SealRecord, after previous: Code) -> (bytes: [UInt8], tag: Code) {
        let plain = record.encoded
        var bytes = [UInt8](repeating: 0, count: Self.overhead + plain.count)
        let tag = bytes.withUnsafeMutableBytes { bytes in
            bytes.storeBigEndian(UInt32(plain.count), at: 0)
            SystemRandom.fill(UnsafeMutableRawBufferPointer(rebasing: bytes[Self.nonce]))
            let whole = UnsafeRawBufferPointer(bytes)
            Self.withAssociated(previous, count: plain.count) { associated in
                plain.withUnsafeBytes { plain in
                    cipher.seal(
                        plain, into: UnsafeMutableRawBufferPointer(rebasing: bytes[Self.overhead...]),
                        nonce: UnsafeRawBufferPointer(rebasing: whole[Self.nonce]), authenticating: associated,
                        tag: UnsafeMutableRawBufferPointer(rebasing: bytes[Self.tag]))
                }
            }
            return Code(whole, at: Self.tag.lowerBound)
        }
        return (bytes, tag)
    }

    /// The step is taken.
    func advance(to tag: Code) { last = tag }

    /// The record that begins at `offset` of `bytes` and follows the last one, and its length with all; nil where no
    /// such record is whole.
    func open(_ bytes: UnsafeMutableRawBufferPointer, at offset: Int) -> (record: SealRecord, byteCount: Int)? {
        let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[offset...])
        guard rest.count >= Self.overhead else { return nil }
        let whole = UnsafeRawBufferPointer(rest)
        let count = Int(whole.bigEndian32(at: 0))
        guard count <= rest.count - Self.overhead else { return nil }
        let content = UnsafeMutableRawBufferPointer(rebasing: rest[Self.overhead..<Self.overhead + count])
        let tag = Code(whole, at: Self.tag.lowerBound)
        do throws(CryptoError) {
            try Self.withAssociated(last, count: count) { (associated) throws(CryptoError) in
                try cipher.open(
                    content, nonce: UnsafeRawBufferPointer(rebasing: whole[Self.nonce]), authenticating: associated,
                    tag: UnsafeRawBufferPointer(rebasing: whole[Self.tag]))
            }
        } catch {
            return nil
        }
        guard let record = SealRecord(UnsafeRawBufferPointer(content)) else { return nil }
        last = tag
        return (record, Self.overhead + count)
    }

    private static func withAssociated<Result, Failure>(
        _ previous: Code, count: Int, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let associated = (previous.first, previous.second, UInt64(count).bigEndian)
        return try withUnsafeBytes(of: associated) { (bytes) throws(Failure) in try body(bytes) }
    }
}
