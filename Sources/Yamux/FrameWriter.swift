/// Writes frames one after the other into a buffer. The caller checks `room` first.
struct FrameWriter {
    private let buffer: UnsafeMutableRawBufferPointer
    /// Bytes written.
    private(set) var count = 0

    init(_ buffer: UnsafeMutableRawBufferPointer) { self.buffer = buffer }

    /// Bytes that can still be written.
    var room: Int { buffer.count - count }

    /// True when a frame without payload fits.
    var fitsHeader: Bool { room >= FrameHeader.size }

    mutating func write(_ type: FrameType, _ flags: FrameFlags, id: UInt32, length: UInt32) {
        guard fitsHeader, let base = buffer.baseAddress else { return assertionFailure("no room for a header") }
        FrameHeader(type: type, flags: flags, streamID: id, length: length).encode(to: base + count)
        count += FrameHeader.size
    }

    /// A data frame with `length` bytes from the front of `queue`, which has them and for which there is room.
    mutating func writeData(_ flags: FrameFlags, id: UInt32, length: Int, from queue: inout ChunkQueue) {
        write(.data, flags, id: id, length: UInt32(truncatingIfNeeded: length))
        guard length > 0 else { return }
        queue.moveFirst(length, into: UnsafeMutableRawBufferPointer(rebasing: buffer[count..<count + length]))
        count += length
    }
}
