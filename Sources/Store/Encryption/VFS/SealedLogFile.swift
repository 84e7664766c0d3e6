import CSQLite

/// The write-ahead log as a connection uses it. SQLite writes a frame's header and its page one after the other; here
/// the two wait for each other, and for the frames that follow, and go to the disk in one piece.
final class SealedLogFile: VirtualFile {
    private let files: SealedFiles
    private let below: FileBelow
    private let database: SealedDatabaseFile
    private let cipher: PageCipher
    private let coder: FrameCoder
    /// A frame header whose page has not come yet.
    private var header: (frame: Int, bytes: FrameHeaderBytes)?
    /// Frames that are not written yet.
    private let buffer = UnsafeMutableRawBufferPointer.allocate(
        byteCount: bufferedFrames * WALLayout.frameByteCount, alignment: 16)
    private var firstBuffered = 0
    private var bufferedCount = 0
    /// A transaction's last frame that was written by this connection and is not on the disk yet.
    private var unmarkedCommit: Int?

    private static let bufferedFrames = 16

    init(_ files: SealedFiles, below: FileBelow, database: SealedDatabaseFile) {
        self.files = files
        self.below = below
        self.database = database
        cipher = PageCipher(key: files.keys.pages)
        coder = FrameCoder(key: files.keys.frames)
    }

    deinit { buffer.deallocate() }

    // MARK: Reading

