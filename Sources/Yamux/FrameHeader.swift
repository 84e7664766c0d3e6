/// The kinds of frame (specification, "Type field").
enum FrameType: UInt8 {
    case data = 0
    case windowUpdate = 1
    case ping = 2
    case goAway = 3
}

/// The flags of a frame (specification, "Flag field"). Any may combine; unknown bits are ignored.
struct FrameFlags: OptionSet {
    let rawValue: UInt16
    static let syn = FrameFlags(rawValue: 1)
    static let ack = FrameFlags(rawValue: 2)
    static let fin = FrameFlags(rawValue: 4)
    static let rst = FrameFlags(rawValue: 8)
}

/// The 12 bytes before every frame: version, type, flags, stream id, length, in network order.
struct FrameHeader: Equatable {
    static let size = 12

    var type: FrameType
    var flags: FrameFlags
    var streamID: UInt32
    /// Data: payload bytes. Window update: credit, or with RST a code. Ping: opaque value. Go away: code.
    var length: UInt32

    init(type: FrameType, flags: FrameFlags, streamID: UInt32, length: UInt32) {
        self.type = type
        self.flags = flags
        self.streamID = streamID
        self.length = length
    }

    /// Decodes the 12 bytes at `bytes`.
    init(decoding bytes: UnsafeRawPointer) throws(YamuxError) {
        let front = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
        guard front >> 56 == 0 else { throw .violation("version \(front >> 56)") }
        let kind = UInt8(truncatingIfNeeded: front >> 48)
        guard let type = FrameType(rawValue: kind) else { throw .violation("frame type \(kind)") }
        self.type = type
        flags = FrameFlags(rawValue: UInt16(truncatingIfNeeded: front >> 32))
        streamID = UInt32(truncatingIfNeeded: front)
        length = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
    }

    /// Encodes into the 12 bytes at `bytes`.
    func encode(to bytes: UnsafeMutableRawPointer) {
        let front = UInt64(type.rawValue) << 48 | UInt64(flags.rawValue) << 32 | UInt64(streamID)
        bytes.storeBytes(of: front.bigEndian, as: UInt64.self)
        bytes.storeBytes(of: length.bigEndian, toByteOffset: 8, as: UInt32.self)
    }
}

/// The front of a header whose rest has not come yet.
struct PartialHeader {
    private var bytes = InlineArray<12, UInt8>(repeating: 0)
    private var count = 0

    var isEmpty: Bool { count == 0 }

    /// Takes what is missing from the front of `input`; answers the number of bytes taken.
    mutating func fill(from input: UnsafeRawBufferPointer) -> Int {
        let taken = min(FrameHeader.size - count, input.count)
        for index in 0..<taken { bytes[count + index] = input[index] }
        count += taken
        return taken
    }

    /// The header once all of it is here, leaving this empty; else `nil`.
    mutating func take() throws(YamuxError) -> FrameHeader? {
        guard count == FrameHeader.size else { return nil }
        count = 0
        let copy = bytes
        return try copy.span.withUnsafeBytes { (raw) throws(YamuxError) -> FrameHeader? in
            guard let base = raw.baseAddress else { return nil }
            return try FrameHeader(decoding: base)
        }
    }
}
