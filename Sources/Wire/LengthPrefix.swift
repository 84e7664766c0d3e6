import Multiformats

/// Messages on a stream, each after its length as an unsigned varint: `uvarint(count) || message`.
public enum LengthPrefix {
    /// `message` with its length before it.
    public static func frame(_ message: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(message.count + UnsignedVarint.maximumCount)
        bytes.appendLengthPrefixed(message)
        return bytes
    }
}

/// Takes a stream of length-prefixed messages apart, whatever pieces it arrives in.
///
/// Feed it with `receive`, then call `next` until it gives nil. Between calls it holds at most one unfinished
/// message: what has arrived, never what was announced. After an error the stream has no meaning any more, and every
/// further call throws that error again.
public struct LengthPrefixedDecoder: Sendable {
    /// The longest message, in bytes.
    public let limit: Int
    private var buffer: [UInt8] = []
    /// How much of `buffer` has been given out.
    private var consumed = 0
    private var failure: WireError?

    /// A decoder for messages of at most `limit` bytes.
    public init(limit: Int) {
        self.limit = max(0, limit)
    }

    /// How many bytes have arrived and not been given out.
    public var bufferedCount: Int { buffer.count - consumed }

    /// Takes bytes that have arrived.
    public mutating func receive(_ bytes: UnsafeRawBufferPointer) {
        compact()
        buffer.append(contentsOf: bytes)
    }

    /// Takes bytes that have arrived.
    public mutating func receive(_ bytes: [UInt8]) {
        compact()
        if buffer.isEmpty { buffer = bytes } else { buffer += bytes }
    }

    /// The next whole message; nil if more bytes are needed.
    /// - Throws: `WireError.tooLong` as soon as a length beyond the limit is read, `WireError.malformedVarint` for
    ///   what is no length.
    public mutating func next() throws(WireError) -> [UInt8]? {
        if let failure { throw failure }
        let count: UInt64
        let start: Int
        do {
            (count, start) = try UnsignedVarint.decode(buffer, at: consumed)
        } catch .truncated {
            return nil
        } catch {
            throw fail(.malformedVarint(error))
        }
        guard count <= UInt64(limit) else { throw fail(.tooLong(count: count, limit: limit)) }
        guard count <= UInt64(buffer.count - start) else { return nil }
        let end = start + Int(count)
        defer { consumed = end }
        return Array(buffer[start..<end])
    }

    /// All bytes that have not been given out, for whoever reads the stream from here on. The decoder is left empty.
    public mutating func takeRemainder() -> [UInt8] {
        defer {
            buffer = []
            consumed = 0
        }
        return Array(buffer[consumed...])
    }

    /// Throws if the stream has ended in the middle of a message.
    public func finish() throws(WireError) {
        if let failure { throw failure }
        if bufferedCount > 0 { throw .truncated }
    }

    private mutating func fail(_ error: WireError) -> WireError {
        failure = error
        buffer = []
        consumed = 0
        return error
    }

    private mutating func compact() {
        guard consumed > 0 else { return }
        if consumed == buffer.count {
            buffer.removeAll(keepingCapacity: true)
        } else {
            buffer.removeFirst(consumed)
        }
        consumed = 0
    }
}
