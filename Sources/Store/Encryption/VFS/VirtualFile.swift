import CPageVFS
import CSQLite

/// A file as SQLite uses it, which keeps its bytes as it likes. One connection owns it: calls come one at a time.
///
/// Results are SQLite's codes. This class has no content and refuses everything; subclasses say what they can do.
class VirtualFile {
    /// The last call.
    func close() {}

    /// Fills `bytes` from `offset` on; beyond the end with zeros, and answers `SQLITE_IOERR_SHORT_READ`.
    func read(_ bytes: UnsafeMutableRawBufferPointer, at offset: Int64) -> Int32 { SQLITE_IOERR_READ }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) -> Int32 { SQLITE_IOERR_WRITE }

    func truncate(to size: Int64) -> Int32 { SQLITE_IOERR_TRUNCATE }

    func sync(_ flags: Int32) -> Int32 { SQLITE_OK }

    func size(_ size: inout Int64) -> Int32 { SQLITE_IOERR_FSTAT }

    /// `SQLITE_NOTFOUND` hands the request to the file below.
    func control(_ operation: Int32, _ argument: UnsafeMutableRawPointer?) -> Int32 { SQLITE_NOTFOUND }

    /// Region number `region` of the memory that connections share; nil in `address` if it is not there and `extends`
    /// is false.
    func mapRegion(
        _ region: Int, byteCount: Int, extends: Bool, _ address: inout UnsafeMutableRawPointer?
    ) -> Int32 { SQLITE_IOERR_SHMMAP }

    /// Takes or gives back locks of the shared memory; `flags` are SQLite's `SQLITE_SHM_…`.
    func lockRegion(_ locks: Range<Int>, _ flags: Int32) -> Int32 { SQLITE_IOERR_SHMLOCK }

    func unmapRegions() -> Int32 { SQLITE_OK }
}

/// The file that a `VirtualFile` rests on, opened and closed by the VFS.
struct FileBelow {
    let pointer: UnsafeMutablePointer<sqlite3_file>

    func read(_ bytes: UnsafeMutableRawBufferPointer, at offset: Int64) -> Int32 {
        page_vfs_below_read(pointer, bytes.baseAddress, Int32(bytes.count), offset)
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) -> Int32 {
        page_vfs_below_write(pointer, bytes.baseAddress, Int32(bytes.count), offset)
    }

    func truncate(to size: Int64) -> Int32 { page_vfs_below_truncate(pointer, size) }

    func sync(_ flags: Int32) -> Int32 { page_vfs_below_sync(pointer, flags) }

    func size(_ size: inout Int64) -> Int32 { page_vfs_below_size(pointer, &size) }
}
