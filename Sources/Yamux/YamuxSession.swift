import Time

/// One side of a Yamux connection. See the module's page for how it is driven.
///
/// A value without I/O: all time comes in as `now`, which never goes back. Once a call has thrown an error of
/// severity `.connection` the session is over: `transmit` gives a last go-away frame, bytes that have come stay
/// readable, everything else throws that error again.
public struct YamuxSession: ~Copyable {
    let configuration: YamuxConfiguration
    var now: Instant
    var failure: YamuxError?

    // Streams. Each queue holds slots of `table`.
    var table = StreamTable()
    var localIDs: LocalStreamIDs
    var remoteIDs: RemoteStreamIDs
    /// Streams that await the peer's acknowledgement; at most `acknowledgementBacklog`.
    var unacknowledgedCount = 0
    /// Streams that await `accept`; at most `acceptBacklog`.
    var unacceptedCount = 0
    /// Streams with a frame other than data to send, or to be let go.
    var controlQueue = SlotQueue()
    /// Streams with payload and window, or FIN, to send.
    var dataQueue = SlotQueue()
    /// Forgotten streams that wait for the peer to finish, by deadline.
    var lingerQueue = SlotQueue()

    // Frames of the session.
    var keepAlive: KeepAlive
    /// Opaque values of pings to answer; more than 32 at a time get no answer.
    var pongs = BoundedQueue<UInt32>(limit: 32)
    /// Streams that were refused. A peer that opens streams while it takes no RST from us is cut off at 256.
    var refusals = BoundedQueue<(id: UInt32, code: UInt32)>(limit: 256)
    /// The code of the go-away frame that waits to be sent.
    var pendingGoAway: UInt32?
    var sentGoAway = false
    var receivedGoAway = false

    // The frame under way.
    var partialHeader = PartialHeader()
    var body = IncomingBody()

    // Budgets.
    var windowBudget: WindowBudget
    var churnBudget: RateBudget
    var pongBudget = RateBudget(1024, per: .seconds(30))
    var discardBudget = DiscardBudget()
    /// Largest receive window given to any stream so far: no honest frame is larger.
    var largestWindow: UInt32

    /// A session over a fresh connection.
    public init(role: YamuxRole, configuration: YamuxConfiguration = YamuxConfiguration(), now: Instant) {
        let configuration = configuration.clamped
        self.configuration = configuration
        self.now = now
        localIDs = LocalStreamIDs(role: role)
        remoteIDs = RemoteStreamIDs(role: role)
        keepAlive = KeepAlive(
            interval: configuration.keepAliveInterval, timeout: configuration.keepAliveTimeout, now: now)
        windowBudget = WindowBudget(configuration.windowBudget)
        churnBudget = RateBudget(
            UInt64(clamping: configuration.acceptBacklog + configuration.resetBudget), per: .seconds(30))
        largestWindow = YamuxConfiguration.defaultWindow
    }

    /// Streams that have state here, in either direction.
    public var streamCount: Int { table.count }

    /// Streams opened by the peer that have state here.
    public var inboundStreamCount: Int { table.inboundCount }

    /// Smoothed time from a ping to its answer; `nil` before the first. Pings go out with the first window update
    /// and every `keepAliveInterval`.
    public var roundTripTime: Duration? { keepAlive.roundTripTime }
}

// MARK: Inner steps

extension YamuxSession {
    /// Ends the session; answers the error to throw.
    mutating func fail(_ error: YamuxError) -> YamuxError {
        guard failure == nil, case .connection(let code) = error.severity else { return failure ?? error }
        failure = error
        pendingGoAway = code
        return error
    }

    /// The window for a new stream: the configured one as long as the budget has it.
    mutating func reserveInitialWindow() -> UInt32 {
        let size = configuration.initialWindow
        guard windowBudget.reserve(Int(size - YamuxConfiguration.defaultWindow)) else {
            return YamuxConfiguration.defaultWindow
        }
        largestWindow = max(largestWindow, size)
        return size
    }

    /// Lets go of a stream and of all that counts it.
    mutating func release(_ slot: Int, events: inout [YamuxEvent]) {
        events.append(.closed(table.streams[slot].id))
        if table.streams[slot].awaitsPeer { unacknowledgedCount -= 1 }
        if table.streams[slot].awaitsOwner { unacceptedCount -= 1 }
        windowBudget.release(table.streams[slot].receiveWindow.growth)
        controlQueue.remove(slot)
        dataQueue.remove(slot)
        lingerQueue.remove(slot)
        if body.slot == slot { body.slot = nil }
        table.remove(at: slot)
    }

    /// Makes RST the one thing left to send, or nothing if the peer has never heard of the stream.
    mutating func beginReset(_ slot: Int, code: UInt32) {
        table.streams[slot].reset(code: code)
        dataQueue.remove(slot)
        controlQueue.append(slot)
    }

    /// Puts a forgotten stream under the linger deadline.
    mutating func beginLinger(_ slot: Int) {
        table.streams[slot].lingerDeadline = now + configuration.lingerTimeout
        table.streams[slot].hasProgressed = false
        lingerQueue.remove(slot)
        lingerQueue.append(slot)
    }
}
