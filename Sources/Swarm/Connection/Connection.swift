import Identity
import Multiformats
import Noise
import Reactor
import Time
import Yamux

/// A secured, multiplexed connection to one peer.
///
/// The way in: the socket's bytes are read into the swarm's one receive buffer, records are opened there in place, and
/// Yamux copies payload once into its streams. The way out: Yamux fills records in the connection's send buffer, which
/// are sealed there in place and written at the end of the loop's turn. Nothing is allocated per frame.
@NetworkActor
public final class Connection: Identifiable {
    /// Different for every connection of a swarm, in the order of opening.
    public let id: UInt64
    /// Who is at the other end, as the handshake has proved.
    public let remotePeer: PeerID
    /// The key behind ``remotePeer``.
    public let remotePublicKey: PublicKey
    /// Which side dialed.
    public let direction: Direction
    /// This end.
    public let localAddress: Multiaddr
    /// The other end, without `/p2p`. For an inbound connection the port is one that the peer dials from.
    public let remoteAddress: Multiaddr
    /// Since when it is ready for streams.
    public let openedAt: Instant
    /// The swarm it belongs to.
    public let swarm: Swarm

    /// Whether streams can be opened.
    public var isOpen: Bool { phase == .open }
    /// Why it ended; nil while it is open.
    public private(set) var closeReason: ConnectionCloseReason?
    /// The smoothed round trip, nil before the first is known.
    public var roundTripTime: Duration? { yamux.roundTripTime }
    /// Whether it was asked for a sign of life, has not given one within a few round trips, and has been silent since.
    public var isSuspect: Bool { liveness.isSuspect }
    /// The streams that are open, in the order of their numbers.
    public var openStreams: [Stream] { streams.values.sorted { $0.id < $1.id } }
    /// How many streams are open.
    public var streamCount: Int { streams.count }

    enum Phase {
        case open
        /// Said go-away; what was queued is still being sent.
        case flushing
        /// Everything is sent; waiting for the other side to close, so that it can read all of it.
        case lingering
        case closed
    }

    var phase = Phase.open
    let channel: any ByteChannel
    let sealer: NoiseSealer
    let opener: NoiseOpener
    var yamux: YamuxSession
    var streams: [UInt32: Stream] = [:]
    let charge: ConnectionCharge

    /// The beginning of a record whose end has not come yet; less than 64 KiB.
    var partialRecord: [UInt8]
    var outbound: OutboundRecords
    /// The socket takes nothing at the moment.
    var isBlocked = false
    var isFlushScheduled = false

    /// Tasks that wait for the other side to acknowledge streams before one more may be opened.
    var openWaiters: [Waiter] = []

    var liveness: Liveness
    /// Tasks that wait for a sign of life.
    private var probeWaiters: [Waiter] = []

    private var tags: Set<String> = []
    private var idleSince: Instant?
    private var timer: Timer?
    private var timerDue = Instant.distantFuture
    private var closeTimer: Timer?

    init(_ upgraded: UpgradedConnection, id: UInt64, swarm: Swarm) {
        let now = swarm.world.clock.now
        self.id = id
        self.swarm = swarm
        remotePeer = upgraded.secure.noise.remotePeer
        remotePublicKey = upgraded.secure.noise.remoteKey
        direction = upgraded.direction
        localAddress = upgraded.localAddress
        remoteAddress = upgraded.remoteAddress
        openedAt = now
        liveness = Liveness(now: now)
        channel = upgraded.channel
        sealer = upgraded.secure.noise.sealer
        opener = upgraded.secure.noise.opener
        charge = upgraded.charge
        partialRecord = upgraded.secure.ciphertext
        outbound = OutboundRecords()
        let growth = upgraded.charge.reserveWindowGrowth(
            min(swarm.accounts.limits.connection.memory, SwarmConfiguration.maximumWindowGrowth))
        yamux = YamuxSession(
            role: upgraded.direction == .outbound ? .dialer : .listener,
            configuration: swarm.configuration.yamux(windowBudget: growth), now: now)
        idleSince = now
    }

    /// Takes over the channel: what the upgrade left to send goes first, what it left to read is read now.
    func begin(unsent: [UInt8], plaintext: [UInt8]) {
        channel.delegate = self
        outbound.append(unsent, from: swarm.buffers)
        swarm.scheduleFlush(self)
        if !plaintext.isEmpty { plaintext.withUnsafeBytes { receivePlaintext($0) } }
        receiveLeftRecords()
        channelReadable()
        updateTimer()
    }

    // MARK: Keeping

    /// Keeps the connection from being closed when idle, until ``unprotect(_:)`` with the same tag.
    public func protect(_ tag: String) {
        tags.insert(tag)
        noteActivity()
    }

    /// Takes a protection back.
    public func unprotect(_ tag: String) {
        guard tags.remove(tag) != nil else { return }
        noteActivity()
    }

    /// Whether a tag keeps it.
    public var isProtected: Bool { !tags.isEmpty }

    /// Streams or tags have come or gone.
    func noteActivity() {
        idleSince = streams.isEmpty && tags.isEmpty ? swarm.world.clock.now : nil
        updateTimer()
    }

    // MARK: Life

    /// When anything last came.
    var lastHeard: Instant { liveness.heard }

    /// How it stands among the connections to its peer.
    var rank: ConnectionRank { ConnectionRank(isSuspect: isSuspect, carried: liveness.carried, id: id) }

