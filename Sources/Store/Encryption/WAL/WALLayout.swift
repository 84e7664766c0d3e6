/// SQLite's write-ahead log (sqlite.org/walformat.html): a header, then frames of a page each, and where they lie.
enum WALLayout {
    static let headerByteCount = 32
    static let frameHeaderByteCount = 24
    static let frameByteCount = frameHeaderByteCount + SealedPage.byteCount

    /// Where frame `index` begins; they count from 1.
    static func offset(ofFrame index: Int) -> Int { headerByteCount + (index - 1) * frameByteCount }

    /// The whole frames of a log of that length.
    static func frameCount(byteCount: Int) -> Int { max(0, byteCount - headerByteCount) / frameByteCount }

    /// The frame that holds `offset`, and how far into it that is; nil within the header.
    static func place(of offset: Int64) -> (frame: Int, offset: Int)? {
        guard let offset = Int(exactly: offset), offset >= headerByteCount else { return nil }
        let (frame, within) = (offset - headerByteCount).quotientAndRemainder(dividingBy: frameByteCount)
        return (frame + 1, within)
    }
}

/// The log's header, in the clear: it tells nothing but when the log was begun anew.
struct WALHeader: Equatable {
    /// Drawn anew each time that the log is begun anew; every frame repeats it.
    let salts: UInt64
    /// The byte order of the checksums.
    let isBigEndian: Bool
    /// The checksum that the frames' go on from.
    let checksum: WALChecksum

    private static let magic: UInt32 = 0x377f_0682
    private static let version: UInt32 = 3_007_000

    /// Nil for what SQLite would not take for a header of this page size.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= WALLayout.headerByteCount else { return nil }
        let found = bytes.withUnsafeBytes { bytes -> WALHeader? in
            let magic = bytes.bigEndian32(at: 0)
            let isBigEndian = magic & 1 != 0
            var checksum = WALChecksum.zero
            checksum.add(UnsafeRawBufferPointer(rebasing: bytes[..<24]), isBigEndian: isBigEndian)
            guard magic & ~1 == Self.magic, bytes.bigEndian32(at: 4) == Self.version,
                bytes.bigEndian32(at: 8) == SealedPage.byteCount,
                checksum == WALChecksum(first: bytes.bigEndian32(at: 24), second: bytes.bigEndian32(at: 28))
            else { return nil }
            return WALHeader(salts: bytes.bigEndian64(at: 16), isBigEndian: isBigEndian, checksum: checksum)
        }
        guard let found else { return nil }
        self = found
    }

    private init(salts: UInt64, isBigEndian: Bool, checksum: WALChecksum) {
        (self.salts, self.isBigEndian, self.checksum) = (salts, isBigEndian, checksum)
    }
}

/// SQLite's checksum over the log: sums of sums, so that each frame's depends on all before it. It is a function of the
/// plain pages, so it is never written down here: SQLite is told it, and it is worked out again after a crash.
struct WALChecksum: Equatable {
    var first: UInt32
    var second: UInt32

    static let zero = WALChecksum(first: 0, second: 0)

    /// Goes on over `bytes`, a multiple of eight.
    mutating func add(_ bytes: UnsafeRawBufferPointer, isBigEndian: Bool) {
        for offset in stride(from: 0, to: bytes.count - 7, by: 8) {
            let left = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
            let right = bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
            first &+= (isBigEndian ? UInt32(bigEndian: left) : UInt32(littleEndian: left)) &+ second
            second &+= (isBigEndian ? UInt32(bigEndian: right) : UInt32(littleEndian: right)) &+ first
        }
    }
}
