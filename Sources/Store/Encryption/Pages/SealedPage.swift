import CSQLite

/// How a page looks on the disk: its content encrypted, and behind it the bytes that SQLite leaves free.
///
/// | bytes | what |
/// |---|---|
/// | 0 ..< 4040 | content, encrypted |
/// | 4040 ..< 4064 | nonce |
/// | 4064 ..< 4080 | tag |
/// | 4080 ..< 4096 | in the write-ahead log the frame's code (see `FrameCode`), zero elsewhere |
///
/// SQLite itself sees zeros in the place of the last three. Page 1 is like every other: its header, which SQLite reads
/// before anything else, is encrypted too.
enum SealedPage {
    /// SQLite's page size here, in bytes.
    static let byteCount = 4096
    /// The bytes that SQLite leaves free at the end of each page (byte 20 of the database's header).
    static let reservedByteCount = 56
    /// What SQLite uses.
    static let contentByteCount = byteCount - reservedByteCount
    static let nonce = contentByteCount..<contentByteCount + 24
    static let tag = nonce.upperBound..<nonce.upperBound + 16
    static let code = tag.upperBound..<byteCount

    /// Whether SQLite left the end of a page free. Only page 1 says so, for all of them.
    static func leavesRoom(_ page: UnsafeRawBufferPointer, number: UInt32) -> Bool {
        number != 1 || page[20] == UInt8(reservedByteCount)
    }

    /// Whether a page's last field, which only the write-ahead log uses, is empty.
    static func hasNoCode(_ page: UnsafeRawBufferPointer) -> Bool {
        Code(page, at: code.lowerBound) == .zero
    }
}

/// What tells one version of a page from every other, older or of another page: half of its tag. Tags cannot be
/// chosen without the key, so that 64 bits are enough to recognise one.
struct Stamp: Equatable, Sendable {
    let value: UInt64

    /// No page was ever written.
    static let none = Stamp(value: 0)

    init(value: UInt64) { self.value = value }

    /// That of a sealed page.
    init(of page: UnsafeRawBufferPointer) {
        // Zero, which no tag begins with but by a chance of 2^-64, means none.
        value = max(1, page.loadUnaligned(fromByteOffset: SealedPage.tag.lowerBound, as: UInt64.self).littleEndian)
    }
}

/// Sixteen bytes that authenticate something: a tag or a keyed hash.
struct Code: Equatable, Sendable {
    let first: UInt64
    let second: UInt64

    static let zero = Code(first: 0, second: 0)
    static let byteCount = 16

    init(first: UInt64, second: UInt64) {
        self.first = first
        self.second = second
    }

    init(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        first = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        second = bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)
    }

    /// In a time that does not tell where they differ.
    static func == (left: Code, right: Code) -> Bool {
        (left.first ^ right.first) | (left.second ^ right.second) == 0
    }

    func write(to bytes: UnsafeMutableRawBufferPointer, at offset: Int) {
        bytes.storeBytes(of: first, toByteOffset: offset, as: UInt64.self)
        bytes.storeBytes(of: second, toByteOffset: offset + 8, as: UInt64.self)
    }
}

extension UnsafeRawBufferPointer {
    /// The big-endian number at `offset`, as SQLite writes them.
    func bigEndian32(at offset: Int) -> UInt32 {
        UInt32(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    func bigEndian64(at offset: Int) -> UInt64 {
        UInt64(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Writes a number as SQLite does.
    func storeBigEndian(_ value: UInt32, at offset: Int) {
        storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt32.self)
    }

    func storeBigEndian(_ value: UInt64, at offset: Int) {
        storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt64.self)
    }
}
