/// A domain name as it travels (RFC 1035, section 3.1): labels of bytes, compared without regard to ASCII case.
public struct DNSName: Sendable, CustomStringConvertible {
    /// The longest name on the wire, in bytes (RFC 1035, section 2.3.4).
    public static let maximumSize = 255
    /// The longest label, in bytes.
    public static let maximumLabel = 63

    /// The most compression pointers followed in one name; senders need one, or a few.
    static let maximumJumps = 16

    /// 0...127 labels of 1...63 bytes each; the root has none.
    public let labels: [[UInt8]]

    /// A name of `labels`.
    ///
    /// - Throws: ``DNSError/malformedName`` if a label is empty or too long, or all of them are.
    public init(labels: [[UInt8]]) throws(DNSError) {
        var size = 1
        for label in labels {
            guard 1...Self.maximumLabel ~= label.count else { throw .malformedName }
            size += 1 + label.count
        }
        guard size <= Self.maximumSize else { throw .malformedName }
        self.labels = labels
    }

    /// Reads the name at `offset` of a message and moves `offset` behind it.
    ///
    /// A compression pointer (RFC 1035, section 4.1.4) must lead to before the piece that it ends: so every name comes
    /// to an end, whoever wrote it, and the work is bounded by its length and ``maximumJumps``.
    ///
    /// - Throws: ``DNSError``: `truncated`, `malformedName`, `pointerLoop`. `offset` is left alone then.
    public init(decoding message: [UInt8], at offset: inout Int) throws(DNSError) {
        var labels: [[UInt8]] = []
        var size = 1
        var position = offset
        var pieceStart = offset
        var end: Int?
        var jumps = 0
        while true {
            guard message.indices.contains(position) else { throw .truncated }
            let length = Int(message[position])
            switch length >> 6 {
            case 0b00:
                let start = position + 1
                guard length > 0 else {
                    offset = end ?? start
                    self.labels = labels
                    return
                }
                guard start + length <= message.count else { throw .truncated }
                size += 1 + length
                guard size <= Self.maximumSize else { throw .malformedName }
                labels.append(Array(message[start..<start + length]))
                position = start + length
            case 0b11:
                guard message.indices.contains(position + 1) else { throw .truncated }
                let target = (length & 0x3f) << 8 | Int(message[position + 1])
                jumps += 1
                guard target < pieceStart, jumps <= Self.maximumJumps else { throw .pointerLoop }
                end = end ?? position + 2
                (position, pieceStart) = (target, target)
            default:
                throw .malformedName
            }
        }
    }

    /// The name on the wire, without compression.
    public var encoded: [UInt8] {
        labels.flatMap { [UInt8($0.count)] + $0 } + [0]
    }

    /// The labels with dots between them; a dot, a backslash or what is no printable ASCII in a label is shown as `\DDD`
    /// (RFC 1035, section 5.1).
    public var description: String {
        labels.map { label in
            label.map { byte in
                guard 0x21...0x7e ~= byte, byte != 0x2e, byte != 0x5c else {
                    let digits = String(byte)
                    return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
                }
                return String(UnicodeScalar(byte))
            }.joined()
        }.joined(separator: ".")
    }
}

extension DNSName: Hashable {
    private var folded: [[UInt8]] {
        labels.map { $0.map { 0x41...0x5a ~= $0 ? $0 + 0x20 : $0 } }
    }

    /// Equal but for ASCII case (RFC 1035, section 2.3.3).
    public static func == (left: DNSName, right: DNSName) -> Bool {
        left.folded == right.folded
    }

    /// Feeds the labels without their case.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(folded)
    }
}
