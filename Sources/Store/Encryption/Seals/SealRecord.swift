/// One step of the database file: which versions of its pages it holds from here on.
///
/// Written when all of the write-ahead log is in the database, before that log is begun anew or removed: until then the
/// log's frames are read in the place of the pages that they changed.
struct SealRecord: Equatable {
    /// The pages that the database has.
    var pageCount: UInt32
    /// How many of the pages of the step before it has kept: those behind are gone, or come anew.
    var keptCount: UInt32
    /// The versions that changed, or all of them.
    var seals: [PageSeal]

    private static let fixedByteCount = 12
    private static let sealByteCount = 12

    /// The length of a record of that many seals.
    static func byteCount(seals: Int) -> Int { fixedByteCount + seals * sealByteCount }

    init(pageCount: UInt32, keptCount: UInt32, seals: [PageSeal]) {
        self.pageCount = pageCount
        self.keptCount = keptCount
        self.seals = seals
    }

    /// What `encoded` yields; nil for anything else.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= Self.fixedByteCount else { return nil }
        let count = Int(bytes.bigEndian32(at: 8))
        guard bytes.count == Self.byteCount(seals: count) else { return nil }
        pageCount = bytes.bigEndian32(at: 0)
        keptCount = bytes.bigEndian32(at: 4)
        seals = (0..<count).map { index in
            let offset = Self.byteCount(seals: index)
            return PageSeal(page: bytes.bigEndian32(at: offset), stamp: Stamp(value: bytes.bigEndian64(at: offset + 4)))
        }
    }

    var encoded: [UInt8] {
        let count = Self.byteCount(seals: seals.count)
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialised in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            bytes.storeBigEndian(pageCount, at: 0)
            bytes.storeBigEndian(keptCount, at: 4)
            bytes.storeBigEndian(UInt32(seals.count), at: 8)
            for (index, seal) in seals.enumerated() {
                let offset = Self.byteCount(seals: index)
                bytes.storeBigEndian(seal.page, at: offset)
                bytes.storeBigEndian(seal.stamp.value, at: offset + 4)
            }
            initialised = count
        }
    }
}
