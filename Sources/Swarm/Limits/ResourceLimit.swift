/// The most that one scope may hold. `Int.max` means without limit.
public struct ResourceLimit: Equatable, Sendable {
    /// Connections begun by others.
    public var inboundConnections: Int
    /// Connections begun by this side.
    public var outboundConnections: Int
    /// Connections of both directions.
    public var connections: Int
    /// Streams opened by others.
    public var inboundStreams: Int
    /// Streams opened by this side.
    public var outboundStreams: Int
    /// Streams of both directions.
    public var streams: Int
    /// Bytes of buffers.
    public var memory: Int

    /// A limit; what is not given is without limit.
    public init(
        inboundConnections: Int = .max, outboundConnections: Int = .max, connections: Int = .max,
        inboundStreams: Int = .max, outboundStreams: Int = .max, streams: Int = .max, memory: Int = .max
    ) {
        self.inboundConnections = inboundConnections
        self.outboundConnections = outboundConnections
        self.connections = connections
        self.inboundStreams = inboundStreams
        self.outboundStreams = outboundStreams
        self.streams = streams
        self.memory = memory
    }

    /// No limit at all.
    public static let unlimited = ResourceLimit()

    /// Three quarters of this limit; what is unlimited stays so.
    var threeQuarters: ResourceLimit {
        func share(_ count: Int) -> Int { count == .max ? .max : count - count / 4 }
        return ResourceLimit(
            inboundConnections: share(inboundConnections), outboundConnections: share(outboundConnections),
            connections: share(connections), inboundStreams: share(inboundStreams),
            outboundStreams: share(outboundStreams), streams: share(streams), memory: share(memory))
    }

    /// This limit with `increase` added `times` over; what is unlimited stays so.
    func raised(by increase: ResourceLimit, times: Double) -> ResourceLimit {
        func add(_ base: Int, _ more: Int) -> Int {
            guard base != .max, more != .max else { return base }
            let raise = Double(more) * times
            return raise < 9e18 - Double(base) ? base + Int(raise) : .max
        }
        return ResourceLimit(
            inboundConnections: add(inboundConnections, increase.inboundConnections),
            outboundConnections: add(outboundConnections, increase.outboundConnections),
            connections: add(connections, increase.connections),
            inboundStreams: add(inboundStreams, increase.inboundStreams),
            outboundStreams: add(outboundStreams, increase.outboundStreams),
            streams: add(streams, increase.streams),
            memory: add(memory, increase.memory))
    }
}

/// What one scope holds at a moment.
public struct ResourceUsage: Equatable, Sendable {
    /// Connections begun by others.
    public internal(set) var inboundConnections = 0
    /// Connections begun by this side.
    public internal(set) var outboundConnections = 0
    /// Streams opened by others.
    public internal(set) var inboundStreams = 0
    /// Streams opened by this side.
    public internal(set) var outboundStreams = 0
    /// Bytes reserved for buffers.
    public internal(set) var memory = 0

    /// Connections of both directions.
    public var connections: Int { inboundConnections + outboundConnections }
    /// Streams of both directions.
    public var streams: Int { inboundStreams + outboundStreams }

    static func + (left: ResourceUsage, right: ResourceUsage) -> ResourceUsage {
        var sum = left
        sum.inboundConnections += right.inboundConnections
        sum.outboundConnections += right.outboundConnections
        sum.inboundStreams += right.inboundStreams
        sum.outboundStreams += right.outboundStreams
        sum.memory += right.memory
        return sum
    }

    var isZero: Bool { connections == 0 && streams == 0 && memory == 0 }
}
