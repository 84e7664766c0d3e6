import Reactor

/// What one scope holds, and the most it may hold.
@NetworkActor
final class ResourceAccount {
    let scope: ResourceScope
    let limit: ResourceLimit
    private(set) var usage = ResourceUsage()

    init(scope: ResourceScope, limit: ResourceLimit) {
        self.scope = scope
        self.limit = limit
    }

    func reserveConnection(_ direction: Direction) throws(LimitExceeded) {
        try checkConnection(direction)
        switch direction {
        case .inbound: usage.inboundConnections += 1
        case .outbound: usage.outboundConnections += 1
        }
    }

    /// Throws if there is no room for another connection.
    func checkConnection(_ direction: Direction) throws(LimitExceeded) {
        switch direction {
        case .inbound: try check(.inboundConnections, usage.inboundConnections, limit.inboundConnections)
        case .outbound: try check(.outboundConnections, usage.outboundConnections, limit.outboundConnections)
        }
        try check(.connections, usage.connections, limit.connections)
    }

    func releaseConnection(_ direction: Direction) {
        switch direction {
        case .inbound: usage.inboundConnections -= 1
        case .outbound: usage.outboundConnections -= 1
        }
        assert(usage.inboundConnections >= 0 && usage.outboundConnections >= 0)
    }

    func reserveStream(_ direction: Direction) throws(LimitExceeded) {
        switch direction {
        case .inbound:
            try check(.inboundStreams, usage.inboundStreams, limit.inboundStreams)
            try check(.streams, usage.streams, limit.streams)
            usage.inboundStreams += 1
        case .outbound:
            try check(.outboundStreams, usage.outboundStreams, limit.outboundStreams)
            try check(.streams, usage.streams, limit.streams)
            usage.outboundStreams += 1
        }
    }

    func releaseStream(_ direction: Direction) {
        switch direction {
        case .inbound: usage.inboundStreams -= 1
        case .outbound: usage.outboundStreams -= 1
        }
        assert(usage.inboundStreams >= 0 && usage.outboundStreams >= 0)
    }

    /// Reserves `bytes` before they are allocated. A request of low priority leaves a part of the memory to others.
    func reserveMemory(_ bytes: Int, priority: MemoryPriority) throws(LimitExceeded) {
        let ceiling = priority.share(of: limit.memory)
        let (sum, overflow) = usage.memory.addingReportingOverflow(bytes)
        guard !overflow, sum <= ceiling else {
            throw LimitExceeded(scope: scope, resource: .memory, limit: ceiling, current: usage.memory)
        }
        usage.memory = sum
    }

    func releaseMemory(_ bytes: Int) {
        usage.memory -= bytes
        assert(usage.memory >= 0)
    }

    private func check(_ resource: Resource, _ current: Int, _ limit: Int) throws(LimitExceeded) {
        guard current < limit else {
            throw LimitExceeded(scope: scope, resource: resource, limit: limit, current: current)
        }
    }
}

/// How much of a scope's memory a reservation may fill up.
enum MemoryPriority {
    /// Growth that only makes things faster, such as a larger window: to two fifths.
    case low
    /// Buffers that work cannot go on without: to all of it.
    case always

    func share(of limit: Int) -> Int {
        switch self {
        case .low: limit == .max ? .max : limit / 5 * 2
        case .always: limit
        }
    }
}