    override func read(_ bytes: UnsafeMutableRawBufferPointer, at offset: Int64) -> Int32 {
        let settled = settle()
        guard settled == SQLITE_OK else { return settled }
        guard let place = WALLayout.place(of: offset) else { return below.read(bytes, at: offset) }
        guard place.offset + bytes.count <= WALLayout.frameByteCount else { return misuse("read across frames") }
        guard let (frame, salts) = files.frame(place.frame) else {
            // Not a frame that counts: SQLite takes zeros for the end.
            bytes.initializeMemory(as: UInt8.self, repeating: 0)
            return SQLITE_OK
        }
        let headerCount = max(0, min(bytes.count, WALLayout.frameHeaderByteCount - place.offset))
        if headerCount > 0 {
            var original = FrameHeaderBytes()
            original.withBytes { frame.writeOriginalHeader(salts: salts, to: $0) }
            original.withBytes {
                bytes.copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: $0[place.offset..<place.offset + headerCount]))
            }
        }
        let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[headerCount...])
        guard rest.count > 0 else { return SQLITE_OK }
        let within = place.offset + headerCount - WALLayout.frameHeaderByteCount
        return readPage(into: rest, at: within, of: place.frame, frame)
    }

    private func readPage(
        into bytes: UnsafeMutableRawBufferPointer, at within: Int, of index: Int, _ frame: Frame
    ) -> Int32 {
        if bytes.count == SealedPage.byteCount { return readPage(into: bytes, of: index, frame) }
        return withUnsafeTemporaryAllocation(byteCount: SealedPage.byteCount, alignment: 16) { page in
            let result = readPage(into: page, of: index, frame)
            bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: page[within..<within + bytes.count]))
            return result
        }
    }

    private func readPage(into page: UnsafeMutableRawBufferPointer, of index: Int, _ frame: Frame) -> Int32 {
        let offset = Int64(WALLayout.offset(ofFrame: index) + WALLayout.frameHeaderByteCount)
        let result = below.read(page, at: offset)
        guard result == SQLITE_OK || result == SQLITE_IOERR_SHORT_READ else { return result }
        let isCurrent = result == SQLITE_OK && Stamp(of: UnsafeRawBufferPointer(page)) == frame.stamp
        if isCurrent, database.isCheckpointing {
            // On its way to the database it stays as it is, but for what only the log uses.
            Code.zero.write(to: page, at: SealedPage.code.lowerBound)
            return SQLITE_OK
        }
        guard isCurrent, cipher.open(page, number: frame.page) else {
            page.initializeMemory(as: UInt8.self, repeating: 0)
            return files.fail(.damagedFrame(index, of: files.logPath))
        }
        return SQLITE_OK
    }

    override func size(_ size: inout Int64) -> Int32 {
        let settled = settle()
        return settled == SQLITE_OK ? below.size(&size) : settled
    }

    // MARK: Writing

    override func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) -> Int32 {
        guard let place = WALLayout.place(of: offset) else {
            guard offset == 0, bytes.count == WALLayout.headerByteCount else { return misuse("written out of form") }
            return begin(bytes)
        }
        switch (place.offset, bytes.count) {
        case (0, WALLayout.frameHeaderByteCount):
            let settled = settleHeader()
            guard settled == SQLITE_OK else { return settled }
            header = (place.frame, FrameHeaderBytes(bytes))
            return SQLITE_OK
        case (WALLayout.frameHeaderByteCount, SealedPage.byteCount):
            if let (frame, bytesOfHeader) = header, frame == place.frame {
                header = nil
                return append(bytes, bytesOfHeader, at: frame)
            }
            let settled = settle()
            return settled == SQLITE_OK ? overwrite(bytes, in: place.frame) : settled
        default:
            return misuse("written out of form")
        }
    }

    override func sync(_ flags: Int32) -> Int32 {
        let settled = settle()
        guard settled == SQLITE_OK else { return settled }
        let result = below.sync(flags)
        guard result == SQLITE_OK else { return result }
        cipher.renewNonce()
        writeMark()
        return SQLITE_OK
    }

    override func truncate(to size: Int64) -> Int32 {
        let settled = settle()
        guard settled == SQLITE_OK else { return settled }
        let count = WALLayout.frameCount(byteCount: Int(clamping: size))
        if count == 0 {
            let discarded = files.discardLog { [database] in database.sync(SQLITE_SYNC_NORMAL) }
            guard discarded == SQLITE_OK else { return discarded }
        } else {
            files.cutLog(to: count)
        }
        return below.truncate(to: size)
    }

    /// The log's header: the log begins anew.
    private func begin(_ bytes: UnsafeRawBufferPointer) -> Int32 {
        let settled = settle()
        guard settled == SQLITE_OK else { return settled }
        let discarded = files.discardLog { [database] in database.sync(SQLITE_SYNC_NORMAL) }
        guard discarded == SQLITE_OK else { return discarded }
        files.beginLog(salts: bytes.bigEndian64(at: 16))
        return below.write(bytes, at: 0)
    }

    /// A header and its page: a frame behind those before it, or anew in the place of one that was rolled back.
    private func append(_ page: UnsafeRawBufferPointer, _ header: FrameHeaderBytes, at index: Int) -> Int32 {
        var header = header
        let number = header.withBytes { $0.bigEndian32(at: 0) }
        guard SealedPage.leavesRoom(page, number: number) else { return misuse("written without reserved bytes") }
        if bufferedCount > 0, index != firstBuffered + bufferedCount {
            let flushed = flush()
            guard flushed == SQLITE_OK else { return flushed }
        }
        if bufferedCount == 0 { firstBuffered = index }
        let start = bufferedCount * WALLayout.frameByteCount
        let room = UnsafeMutableRawBufferPointer(rebasing: buffer[start..<start + WALLayout.frameByteCount])
        let frame = seal(page, header, at: index, into: room)
        guard files.append(frame, at: index) else { return misuse("written with a hole") }
        bufferedCount += 1
        if frame.isCommit { unmarkedCommit = index }
        return frame.isCommit || bufferedCount == Self.bufferedFrames ? flush() : SQLITE_OK
    }

    /// A page alone: a frame of a transaction that is not finished gets another version of its page.
    private func overwrite(_ page: UnsafeRawBufferPointer, in index: Int) -> Int32 {
        guard let (old, salts) = files.frame(index) else { return misuse("written with a hole") }
        var header = FrameHeaderBytes()
        header.withBytes { old.writeOriginalHeader(salts: salts, to: $0) }
        let room = UnsafeMutableRawBufferPointer(rebasing: buffer[..<WALLayout.frameByteCount])
        files.replace(index, by: seal(page, header, at: index, into: room))
        return below.write(UnsafeRawBufferPointer(room), at: Int64(WALLayout.offset(ofFrame: index)))
    }

    /// A header alone: the frames of a transaction get their checksums anew, because one of them was overwritten.
    private func rewrite(_ header: FrameHeaderBytes, of index: Int) -> Int32 {
        guard files.frame(index) != nil else { return misuse("written with a hole") }
        let room = UnsafeMutableRawBufferPointer(rebasing: buffer[..<WALLayout.frameByteCount])
        let offset = Int64(WALLayout.offset(ofFrame: index))
        let result = below.read(room, at: offset)
        guard result == SQLITE_OK else { return result }
        files.replace(index, by: link(header, at: index, into: room))
        return below.write(UnsafeRawBufferPointer(room), at: offset)
    }

    private func seal(
        _ page: UnsafeRawBufferPointer, _ header: FrameHeaderBytes, at index: Int,
        into room: UnsafeMutableRawBufferPointer
    ) -> Frame {
        var header = header
        let number = header.withBytes { $0.bigEndian32(at: 0) }
        _ = cipher.seal(
            page, number: number,
            into: UnsafeMutableRawBufferPointer(rebasing: room[WALLayout.frameHeaderByteCount...]))
        return link(header, at: index, into: room)
    }

    /// Writes the header of a frame whose page is sealed in `room`, and the code that links it to the one before.
    private func link(
        _ header: FrameHeaderBytes, at index: Int, into room: UnsafeMutableRawBufferPointer
    ) -> Frame {
        let link = files.link(of: index)
        let page = UnsafeMutableRawBufferPointer(rebasing: room[WALLayout.frameHeaderByteCount...])
        var header = header
        var frame = header.withBytes { bytes in
            Frame(
                page: bytes.bigEndian32(at: 0), commitSize: bytes.bigEndian32(at: 4),
                transactionStart: link.transactionStart, stamp: Stamp(of: UnsafeRawBufferPointer(page)),
                checksum: WALChecksum(first: bytes.bigEndian32(at: 16), second: bytes.bigEndian32(at: 20)),
                code: .zero)
        }
        // SQLite leaves out the salts where it will write the header anew; but a frame that is rolled back stays so.
        frame.writeHeader(salts: link.salts, to: room)
        frame.code = coder.code(
            base: link.base, previous: link.previous, index: UInt32(clamping: index),
            header: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[..<WALLayout.frameHeaderByteCount]),
            reserved: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(page)[SealedPage.contentByteCount...]))
        frame.code.write(to: page, at: SealedPage.code.lowerBound)
        return frame
    }

    // MARK: What waits

    /// Everything that waits goes to the file below.
    private func settle() -> Int32 {
        let result = settleHeader()
        return result == SQLITE_OK ? flush() : result
    }

    /// A header whose page does not follow is one that is written anew.
    private func settleHeader() -> Int32 {
        guard let (index, bytes) = header else { return SQLITE_OK }
        header = nil
        let flushed = flush()
        return flushed == SQLITE_OK ? rewrite(bytes, of: index) : flushed
    }

    private func flush() -> Int32 {
        guard bufferedCount > 0 else { return SQLITE_OK }
        let count = bufferedCount * WALLayout.frameByteCount
        bufferedCount = 0
        return below.write(
            UnsafeRawBufferPointer(rebasing: buffer[..<count]), at: Int64(WALLayout.offset(ofFrame: firstBuffered)))
    }

    /// Behind a transaction that is on the disk, for the next start. Nothing depends on it, so a failure is none.
    private func writeMark() {
        guard let frame = unmarkedCommit else { return }
        unmarkedCommit = nil
        let link = files.link(of: frame)
        let number = UInt32(clamping: frame)
        let mark = SyncMark(
            salts: link.salts, frame: number,
            code: coder.markCode(base: link.base, salts: link.salts, frame: number))
        mark.encoded.withUnsafeBytes {
            _ = below.write($0, at: Int64(WALLayout.offset(ofFrame: frame + 1)))
        }
    }

    private func misuse(_ what: String) -> Int32 {
        files.fail(StoreError(.internal, "\(files.logPath) was to be \(what)"), as: SQLITE_IOERR)
    }
}

/// The 24 bytes of a frame's header as SQLite writes it.
struct FrameHeaderBytes {
    private var bytes: (UInt64, UInt64, UInt64) = (0, 0, 0)

    init() {}

    init(_ source: UnsafeRawBufferPointer) {
        withUnsafeMutableBytes(of: &bytes) { $0.copyMemory(from: source) }
    }

    mutating func withBytes<Result>(_ body: (UnsafeMutableRawBufferPointer) -> Result) -> Result {
        withUnsafeMutableBytes(of: &bytes, body)
    }
}

extension UnsafeMutableRawBufferPointer {
    /// The big-endian number at `offset`.
    func bigEndian32(at offset: Int) -> UInt32 { UnsafeRawBufferPointer(self).bigEndian32(at: offset) }

    func bigEndian64(at offset: Int) -> UInt64 { UnsafeRawBufferPointer(self).bigEndian64(at: offset) }
}
