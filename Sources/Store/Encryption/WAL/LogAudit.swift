/// Looks through the write-ahead log that was found beside a database, before SQLite does: which frames are sound, and
/// whether what is not was ever finished.
///
/// SQLite ends the log in silence at the first frame that is not as it should be. That is right for a transaction that a
/// crash cut short, and wrong for one that was committed and has been damaged. Here the two are told apart: each
/// transaction is on the disk before the next one begins, so a sound frame of a later one shows that an earlier one was
/// finished, and so does a `SyncMark`. All of that stands on `synchronous = FULL`.
struct LogAudit {
    let path: String
    let file: any DiskFile
    /// The step of the database: a log that is not built upon it is of the past, and empty now.
    let base: Code
    let coder: FrameCoder
    let cipher: PageCipher

    /// What was found.
    struct Outcome {
        /// The frames of finished transactions.
        var log: FrameLog
        /// True if frames of this step lie in the file, finished or not.
        var hasTraces: Bool
    }

    /// A frame as it lies in the file.
    private struct Found {
        let index: Int
        var bytes: [UInt8]
        /// That the code is right for the frame's place and the bytes that precede it.
        var isAuthentic = false
        var frame: Frame
        var salts: UInt64
    }

    /// Throws `corrupt` if a frame that was on the disk is not sound.
    func run() throws(StoreError) -> Outcome {
        let total = WALLayout.frameCount(byteCount: try file.size())
        let header = WALHeader(try file.read(WALLayout.headerByteCount, at: 0))
        var log = FrameLog(base: base, salts: header?.salts ?? 0)
        if let header { try accept(total, header, into: &log) }
        let soundCount = log.count
        let hasTraces = try examineRest(
            after: soundCount, total: total, salts: header?.salts, last: log.code(before: soundCount + 1))
        var end = log.count
        while let frame = log.frame(end), !frame.isCommit { end -= 1 }
        log.cut(to: end)
        return Outcome(log: log, hasTraces: hasTraces || soundCount > 0)
    }

    /// Takes frames as long as each follows from the one before.
    private func accept(_ total: Int, _ header: WALHeader, into log: inout FrameLog) throws(StoreError) {
        var checksum = header.checksum
        while log.count < total {
            let index = log.count + 1
            var found = try read(index, previous: log.code(before: index))
            guard found.isAuthentic, found.salts == header.salts, found.frame.page > 0 else { return }
            let isSound = found.bytes.withUnsafeMutableBytes { bytes in
                checksum.add(UnsafeRawBufferPointer(rebasing: bytes[..<8]), isBigEndian: header.isBigEndian)
                let page = UnsafeMutableRawBufferPointer(rebasing: bytes[WALLayout.frameHeaderByteCount...])
                guard cipher.open(page, number: found.frame.page) else { return false }
                checksum.add(UnsafeRawBufferPointer(page), isBigEndian: header.isBigEndian)
                return true
            }
            guard isSound else { return }
            found.frame.checksum = checksum
            guard log.put(found.frame, at: index) else { return }
        }
    }

    /// Looks for signs that the first frame that is not sound was on the disk once. Returns whether there are frames of
    /// this step at all.
    private func examineRest(
        after soundCount: Int, total: Int, salts: UInt64?, last: Code
    ) throws(StoreError) -> Bool {
        let first = soundCount + 1
        var previous = last
        var hasTraces = false
        for index in stride(from: first, through: total + 1, by: 1) {
            if let mark = try mark(at: index) {
                hasTraces = true
                guard mark.salts == salts else { throw .damagedLogHeader(path) }
                guard mark.frame < first else { throw .damagedFrame(first, of: path) }
            }
            guard index <= total else { break }
            let found = try read(index, previous: previous)
            if found.isAuthentic {
                hasTraces = true
                guard found.salts == salts else { throw .damagedLogHeader(path) }
                guard found.frame.transactionStart <= first else { throw .damagedFrame(first, of: path) }
            }
            previous = found.frame.code
        }
        return hasTraces
    }

    /// The mark in the place of frame `index`, if there is a true one.
    private func mark(at index: Int) throws(StoreError) -> SyncMark? {
        let bytes = try file.read(SyncMark.byteCount, at: WALLayout.offset(ofFrame: index))
        guard bytes.count == SyncMark.byteCount else { return nil }
        let mark = bytes.withUnsafeBytes { SyncMark($0) }
        guard Int(mark.frame) == index - 1 else { return nil }
        return coder.markCode(base: base, salts: mark.salts, frame: mark.frame) == mark.code ? mark : nil
    }

    private func read(_ index: Int, previous: Code) throws(StoreError) -> Found {
        let bytes = try file.read(WALLayout.frameByteCount, at: WALLayout.offset(ofFrame: index))
        guard bytes.count == WALLayout.frameByteCount else { throw StoreError(.io, "\(path) became shorter") }
        return bytes.withUnsafeBytes { frame in
            let page = UnsafeRawBufferPointer(rebasing: frame[WALLayout.frameHeaderByteCount...])
            let header = UnsafeRawBufferPointer(rebasing: frame[..<WALLayout.frameHeaderByteCount])
            let code = Code(page, at: SealedPage.code.lowerBound)
            let right = coder.code(
                base: base, previous: previous, index: UInt32(clamping: index), header: header,
                reserved: UnsafeRawBufferPointer(rebasing: page[SealedPage.contentByteCount...]))
            return Found(
                index: index, bytes: bytes, isAuthentic: code == right && header.bigEndian32(at: 20) == 0,
                frame: Frame(
                    page: header.bigEndian32(at: 0), commitSize: header.bigEndian32(at: 4),
                    transactionStart: header.bigEndian32(at: 16), stamp: Stamp(of: page), checksum: .zero, code: code),
                salts: header.bigEndian64(at: 8))
        }
    }
}
