import Time

/// What waits to be written to one peer: the important first, the stale not at all.
///
/// Bounded in bytes and in frames, whether the peer reads or not.
public struct PeerOutbox: Sendable {
    /// How much may wait, and for how long.
    public struct Limits: Sendable {
        /// Bytes of messages: ours, others', and answers.
        public var messageBytes = 4 << 20
        /// Frames of messages.
        public var messages = 16_384
        /// Bytes of control messages; a peer that does not take those is gone.
        public var controlBytes = 4 << 20
        /// How long a message of ours may wait.
        public var publishPatience: Duration = .seconds(5)
        /// How long other messages may wait.
        public var forwardPatience: Duration = .seconds(1)

        /// The defaults; the times are rust-libp2p's.
        public init() {}
    }

    private struct Entry {
        let frame: [UInt8]
        let deadline: Instant
    }

    private struct Lane {
        private var entries: [Entry] = []
        private var first = 0

        var isEmpty: Bool { first == entries.count }
        var front: Entry? { first < entries.count ? entries[first] : nil }

        mutating func append(_ entry: Entry) { entries.append(entry) }

        mutating func takeAll() -> [Entry] {
            defer { (entries, first) = ([], 0) }
            return Array(entries[first...])
        }

        mutating func removeFirst() {
            first += 1
            guard first == entries.count || first > 512 else { return }
            entries.removeFirst(first)
            first = 0
        }
    }

    private let limits: Limits
    private var lanes = Array(repeating: Lane(), count: OutboundPriority.gossip.rawValue + 1)
    private var controlBytes = 0
    private var messageBytes = 0
    private var messages = 0

    /// Frames that were let go because the peer does not read, since the last look.
    public private(set) var dropped = 0

    /// An empty outbox.
    public init(_ limits: Limits = Limits()) { self.limits = limits }

    /// Whether nothing waits.
    public var isEmpty: Bool { lanes.allSatisfy(\.isEmpty) }

    /// Bytes that wait.
    public var byteCount: Int { controlBytes + messageBytes }

    /// Adds a frame behind those of its priority.
    ///
    /// - Returns: false if the peer takes not even control messages: it should be given up.
    public mutating func append(_ frame: [UInt8], _ priority: OutboundPriority, _ now: Instant) -> Bool {
        guard priority != .control else {
            guard controlBytes + frame.count <= limits.controlBytes else { return false }
            controlBytes += frame.count
            lanes[priority.rawValue].append(Entry(frame: frame, deadline: .distantFuture))
            return true
        }
        guard messages < limits.messages, messageBytes + frame.count <= limits.messageBytes else {
            dropped += 1
            return true
        }
        messages += 1
        messageBytes += frame.count
        let patience = priority == .publish ? limits.publishPatience : limits.forwardPatience
        lanes[priority.rawValue].append(Entry(frame: frame, deadline: now + patience))
        return true
    }

    /// The next frames as one piece: as many as there are up to `size` bytes, one at least; nil if none waits.
    public mutating func next(upTo size: Int, _ now: Instant) -> [UInt8]? {
        var piece: [UInt8] = []
        for lane in lanes.indices {
            while let entry = lanes[lane].front {
                let isStale = entry.deadline < now
                guard isStale || piece.isEmpty || piece.count + entry.frame.count <= size else { return piece }
                lanes[lane].removeFirst()
                settle(entry, lane)
                if isStale {
                    dropped += 1
                } else if piece.isEmpty {
                    piece = entry.frame
                } else {
                    piece += entry.frame
                }
            }
        }
        return piece.isEmpty ? nil : piece
    }

    /// Takes out the control messages that wait, in their order.
    mutating func takeControl() -> [[UInt8]] {
        controlBytes = 0
        return lanes[OutboundPriority.control.rawValue].takeAll().map(\.frame)
    }

    private mutating func settle(_ entry: Entry, _ lane: Int) {
        if lane == OutboundPriority.control.rawValue {
            controlBytes -= entry.frame.count
        } else {
            messageBytes -= entry.frame.count
            messages -= 1
        }
    }

    /// The frames let go since this was asked last.
    public mutating func takeDropped() -> Int {
        defer { dropped = 0 }
        return dropped
    }
}