    /// Asks for a sign of life, unless that was done already.
    func probe() {
        guard phase == .open, liveness.doubt(now: swarm.world.clock.now) else { return }
        yamux.ping(now: swarm.world.clock.now)
        swarm.scheduleFlush(self)
        updateTimer()
    }

    /// Whether the other end is there: as it has shown within the last second, or shows now.
    func answers() async -> Bool {
        guard phase == .open, !isSuspect else { return false }
        guard swarm.world.clock.now - lastHeard >= Liveness.patience else { return true }
        probe()
        let waiter = Waiter()
        probeWaiters.append(waiter)
        while phase == .open, liveness.asked != nil, !Task.isCancelled { await waiter.wait() }
        probeWaiters.removeAll { $0 === waiter }
        return phase == .open && !isSuspect
    }

    /// Something has come.
    func heard(isPayload: Bool, now: Instant) {
        liveness.hear(isPayload: isPayload, now: now)
        wakeProbeWaiters()
    }

    private func wakeProbeWaiters() {
        guard !probeWaiters.isEmpty else { return }
        for waiter in probeWaiters { waiter.wake() }
    }

    // MARK: Time

    private var idleDeadline: Instant? {
        guard let idleSince else { return nil }
        if swarm.isRedundant(self) { return idleSince + swarm.configuration.duplicateTimeout }
        return swarm.configuration.idleTimeout.map { idleSince + $0 }
    }

    /// Makes sure that the timer fires no later than the next thing is due. It may fire earlier: deadlines that move
    /// away, as most do, then cost nothing.
    func updateTimer() {
        guard phase == .open else { return }
        let signs = liveness.deadline(roundTrip: roundTripTime)
        let due = min(yamux.nextTimeout ?? .distantFuture, idleDeadline ?? .distantFuture, signs ?? .distantFuture)
        guard due < timerDue else { return }
        timer?.cancel()
        timerDue = due
        timer = swarm.world.clock.schedule(at: due) { [weak self] in self?.timerFired() }
    }

    private func timerFired() {
        timer = nil
        timerDue = .distantFuture
        guard phase == .open else { return }
        let now = swarm.world.clock.now
        if let idleDeadline, idleDeadline <= now {
            let isRedundant = swarm.isRedundant(self)
            return close(
                isRedundant ? .supplanted : .normal, reason: isRedundant ? .duplicate : .idle)
        }
        do throws(YamuxError) {
            try yamux.handleTimeout(now: now)
        } catch {
            return finish(error.code == .timedOut ? .unresponsive : .protocolError(error.detail))
        }
        let asked = liveness.asked
        switch liveness.advance(roundTrip: roundTripTime, now: now) {
        case nil: break
        case .ping: yamux.ping(now: now)
        case .suspect:
            wakeProbeWaiters()
            swarm.suspected(self, since: asked ?? now)
            guard phase == .open else { return }
        }
        swarm.scheduleFlush(self)
        updateTimer()
    }

    // MARK: Ending

    /// Ends the connection: says go-away, sends what is queued for as long as ``SwarmConfiguration/closeTimeout``, and
    /// closes the socket. Its streams fail with `connectionClosed` at once, except that what they have received can
    /// still be read.
    public func close(_ code: ConnectionCloseCode = .normal) { close(code, reason: .local(code)) }

    func close(_ code: ConnectionCloseCode, reason: ConnectionCloseReason) {
        guard phase == .open else { return }
        yamux.goAway(code.rawValue)
        endSession(reason)
        flushAndLinger()
    }

    /// Ends the connection without a word: the socket or the session has failed.
    func finish(_ reason: ConnectionCloseReason) {
        guard phase == .open else { return closeChannel() }
        endSession(reason)
        closeChannel()
    }

    /// Ends the connection after sending what Yamux has to say last.
    func fail(_ error: YamuxError) {
        guard phase == .open else { return closeChannel() }
        endSession(.protocolError(error.detail))
        flushAndLinger()
    }

    private func flushAndLinger() {
        phase = .flushing
        closeTimer = swarm.world.clock.schedule(after: swarm.configuration.closeTimeout) { [weak self] in
            self?.closeChannel()
        }
        flush()
    }

    /// Everything has been sent. The socket closes when the other side has closed, or after a while: closing it with
    /// unread bytes would reset it and could take back what was sent last. Who broke the protocol is not waited for.
    func flushed() {
        guard phase == .flushing else { return }
        if case .protocolError = closeReason { return closeChannel() }
        phase = .lingering
        channel.shutdownWrite()
        channelReadable()
    }

    private func endSession(_ reason: ConnectionCloseReason) {
        phase = .flushing
        closeReason = reason
        timer?.cancel()
        timer = nil
        let ended = openStreams
        streams = [:]
        for stream in ended { stream.fail(.connectionClosed) }
        let waiters = openWaiters
        openWaiters = []
        for waiter in waiters { waiter.wake() }
        wakeProbeWaiters()
        charge.release()
        swarm.connectionEnded(self, reason)
    }

    func closeChannel() {
        guard phase != .closed else { return }
        phase = .closed
        closeTimer?.cancel()
        closeTimer = nil
        outbound.discard(to: swarm.buffers)
        partialRecord = []
        channel.delegate = nil
        channel.close()
        swarm.connectionClosed(self)
    }
}
