import Crypto

/// What is known of a frame of the write-ahead log, beside its page's bytes.
struct Frame: Equatable {
    /// The page that it is a version of.
    var page: UInt32
    /// The pages that the database has after this frame's transaction, if it is the last one of it; 0 if it is not.
    var commitSize: UInt32
    /// The number of the transaction's first frame: a later transaction shows that an earlier one was on the disk.
    var transactionStart: UInt32
    var stamp: Stamp
    /// SQLite's checksum, in memory only.
    var checksum: WALChecksum
    var code: FrameCode

    var isCommit: Bool { commitSize != 0 }

    /// Writes the header as it is on the disk. Where SQLite has its checksum, the transaction's start takes its place.
    func writeHeader(salts: UInt64, to bytes: UnsafeMutableRawBufferPointer) {
        bytes.storeBigEndian(page, at: 0)
        bytes.storeBigEndian(commitSize, at: 4)
        bytes.storeBigEndian(salts, at: 8)
        bytes.storeBigEndian(transactionStart, at: 16)
        bytes.storeBigEndian(UInt32(0), at: 20)
    }

    /// Writes the header as SQLite knows it.
    func writeOriginalHeader(salts: UInt64, to bytes: UnsafeMutableRawBufferPointer) {
        writeHeader(salts: salts, to: bytes)
        bytes.storeBigEndian(checksum.first, at: 16)
        bytes.storeBigEndian(checksum.second, at: 20)
    }
}

/// The code that holds the frames of a log together: a keyed hash (BLAKE2b) of the database's step upon which the log
/// was built, the frame before, and this frame's number, header, nonce and tag. So a frame is only good in its log, in
/// its place, behind the frames that it was written behind.
typealias FrameCode = Code

/// Makes those codes.
struct FrameCoder {
    let key: SecretBytes

    private static let byteCount = 16 + 16 + 8 + 4 * 4 + 40

    /// The code of a frame: `header` is the one on the disk, `reserved` begins with the page's nonce and tag.
    func code(
        base: Code, previous: Code, index: UInt32, header: UnsafeRawBufferPointer, reserved: UnsafeRawBufferPointer
    ) -> Code {
        withUnsafeTemporaryAllocation(byteCount: Self.byteCount + Code.byteCount, alignment: 8) { bytes in
            base.write(to: bytes, at: 0)
            previous.write(to: bytes, at: 16)
            bytes.storeBigEndian(index, at: 32)
            // Page, commit size, salts, transaction start; the four bytes behind are zero.
            UnsafeMutableRawBufferPointer(rebasing: bytes[36..<56])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: header[..<20]))
            UnsafeMutableRawBufferPointer(rebasing: bytes[56..<96])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: reserved[..<40]))
            let code = UnsafeMutableRawBufferPointer(rebasing: bytes[Self.byteCount...])
            BLAKE2b.authenticate(UnsafeRawBufferPointer(rebasing: bytes[..<Self.byteCount]), key: key, into: code)
            return Code(UnsafeRawBufferPointer(code), at: 0)
        }
    }

    /// The code of the mark behind `frame`. It cannot pass for a frame's: what is hashed has another length.
    func markCode(base: Code, salts: UInt64, frame: UInt32) -> Code {
        withUnsafeTemporaryAllocation(byteCount: 28 + Code.byteCount, alignment: 8) { bytes in
            base.write(to: bytes, at: 0)
            bytes.storeBigEndian(salts, at: 16)
            bytes.storeBigEndian(frame, at: 24)
            let code = UnsafeMutableRawBufferPointer(rebasing: bytes[28...])
            BLAKE2b.authenticate(UnsafeRawBufferPointer(rebasing: bytes[..<28]), key: key, into: code)
            return Code(UnsafeRawBufferPointer(code), at: 0)
        }
    }
}
