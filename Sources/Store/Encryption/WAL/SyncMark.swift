/// Says that the log was on the disk up to a frame: 32 bytes behind that frame, in the place of the next one's header.
///
/// Written after each commit's fsync, and not synced itself. After a crash of the system a transaction at the log's end
/// that is not whole was never finished, unless this mark is behind it: then it was, and has been damaged since.
struct SyncMark: Equatable {
    let salts: UInt64
    /// The last frame that was on the disk.
    let frame: UInt32
    let code: Code

    static let byteCount = 32

    init(salts: UInt64, frame: UInt32, code: Code) {
        (self.salts, self.frame, self.code) = (salts, frame, code)
    }

    /// What the 32 bytes say, true or not.
    init(_ bytes: UnsafeRawBufferPointer) {
        salts = bytes.bigEndian64(at: 0)
        frame = bytes.bigEndian32(at: 8)
        code = Code(bytes, at: 16)
    }

    var encoded: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, initialised in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            bytes.storeBigEndian(salts, at: 0)
            bytes.storeBigEndian(frame, at: 8)
            bytes.storeBigEndian(UInt32.max, at: 12)
            code.write(to: bytes, at: 16)
            initialised = Self.byteCount
        }
    }
}
