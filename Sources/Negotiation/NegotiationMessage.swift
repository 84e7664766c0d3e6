/// The framing of multistream-select: `uvarint(length) || text || "\n"`, the length counting the newline.
enum NegotiationMessage {
    /// Appends one message to `bytes`.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        let length = text.utf8.count + 1
        if length < 0x80 {
            bytes.append(UInt8(length))
        } else {
            // Ids are at most 1023 bytes long, so two bytes of varint always do.
            bytes.append(UInt8(length & 0x7f) | 0x80)
            bytes.append(UInt8(truncatingIfNeeded: length >> 7))
        }
        bytes.append(contentsOf: text.utf8)
        bytes.append(Negotiation.newline)
    }
}

/// Cuts the incoming bytes into messages. It holds back at most one incomplete message of 1024 bytes; whole messages
/// are taken as soon as they stand at the front.
struct NegotiationMessageBuffer {
    private var bytes: [UInt8] = []
    private var start = 0

    mutating func append(_ more: some Sequence<UInt8>) {
        if start > 0 {
            bytes.removeFirst(start)
            start = 0
        }
        bytes.append(contentsOf: more)
    }

    /// The text of the next whole message, without its newline; nil when more bytes are needed.
    mutating func next() throws(NegotiationError) -> String? {
        guard let (length, prefix) = try readLength() else { return nil }
        let (from, end) = (start + prefix, start + prefix + length)
        guard end <= bytes.count else { return nil }
        guard bytes[end - 1] == Negotiation.newline else { throw .malformed("a message without a newline") }
        guard let text = String(validating: bytes[from..<end - 1], as: UTF8.self) else {
            throw .malformed("a message that is not UTF-8")
        }
        start = end
        return text
    }

    /// Everything behind the last message taken.
    mutating func takeRest() -> [UInt8] {
        defer {
            bytes = []
            start = 0
        }
        return start == 0 ? bytes : Array(bytes[start...])
    }

    /// The length in the prefix at the front, 1...1024, and the size of the prefix; nil when it is incomplete.
    private func readLength() throws(NegotiationError) -> (length: Int, prefix: Int)? {
        guard start < bytes.count else { return nil }
        let first = bytes[start]
        if first == 0 { throw .malformed("an empty message") }
        if first < 0x80 { return (Int(first), 1) }
        guard start + 1 < bytes.count else { return nil }
        let second = bytes[start + 1]
        if second == 0 { throw .malformed("a length that is not minimal") }
        // 1024 needs two bytes of varint, so a third one already says that the message is too large.
        let length = Int(first & 0x7f) | Int(second) << 7
        guard second < 0x80, length <= Negotiation.maximumMessageLength else { throw .messageTooLarge }
        return (length, 2)
    }
}
