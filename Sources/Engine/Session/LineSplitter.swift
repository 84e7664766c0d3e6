import Wire

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Chunks of bytes in, lines out, whatever the chunks' borders are.
///
/// A line ends with a newline; a carriage return before it is part of the ending. A line of nothing but blanks is no
/// line. One that outgrows the cap is told once, at the moment it does, and skipped up to its newline, so that memory
/// stays bounded by the cap. A line that lies whole within its chunk is handed on without a copy.
package struct LineSplitter {
    /// The longest line, without its ending.
    package static let maximumLength = 1 << 20

    /// What a line turned out to be.
    package enum Line {
        /// The bytes of a line, valid during the call only.
        case whole(UnsafeRawBufferPointer)
        /// More bytes than there may be.
        case tooLong
    }

    /// The number of the line last handed on, from 1.
    package private(set) var number = 0

    /// What this one takes.
    private let limit: Int
    /// The beginning of a line whose end no chunk has brought yet.
    private var carried: [UInt8] = []
    /// Set while the rest of a line that is too long goes by.
    private var isSkipping = false

    /// - Parameter maximumLength: The longest line, without its ending.
    package init(maximumLength: Int = Self.maximumLength) {
        limit = maximumLength
    }

    /// Takes one line from `chunk`, beginning at `offset`, and moves `offset` behind it.
    ///
    /// - Parameters:
    ///   - chunk: Bytes as they came.
    ///   - offset: How much of the chunk was taken before.
    ///   - body: Called at most once, with the line.
    package mutating func next(
        in chunk: UnsafeRawBufferPointer, at offset: inout Int, _ body: (Int, Line) -> Void
    ) {
        let rest = UnsafeRawBufferPointer(rebasing: chunk[offset...])
        let end = Self.newline(in: rest)
        let part = UnsafeRawBufferPointer(rebasing: rest[..<(end ?? rest.count)])
        offset += part.count + (end == nil ? 0 : 1)

        if isSkipping {
            isSkipping = end == nil
            return
        }
        // A carriage return at the cap may be half of an ending: it does not count yet.
        let length = carried.count + part.count
        let endsInReturn = (part.last ?? carried.last) == UInt8(ascii: "\r")
        if length - (endsInReturn ? 1 : 0) > limit {
            number += 1
            carried.erase()
            carried = []
            isSkipping = end == nil
            body(number, .tooLong)
        } else if end == nil {
            carry(part)
        } else if carried.isEmpty {
            finish(part, body)
        } else {
            carry(part)
            finishCarried(body)
        }
    }

    private static func newline(in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let start = bytes.baseAddress else { return nil }
        return memchr(start, Int32(UInt8(ascii: "\n")), bytes.count).map { UnsafeRawPointer($0) - start }
    }

    /// Takes the last line, which no newline ended.
    package mutating func end(_ body: (Int, Line) -> Void) {
        isSkipping = false
        if !carried.isEmpty { finishCarried(body) }
    }

    private mutating func finishCarried(_ body: (Int, Line) -> Void) {
        let line = carried
        carried = []
        line.withUnsafeBytes { finish($0, body) }
        line.erase()
    }

    /// Keeps the beginning of a line, which may hold a secret: where it outgrows its memory, it leaves none behind.
    private mutating func carry(_ part: UnsafeRawBufferPointer) {
        let count = carried.count + part.count
        if count > carried.capacity, !carried.isEmpty {
            var bigger: [UInt8] = []
            bigger.reserveCapacity(max(count, 2 * carried.count))
            bigger += carried
            carried.erase()
            carried = bigger
        }
        carried += part
    }

    private mutating func finish(_ bytes: UnsafeRawBufferPointer, _ body: (Int, Line) -> Void) {
        number += 1
        var line = bytes
        if line.last == UInt8(ascii: "\r") { line = UnsafeRawBufferPointer(rebasing: line.dropLast()) }
        guard line.contains(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }) else { return }
        body(number, .whole(line))
    }
}
