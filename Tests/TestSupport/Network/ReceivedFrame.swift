/// One frame of Yamux that an adversary got.
public struct ReceivedFrame: Equatable, Sendable {
    /// The types of frames.
    public enum Kind {
        /// Payload.
        public static let data: UInt8 = 0
        /// Credit, and the flags of streams.
        public static let window: UInt8 = 1
        /// A ping or its answer.
        public static let ping: UInt8 = 2
        /// The end of the session.
        public static let goAway: UInt8 = 3
    }

    /// The type; see ``Kind``.
    public var type: UInt8
    /// SYN 1, ACK 2, FIN 4, RST 8.
    public var flags: UInt16
    /// The stream; zero for the session.
    public var stream: UInt32
    /// The bytes of the body, or a number.
    public var length: UInt32
    /// The payload of a data frame.
    public var body: [UInt8]

    /// A frame.
    public init(type: UInt8, flags: UInt16, stream: UInt32, length: UInt32, body: [UInt8] = []) {
        self.type = type
        self.flags = flags
        self.stream = stream
        self.length = length
        self.body = body
    }

    /// Whether it resets its stream.
    public var isReset: Bool { flags & 8 != 0 }
}

extension Adversary {
    /// The next frame that comes in sealed records.
    public func receiveFrame() async throws -> ReceivedFrame {
        let header = try await receiveSealed(12)
        func number(_ range: Range<Int>) -> UInt32 { header[range].reduce(0) { $0 << 8 | UInt32($1) } }
        var frame = ReceivedFrame(
            type: header[1], flags: UInt16(number(2..<4)), stream: number(4..<8), length: number(8..<12))
        if frame.type == ReceivedFrame.Kind.data { frame.body = try await receiveSealed(Int(frame.length)) }
        return frame
    }

    /// The code with which a stream is reset, after whatever comes before.
    public func receiveReset(of stream: UInt32) async throws -> UInt32 {
        while true {
            let frame = try await receiveFrame()
            if frame.stream == stream, frame.isReset { return frame.length }
        }
    }

    /// The code of the go-away that comes, after whatever comes before; then the connection must end.
    public func receiveGoAway() async throws -> UInt32 {
        while true {
            let frame = try await receiveFrame()
            guard frame.type == ReceivedFrame.Kind.goAway else { continue }
            await untilEnded()
            return frame.length
        }
    }

    /// The payload of one stream, once there are `count` bytes of it.
    public func receivePayload(_ count: Int, of stream: UInt32) async throws -> [UInt8] {
        var payload: [UInt8] = []
        while payload.count < count {
            let frame = try await receiveFrame()
            if frame.stream == stream { payload += frame.body }
        }
        return payload
    }
}
