import Crypto

/// The keys of one store's files, derived from the key that it was opened with and the files' own random id
/// (HKDF-SHA256, RFC 5869). In guarded memory, wiped with the last reference.
struct StoreKeys: Sendable {
    /// Encrypts pages.
    let pages: SecretBytes
    /// Authenticates the frames of the write-ahead log.
    let frames: SecretBytes
    /// Encrypts the records of the file of seals.
    let seals: SecretBytes
    /// Tells, from the outside, whether this is the key: 16 bytes from which no key follows.
    let check: [UInt8]

    /// The length of a store's key in bytes.
    static let keyByteCount = 32

    init(_ key: SecretBytes, fileID: [UInt8]) {
        let root = HKDFSHA256.extract(salt: fileID, keyMaterial: key)
        func derive(_ purpose: String, _ count: Int = 32) -> SecretBytes {
            HKDFSHA256.expand(root, info: Array("linnet store \(purpose)".utf8), count: count)
        }
        pages = derive("pages")
        frames = derive("frames")
        seals = derive("seals")
        check = derive("check", Code.byteCount).withUnsafeBytes { Array($0) }
    }
}
