import Negotiation
import Reactor
import Time
import Yamux

/// One of the many streams of a connection: reliable, ordered, with back-pressure in both directions, and closable in
/// each direction by itself.
///
/// Whoever holds a stream ends it with ``close()`` or ``reset(_:)``; a stream that is neither goes on counting against
/// the limits. Reading and writing may happen at the same time in two tasks, but only one task reads and one writes.
///
/// Cancelling a task that reads or writes ends the call with ``StreamError`` `cancelled`. Bytes already taken by a call
/// that reads several times (``read(exactly:)`` and its kin) are lost to the caller then; reset the stream.
@NetworkActor
public final class Stream {
    /// The protocol: agreed on, or, on an outbound stream that proposed only this one, about to be.
    public internal(set) var protocolID: ProtocolID
    /// The connection it belongs to.
    public let connection: Connection
    /// Which side opened it.
    public let direction: Direction
    /// Its number on the connection.
    public let id: UInt32

    var charge: StreamCharge
    var dialer: NegotiationDialer?
    var listener: NegotiationListener?
    let proposals: [ProtocolID]

    /// Bytes read from the multiplexer but not yet by the caller, from `frontOffset` on.
    var front: [UInt8] = []
    var frontOffset = 0

    /// What ended the stream before its time.
    var failure: StreamError?
    /// What ended writing before its time; reading may go on.
    var writeFailure: StreamError?
    var isWriteClosed = false
    /// The other side has ended its writing; what it sent before may still be there to read.
    var isRemoteFinished = false
    /// The caller has closed both directions: what still comes is dropped.
    var isInputDropped = false

    let reading = Waiter()
    let writing = Waiter()
    var isReadBusy = false
    var isWriteBusy = false
    private var deadline: Timer?
    private var negotiationTimer: Timer?

    init(
        id: UInt32, connection: Connection, direction: Direction, proposals: [ProtocolID], charge: StreamCharge
    ) {
        self.id = id
        self.connection = connection
        self.direction = direction
        self.proposals = proposals
        self.charge = charge
        protocolID = proposals.first ?? ""
    }

    /// Whether the protocol has been agreed on by both sides.
    public var isNegotiated: Bool { dialer == nil && listener == nil && failure == nil }

    /// Sets until when the stream may be used: then reads and writes throw `timedOut` and the stream is reset.
    ///
    /// - Parameter duration: from now on; nil for no deadline, which is how streams begin.
    public func setDeadline(after duration: Duration?) {
        deadline?.cancel()
        deadline = nil
        guard let duration, !hasEnded else { return }
        deadline = connection.swarm.world.clock.schedule(after: duration) { [weak self] in
            self?.abandon(.timedOut, code: .none)
        }
    }

    func startNegotiationTimer(_ timeout: Duration) {
        negotiationTimer = connection.swarm.world.clock.schedule(after: timeout) { [weak self] in
            guard let self, !isNegotiated else { return }
            abandon(
                StreamError(.timedOut, "no agreement on a protocol within \(timeout)"), code: .negotiationFailed)
        }
    }

    func stopNegotiationTimer() {
        negotiationTimer?.cancel()
        negotiationTimer = nil
    }

    // MARK: Ending

    /// Ends writing: the other side reads to the end. Reading goes on.
    public func closeWrite() {
        guard !isWriteClosed, failure == nil else { return }
        isWriteClosed = true
        connection.closeWrite(self)
        writing.wake()
    }

    /// Ends the stream in both directions at once and drops what is on the way.
    public func reset(_ code: StreamResetCode = .none) {
        abandon(.closed, code: code)
    }

    /// Ends the stream the orderly way: what was written arrives, what still comes is dropped.
    public func close() {
        guard !isInputDropped else { return }
        closeWrite()
        isInputDropped = true
        (front, frontOffset) = ([], 0)
        deadline?.cancel()
        deadline = nil
        reading.wake()
        connection.dropInput(of: self)
    }

    /// Whether the connection no longer knows the stream.
    private(set) var hasEnded = false

    /// Resets the stream; calls fail with `error` from now on.
    func abandon(_ error: StreamError, code: StreamResetCode) {
        guard failure == nil, !hasEnded else { return }
        connection.reset(self, code)
        fail(error)
    }

    /// Calls fail with `error` from now on; the multiplexer knows already.
    func fail(_ error: StreamError) {
        if failure == nil { failure = error }
        end()
    }

    /// The multiplexer has forgotten the stream, or will with what is still to be read.
    func end() {
        guard !hasEnded else { return }
        hasEnded = true
        charge.release()
        deadline?.cancel()
        deadline = nil
        stopNegotiationTimer()
        reading.wake()
        writing.wake()
    }
}

// MARK: - What the multiplexer tells

extension Stream {
    func becameReadable() {
        if dialer != nil || listener != nil { advanceNegotiation() }
        reading.wake()
    }

    func becameFinished() {
        isRemoteFinished = true
        negotiationEnded()
        reading.wake()
    }

    func becameReset(_ code: UInt32) {
        // Bytes written behind a lone proposal confuse a peer that refuses it; its reset then overtakes its refusal.
        let isRefusal = dialer != nil && code == StreamResetCode.negotiationFailed.rawValue
        fail(isRefusal ? .unsupported(proposals, by: connection.remotePeer) : .reset(code))
    }

    /// The other side takes no more; what it has sent can still be read.
    func becameStopped(_ code: UInt32) {
        isWriteClosed = true
        writeFailure = .reset(code)
        writing.wake()
    }
}
