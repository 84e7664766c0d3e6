@testable import Yamux

/// A frame for tests: made by hand, or found in a session's output.
struct Frame: Equatable, CustomStringConvertible {
    var type: UInt8
    var flags: UInt16
    var id: UInt32
    var length: UInt32
    var payload: [UInt8] = []

    static let syn: UInt16 = 1
    static let ack: UInt16 = 2
    static let fin: UInt16 = 4
    static let rst: UInt16 = 8

    /// A data frame whose length is that of its payload.
    static func data(_ id: UInt32, _ payload: [UInt8] = [], flags: UInt16 = 0) -> Frame {
        Frame(type: 0, flags: flags, id: id, length: UInt32(payload.count), payload: payload)
    }

    /// A data frame that announces `length` bytes and brings none.
    static func dataHeader(_ id: UInt32, length: UInt32, flags: UInt16 = 0) -> Frame {
        Frame(type: 0, flags: flags, id: id, length: length)
    }

    static func window(_ id: UInt32, _ delta: UInt32 = 0, flags: UInt16 = 0) -> Frame {
        Frame(type: 1, flags: flags, id: id, length: delta)
    }

    static func ping(_ opaque: UInt32, flags: UInt16) -> Frame { Frame(type: 2, flags: flags, id: 0, length: opaque) }

    static func goAway(_ code: UInt32) -> Frame { Frame(type: 3, flags: 0, id: 0, length: code) }

    var bytes: [UInt8] {
        var bytes: [UInt8] = [0, type, UInt8(flags >> 8), UInt8(flags & 0xff)]
        for word in [id, length] {
            for shift in [24, 16, 8, 0] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
        return bytes + payload
    }

    var description: String {
        let kind = ["data", "window", "ping", "goaway"][Int(type)]
        return "\(kind) id \(id) flags \(flags) length \(length)"
    }

    /// Cuts bytes into frames, by rules of its own; `nil` if they are not whole frames.
    static func parse(_ bytes: [UInt8]) -> [Frame]? {
        func word(_ offset: Int) -> UInt32 {
            bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
        var frames: [Frame] = []
        var offset = 0
        while offset < bytes.count {
            guard offset + 12 <= bytes.count, bytes[offset] == 0, bytes[offset + 1] < 4 else { return nil }
            var frame = Frame(
                type: bytes[offset + 1], flags: UInt16(word(offset) & 0xffff), id: word(offset + 4),
                length: word(offset + 8))
            offset += 12
            if frame.type == 0 {
                let end = offset + Int(frame.length)
                guard end <= bytes.count else { return nil }
                frame.payload = Array(bytes[offset..<end])
                offset = end
            }
            frames.append(frame)
        }
        return frames
    }
}
