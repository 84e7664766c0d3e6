import Time

/// Pings of this side: proof of life and measure of the round trip. One is under way at a time.
struct KeepAlive {
    private enum Probe {
        case idle(next: Instant?)
        case queued(since: Instant)
        case inFlight(opaque: UInt32, since: Instant)
    }

    private let interval: Duration?
    private let timeout: Duration
    private var probe: Probe
    private var lastOpaque: UInt32 = 0
    /// Smoothed round-trip time; `nil` before the first answer.
    private(set) var roundTripTime: Duration?
    /// When bytes last came from the peer.
    var lastReceived: Instant

    init(interval: Duration?, timeout: Duration, now: Instant) {
        self.interval = interval
        self.timeout = timeout
        lastReceived = now
        probe = .idle(next: interval.map { now + $0 })
    }

    /// True when a ping waits to be sent.
    var hasOutput: Bool {
        if case .queued = probe { true } else { false }
    }

    /// Queues a ping unless one is under way.
    mutating func start(now: Instant) {
        if case .idle = probe { probe = .queued(since: now) }
    }

    /// The opaque value of the ping to send now, if one is queued.
    mutating func transmit(now: Instant) -> UInt32? {
        guard case .queued = probe else { return nil }
        lastOpaque &+= 1
        probe = .inFlight(opaque: lastOpaque, since: now)
        return lastOpaque
    }

    /// Takes an answer; the time it took if it answers the ping under way.
    mutating func receive(opaque: UInt32, now: Instant) -> Duration? {
        guard case .inFlight(opaque, let since) = probe else { return nil }
        let sample = max(now - since, .zero)
        roundTripTime = roundTripTime.map { ($0 + sample) / 2 } ?? sample
        probe = .idle(next: interval.map { now + $0 })
        return sample
    }

    /// When `expire` should be called next.
    var deadline: Instant? {
        switch probe {
        case .idle(let next): next
        case .queued(let since): since + timeout
        // Bytes on their way in prove life even when the answer is stuck behind them, but not for ever.
        case .inFlight(_, let since): min(max(since, lastReceived) + timeout, since + timeout * 3)
        }
    }

    /// Queues the ping that is due; throws when the peer is gone.
    mutating func expire(now: Instant) throws(YamuxError) {
        guard let deadline, deadline <= now else { return }
        switch probe {
        case .idle:
            probe = .queued(since: now)
        case .queued:
            throw .connection(
                .timedOut, goAway: YamuxGoAwayCode.internalError, "no byte could be sent for \(timeout)")
        case .inFlight:
            throw .connection(
                .timedOut, goAway: YamuxGoAwayCode.internalError, "a ping was not answered within \(timeout)")
        }
    }
}
