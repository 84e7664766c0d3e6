import Reactor

/// Sealed records on their way to the socket. The buffer is there only while bytes wait in it.
@NetworkActor
struct OutboundRecords {
    private var buffer: UnsafeMutableRawBufferPointer?
    private var start = 0
    private var end = 0

    init() {}

    /// Bytes waiting.
    var count: Int { end - start }

    /// What waits, to be written.
    var waiting: UnsafeRawBufferPointer {
        guard let buffer else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(rebasing: buffer[start..<end])
    }

    /// Room for one more record, at least `minimum` bytes; nil when there is less.
    mutating func room(_ minimum: Int, from buffers: RecordBuffers) -> UnsafeMutableRawBufferPointer? {
        let buffer = self.buffer ?? buffers.takeSend()
        self.buffer = buffer
        guard buffer.count - end >= minimum else { return nil }
        return UnsafeMutableRawBufferPointer(rebasing: buffer[end...])
    }

    /// A record of `count` bytes was put where ``room(_:from:)`` said.
    mutating func append(_ count: Int) { end += count }

    /// `count` bytes were written.
    mutating func remove(_ count: Int) {
        start += count
        if start >= end { (start, end) = (0, 0) }
    }

    /// Gives the buffer back when nothing waits in it.
    mutating func releaseIfEmpty(to buffers: RecordBuffers) {
        guard let buffer, start == end else { return }
        buffers.giveBackSend(buffer)
        (self.buffer, start, end) = (nil, 0, 0)
    }

    /// Gives the buffer back, with what waits in it.
    mutating func discard(to buffers: RecordBuffers) {
        (start, end) = (0, 0)
        releaseIfEmpty(to: buffers)
    }

    /// Takes over bytes that were to be sent before there were records: the end of a handshake.
    mutating func append(_ bytes: [UInt8], from buffers: RecordBuffers) {
        guard !bytes.isEmpty, let room = room(bytes.count, from: buffers) else { return }
        bytes.withUnsafeBytes { room.copyMemory(from: $0) }
        append(bytes.count)
    }
}
