import CSQLite

/// A journal or temporary file that never reaches the disk: SQLite writes pages into those as they are.
final class TransientFile: VirtualFile {
    private var bytes: [UInt8] = []

    override func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int64) -> Int32 {
        guard let offset = Int(exactly: offset), offset >= 0 else { return SQLITE_IOERR_READ }
        let count = min(buffer.count, max(0, bytes.count - offset))
        if count > 0 {
            bytes.withUnsafeBytes {
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + count]))
            }
        }
        guard count < buffer.count else { return SQLITE_OK }
        for index in count..<buffer.count { buffer[index] = 0 }
        return SQLITE_IOERR_SHORT_READ
    }

    override func write(_ buffer: UnsafeRawBufferPointer, at offset: Int64) -> Int32 {
        guard let offset = Int(exactly: offset), offset >= 0 else { return SQLITE_IOERR_WRITE }
        let end = offset + buffer.count
        if end > bytes.count { bytes.append(contentsOf: repeatElement(0, count: end - bytes.count)) }
        bytes.withUnsafeMutableBytes {
            UnsafeMutableRawBufferPointer(rebasing: $0[offset..<end]).copyMemory(from: buffer)
        }
        return SQLITE_OK
    }

    override func truncate(to size: Int64) -> Int32 {
        guard let size = Int(exactly: size), size >= 0 else { return SQLITE_IOERR_TRUNCATE }
        if size < bytes.count { bytes.removeLast(bytes.count - size) }
        return SQLITE_OK
    }

    override func size(_ size: inout Int64) -> Int32 {
        size = Int64(bytes.count)
        return SQLITE_OK
    }
}
