import Wire

/// Merges the parts of an identify message as they come from a stream, each behind its length.
public struct IdentifyReader: Sendable {
    private var decoder = LengthPrefixedDecoder(limit: IdentifyMessage.maximumPart)
    private var message = IdentifyMessage()
    private var parts = 0

    /// A reader at the start of a stream.
    public init() {}

    /// Takes bytes of the stream.
    ///
    /// - Throws: ``IdentifyError``: `malformed`, `tooLarge`. The stream should be reset.
    public mutating func receive(_ bytes: [UInt8]) throws(IdentifyError) {
        decoder.receive(bytes)
        while let part = try nextPart() {
            parts += 1
            guard parts <= IdentifyMessage.maximumParts else {
                throw IdentifyError(.tooLarge, "more than \(IdentifyMessage.maximumParts) parts")
            }
            try message.merge(part)
        }
    }

    /// The message, once the stream has ended.
    ///
    /// - Throws: ``IdentifyError`` `malformed` when the stream ended within a part, or before the first.
    public func finish() throws(IdentifyError) -> IdentifyMessage {
        guard parts > 0, decoder.bufferedCount == 0 else {
            throw IdentifyError(.malformed, "the stream ended within the message")
        }
        return message
    }

    private mutating func nextPart() throws(IdentifyError) -> [UInt8]? {
        do {
            return try decoder.next()
        } catch .tooLong {
            throw IdentifyError(.tooLarge, "a part of more than \(IdentifyMessage.maximumPart) bytes")
        } catch {
            throw IdentifyError(.malformed, "a length that is none")
        }
    }
}
