import Identity
import Reactor
import Swarm
import Time

/// Ping on a swarm: echoes what peers send, and measures round trips to them.
@NetworkActor
public final class PingService {
    private let swarm: Swarm
    private let configuration: PingConfiguration
    private var turns: [PeerID: PingTurn] = [:]
    /// The rates of the connected peers that ping us.
    private var buckets: [PeerID: TokenBucket] = [:]

    /// A service that has not started.
    public init(swarm: Swarm, configuration: PingConfiguration = .init()) {
        configuration.validate()
        self.swarm = swarm
        self.configuration = configuration
    }

    /// Begins to answer pings: on at most two streams of a peer.
    public func start() {
        let limits = ProtocolLimits(inboundStreams: 512, perPeer: 2)
        swarm.setHandler(Ping.protocolID, limits: limits) { [weak self] stream in
            await self?.echo(stream)
        }
        swarm.addObserver(self)
    }

    /// Pings a peer `count` times, one after the other, dialing it if need be. All pings to a peer share one stream.
    ///
    /// - Parameters:
    ///   - peer: who.
    ///   - count: how many times.
    ///   - interval: from the end of one ping to the next.
    /// - Returns: the time from each ping to its whole echo.
    /// - Throws: ``PingError`` of the first ping that failed.
    public func ping(
        _ peer: PeerID, count: Int = 1, interval: Duration = .zero
    ) async throws(PingError) -> [Duration] {
        var times: [Duration] = []
        while times.count < count {
            if !times.isEmpty, interval > .zero { await swarm.world.clock.sleep(for: interval) }
            times.append(try await roundTrip(to: peer))
        }
        return times
    }

    /// Pings a peer once; the result is noted in `swarm.peers` as well.
    ///
    /// - Throws: ``PingError``. The stream is then gone, and the next ping opens another.
    public func roundTrip(to peer: PeerID) async throws(PingError) -> Duration {
        let turn = turns[peer] ?? PingTurn()
        turns[peer] = turn
        await turn.take()
        defer { done(turn, peer) }
        if Task.isCancelled { throw PingError(.cancelled, "cancelled") }
        // A stream kept from before may have been closed by the peer meanwhile; then a new one is tried, once.
        if let stream = takeStream(of: turn) {
            do {
                return try await exchange(on: stream, turn, peer)
            } catch {
                guard error.code == .closed else { throw error }
            }
        }
        let stream: Stream
        do {
            stream = try await swarm.openStream(to: peer, [Ping.protocolID], timeout: configuration.timeout)
        } catch {
            throw PingError(error)
        }
        return try await exchange(on: stream, turn, peer)
    }

    private func exchange(on stream: Stream, _ turn: PingTurn, _ peer: PeerID) async throws(PingError) -> Duration {
        let clock = swarm.world.clock
        let payload = swarm.world.random.bytes(Ping.size)
        stream.setDeadline(after: configuration.timeout)
        let start = clock.now
        let echo: [UInt8]
        do {
            try await stream.write(payload)
            echo = try await stream.read(exactly: Ping.size)
        } catch {
            stream.reset()
            throw PingError(error)
        }
        let time = clock.now - start
        guard echo == payload else {
            stream.reset(.protocolViolation)
            throw PingError(.wrongEcho, "the peer sent back something else")
        }
        stream.setDeadline(after: nil)
        turn.stream = stream
        swarm.post(roundTripTime: time, to: peer)
        return time
    }

    private func takeStream(of turn: PingTurn) -> Stream? {
        turn.closing?.cancel()
        turn.closing = nil
        defer { turn.stream = nil }
        return turn.stream
    }

    private func done(_ turn: PingTurn, _ peer: PeerID) {
        turn.give()
        guard turn.isIdle else { return }
        guard turn.stream != nil else {
            turns[peer] = nil
            return
        }
        turn.closing = swarm.world.clock.schedule(after: configuration.reuse) { [weak self] in
            guard let self, turn.isIdle else { return }
            takeStream(of: turn)?.close()
            turns[peer] = nil
        }
    }

    /// Sends back what comes, 32 bytes at a time, until the peer ends the stream.
    private func echo(_ stream: Stream) async {
        let peer = stream.connection.remotePeer
        do {
            while true {
                stream.setDeadline(after: configuration.idleTimeout)
                let payload = try await stream.read(exactly: Ping.size)
                // Whoever pings faster than the rate is read more slowly: the window closes, nothing is dropped.
                let wait = reserve(for: peer)
                if wait > .zero { await swarm.world.clock.sleep(for: wait) }
                try await stream.write(payload)
            }
        } catch {
            error.code == .endOfStream ? stream.close() : stream.reset()
        }
    }

    private func reserve(for peer: PeerID) -> Duration {
        let now = swarm.world.clock.now
        var bucket =
            buckets[peer] ?? TokenBucket(rate: configuration.rate, burst: configuration.burst, now: now)
        // Two streams of a peer are all that can wait, so the wait is short and never refused.
        let wait = bucket.reserve(now: now, patience: configuration.idleTimeout) ?? configuration.idleTimeout
        if swarm.isConnected(peer) { buckets[peer] = bucket }
        return wait
    }
}

extension PingService: SwarmObserver {
    /// Forgets the peer's rate.
    public func peerDisconnected(_ peer: PeerID) { buckets[peer] = nil }
}
