import Crypto

/// The beginning of the file of seals, in the clear: whose keys the store's files are sealed with.
///
/// | bytes | what |
/// |---|---|
/// | 0 ..< 16 | `linnet seals`, zeros, and the format's version |
/// | 16 ..< 32 | the files' id, random |
/// | 32 ..< 48 | the key's check value |
/// | 48 ..< 80 | SHA-256 of what precedes: damage is told from a wrong key |
struct SealHeader: Equatable {
    let fileID: [UInt8]
    let check: [UInt8]

    static let byteCount = 80
    private static let magic = Array("linnet seals\0\0\0".utf8)
    private static let version: UInt8 = 1
    private static let digestOffset = 48

    enum Failure: Error {
        /// Not the beginning of such a file, or spoiled.
        case damaged
        /// Of a version that is not known here.
        case newer(UInt8)
    }

    init(fileID: [UInt8], check: [UInt8]) {
        self.fileID = fileID
        self.check = check
    }

    init(_ bytes: [UInt8]) throws(Failure) {
        guard bytes.count >= Self.byteCount, bytes.starts(with: Self.magic),
            Array(bytes[Self.digestOffset..<Self.byteCount]) == SHA256.hash(Array(bytes[..<Self.digestOffset]))
        else { throw .damaged }
        let version = bytes[Self.magic.count]
        guard version == Self.version else { throw .newer(version) }
        fileID = Array(bytes[16..<32])
        check = Array(bytes[32..<48])
    }

    var encoded: [UInt8] {
        let bytes = Self.magic + [Self.version] + fileID + check
        return bytes + SHA256.hash(bytes)
    }
}
