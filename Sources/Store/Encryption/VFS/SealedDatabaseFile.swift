import CSQLite

/// The database as a connection uses it: whole pages out, and in only while the log is folded into it.
final class SealedDatabaseFile: VirtualFile {
    let below: FileBelow
    /// True while SQLite copies pages from the log: they stay sealed on the way.
    private(set) var isCheckpointing = false

    /// What SQLite learns from the database's header when it opens it, before it looks into the log: format, page size,
    /// reserved bytes. That is the same for every store. Page 1 itself may be half written by a checkpoint that a crash
    /// has ended, and is then read from the log.
    private static let header =
        Array("SQLite format 3\0".utf8)
        + [
            UInt8(SealedPage.byteCount >> 8), UInt8(SealedPage.byteCount & 0xff), 2, 2,
            UInt8(SealedPage.reservedByteCount), 64, 32, 32,
        ] + [UInt8](repeating: 0, count: 76)

    private let files: SealedFiles
    private let cipher: PageCipher
    private var holding = SharedIndex.Holding()
    private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: SealedPage.byteCount, alignment: 16)

    init(_ files: SealedFiles, below: FileBelow) {
        self.files = files
        self.below = below
        cipher = PageCipher(key: files.keys.pages)
    }

    deinit { scratch.deallocate() }

    override func close() {
        files.index.unmap(&holding)
    }

    override func read(_ bytes: UnsafeMutableRawBufferPointer, at offset: Int64) -> Int32 {
        if bytes.count == SealedPage.byteCount, offset % Int64(SealedPage.byteCount) == 0 {
            return readPage(into: bytes, at: offset)
        }
        if !files.isBuilding, offset >= 0, offset + Int64(bytes.count) <= Self.header.count {
            Self.header.withUnsafeBytes {
                bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[Int(offset)..<Int(offset) + bytes.count]))
            }
            return SQLITE_OK
        }
        let within = Int(offset % Int64(SealedPage.byteCount))
        guard within + bytes.count <= SealedPage.byteCount else { return misuse("read across pages") }
        let result = readPage(into: scratch, at: offset - Int64(within))
        bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: scratch[within..<within + bytes.count]))
        return result
    }

    private func readPage(into bytes: UnsafeMutableRawBufferPointer, at offset: Int64) -> Int32 {
        guard let number = Self.page(at: offset) else { return misuse("read beyond the last page") }
        let stamp = files.stamp(of: number)
        let result = below.read(bytes, at: offset)
        guard stamp != .none else {
            // Nothing was ever written there, whatever lies in the file.
            bytes.initializeMemory(as: UInt8.self, repeating: 0)
            return result
        }
        guard result == SQLITE_OK else {
            return result == SQLITE_IOERR_SHORT_READ ? files.fail(.missingPage(number, of: files.path)) : result
        }
        let page = UnsafeRawBufferPointer(bytes)
        let isCurrent = Stamp(of: page) == stamp && SealedPage.hasNoCode(page)
        let isAuthentic = cipher.open(bytes, number: number)
        guard isCurrent && isAuthentic else {
            bytes.initializeMemory(as: UInt8.self, repeating: 0)
            return files.fail(files.refusal(of: number, isAuthentic: isAuthentic))
        }
        return SQLITE_OK
    }

    override func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) -> Int32 {
        guard bytes.count == SealedPage.byteCount, let number = Self.page(at: offset) else {
            return misuse("written otherwise than by pages of \(SealedPage.byteCount) bytes")
        }
        if isCheckpointing {
            files.wrote(number, Stamp(of: bytes))
            return below.write(bytes, at: offset)
        }
        guard files.isBuilding else { return misuse("written past the log") }
        guard SealedPage.leavesRoom(bytes, number: number) else { return misuse("written without reserved bytes") }
        files.wrote(number, cipher.seal(bytes, number: number, into: scratch))
        return below.write(UnsafeRawBufferPointer(scratch), at: offset)
    }

    override func truncate(to size: Int64) -> Int32 {
        files.cut(to: UInt32(clamping: size / Int64(SealedPage.byteCount)))
        return below.truncate(to: size)
    }

    override func sync(_ flags: Int32) -> Int32 {
        let result = below.sync(flags)
        if result == SQLITE_OK { files.synced() }
        return result
    }

    override func size(_ size: inout Int64) -> Int32 { below.size(&size) }

    override func control(_ operation: Int32, _ argument: UnsafeMutableRawPointer?) -> Int32 {
        switch operation {
        case SQLITE_FCNTL_CKPT_START: isCheckpointing = true
        case SQLITE_FCNTL_CKPT_DONE: isCheckpointing = false
        default: break
        }
        return SQLITE_NOTFOUND
    }

    override func mapRegion(
        _ region: Int, byteCount: Int, extends: Bool, _ address: inout UnsafeMutableRawPointer?
    ) -> Int32 {
        files.index.map(region, byteCount: byteCount, extends: extends, for: &holding, &address)
    }

    override func lockRegion(_ locks: Range<Int>, _ flags: Int32) -> Int32 {
        files.index.lock(locks, flags, for: &holding)
    }

    override func unmapRegions() -> Int32 {
        files.index.unmap(&holding)
        return SQLITE_OK
    }

    private static func page(at offset: Int64) -> UInt32? {
        let (page, rest) = offset.quotientAndRemainder(dividingBy: Int64(SealedPage.byteCount))
        return rest == 0 && offset >= 0 ? UInt32(exactly: page + 1) : nil
    }

    private func misuse(_ what: String) -> Int32 {
        files.fail(StoreError(.internal, "\(files.path) was to be \(what)"), as: SQLITE_IOERR)
    }
}
