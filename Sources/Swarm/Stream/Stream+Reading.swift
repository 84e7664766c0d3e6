import Reactor
import Yamux

extension Stream {
    /// The next bytes, as soon as there are any: at least one and at most `max`; nil at the end of the stream.
    ///
    /// - Throws: ``StreamError``: `reset`, `connectionClosed`, `timedOut`, `unsupportedProtocol`, `closed`, `cancelled`,
    ///   `busy`.
    public func read(max: Int = .max) async throws(StreamError) -> [UInt8]? {
        guard !isReadBusy else { throw .busy }
        isReadBusy = true
        defer { isReadBusy = false }
        while true {
            if let bytes = try takeAvailable(max: max) { return bytes }
            if isAtEnd { return nil }
            if let failure { throw failure }
            guard !Task.isCancelled else { throw .cancelled }
            await reading.wait()
            guard !Task.isCancelled else { throw .cancelled }
        }
    }

    /// Exactly `count` bytes.
    ///
    /// - Throws: ``StreamError`` `endOfStream` when the stream ends before; otherwise as ``read(max:)``. Memory grows
    ///   with what arrives, not with `count`.
    public func read(exactly count: Int) async throws(StreamError) -> [UInt8] {
        guard count > 0 else { return [] }
        guard var bytes = try await read(max: count) else { throw .ended(after: 0, of: count) }
        while bytes.count < count {
            guard let more = try await read(max: count - bytes.count) else {
                throw .ended(after: bytes.count, of: count)
            }
            bytes += more
        }
        return bytes
    }

    /// One message framed by an unsigned varint of its length.
    ///
    /// - Parameter limit: the longest message taken, in bytes.
    /// - Throws: ``StreamError`` `tooLarge` when the length says more, `malformed` when it is no minimal varint,
    ///   `endOfStream` when the stream ends within; otherwise as ``read(max:)``.
    public func readLengthPrefixed(limit: Int) async throws(StreamError) -> [UInt8] {
        var length: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            guard let byte = try await readByte() else { throw .ended(after: Int(shift / 7), of: Int(shift / 7) + 1) }
            if byte == 0, shift > 0 { throw StreamError(.malformed, "a length prefix that is not minimal") }
            length |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { break }
            shift += 7
            guard shift < 63 else { throw StreamError(.malformed, "a length prefix of more than 9 bytes") }
        }
        guard let count = Int(exactly: length), count <= limit else { throw .tooLarge(limit: limit) }
        return try await read(exactly: count)
    }

    /// Everything up to the end of the stream.
    ///
    /// - Parameter limit: the most bytes taken.
    /// - Throws: ``StreamError`` `tooLarge` when more come; otherwise as ``read(max:)``.
    public func readToEnd(limit: Int) async throws(StreamError) -> [UInt8] {
        var bytes: [UInt8] = []
        while let more = try await read() {
            guard more.count <= limit - bytes.count else { throw .tooLarge(limit: limit) }
            if bytes.isEmpty { bytes = more } else { bytes += more }
        }
        return bytes
    }

    private func readByte() async throws(StreamError) -> UInt8? {
        while true {
            if frontOffset < front.count {
                defer { frontOffset += 1 }
                return front[frontOffset]
            }
            guard let more = try await read() else { return nil }
            (front, frontOffset) = (more, 0)
        }
    }

    /// Bytes that are there now; nil when none are.
    func takeAvailable(max: Int) throws(StreamError) -> [UInt8]? {
        guard !isInputDropped else { throw .closed }
        guard max > 0 else { return nil }
        let waiting = front.count - frontOffset
        if waiting > 0 {
            defer { if frontOffset >= front.count { (front, frontOffset) = ([], 0) } }
            if frontOffset == 0, waiting <= max {
                defer { front = [] }
                return front
            }
            let end = frontOffset + min(waiting, max)
            defer { frontOffset = end }
            return Array(front[frontOffset..<end])
        }
        guard isNegotiated || failure != nil else { return nil }
        return connection.take(self, max: max)
    }

    /// Everything that the other side sent has been read, and it sent an orderly end.
    private var isAtEnd: Bool {
        isRemoteFinished && dialer == nil && frontOffset >= front.count && connection.readableCount(of: self) == 0
    }
}

extension StreamError {
    static func ended(after count: Int, of expected: Int) -> StreamError {
        StreamError(.endOfStream, "the stream ended after \(count) of \(expected) bytes")
    }
}
