import Reactor
import Time
import Yamux

extension Connection {
    /// Opens a stream.
    ///
    /// With one protocol the stream is there at once and may be written to; whether the peer speaks it turns out at
    /// the first read (``StreamError`` `unsupportedProtocol`). With several, the call returns when one is agreed on.
    ///
    /// - Parameters:
    ///   - protocols: at least one, in the order of preference.
    ///   - timeout: until the agreement; nil for the configuration's.
    /// - Throws: ``SwarmError``: `connectionClosed`, `limitExceeded`, `unsupportedProtocol`, `timedOut`,
    ///   `streamFailed`, `cancelled`.
    public func openStream(
        _ protocols: [ProtocolID], timeout: Duration? = nil
    ) async throws(SwarmError) -> Stream {
        guard !protocols.isEmpty else { throw SwarmError(.unsupportedProtocol, "no protocol was asked for") }
        let timeout = timeout ?? swarm.configuration.negotiationTimeout
        let id = try await openID(timeout: timeout)
        let charge: StreamCharge
        do {
            charge = try makeCharge(.outbound)
        } catch {
            yamux.reset(id, code: StreamResetCode.limitExceeded.rawValue)
            throw .limited(error)
        }
        let stream = Stream(id: id, connection: self, direction: .outbound, proposals: protocols, charge: charge)
        streams[id] = stream
        liveness.expect(now: swarm.world.clock.now)
        if streams.count == 1 { noteActivity() }
        stream.propose(timeout: timeout)
        guard protocols.count > 1 else { return stream }
        do {
            try await stream.agreement()
        } catch {
            stream.reset(.negotiationFailed)
            switch error.code {
            case .unsupportedProtocol: throw .unsupported(protocols, by: remotePeer)
            case .timedOut: throw SwarmError(.timedOut, error.detail)
            case .cancelled: throw .cancelled
            case .connectionClosed: throw .connectionClosed
            default: throw SwarmError(.streamFailed, error.detail)
            }
        }
        return stream
    }

    /// A number for a new stream, after waiting for the other side to acknowledge some if too many wait for that.
    private func openID(timeout: Duration) async throws(SwarmError) -> UInt32 {
        do throws(SwarmError) {
            return try await waitForID(timeout: timeout)
        } catch {
            // Who gives up may have been woken for a place that is now free for the next one.
            wakeOpener()
            throw error
        }
    }

    private func waitForID(timeout: Duration) async throws(SwarmError) -> UInt32 {
        let deadline = swarm.world.clock.now + timeout
        while true {
            guard phase == .open else { throw .connectionClosed }
            guard !Task.isCancelled else { throw .cancelled }
            do throws(YamuxError) {
                return try yamux.open()
            } catch {
                switch error.code {
                case .backlogExceeded:
                    break
                case .tooManyStreams:
                    throw .limited(
                        swarm.accounts.note(
                            LimitExceeded(
                                scope: .connection(id), resource: .outboundStreams,
                                limit: swarm.accounts.limits.peer.outboundStreams, current: streams.count)))
                default:
                    throw SwarmError(.connectionClosed, error.detail)
                }
            }
            guard swarm.world.clock.now < deadline else {
                throw SwarmError(.timedOut, "the peer acknowledges no stream")
            }
            let waiter = Waiter()
            openWaiters.append(waiter)
            let timer = swarm.world.clock.schedule(at: deadline) { waiter.wake() }
            await waiter.wait()
            timer.cancel()
            openWaiters.removeAll { $0 === waiter }
        }
    }

    func wakeOpener() {
        guard !openWaiters.isEmpty else { return }
        openWaiters.removeFirst().wake()
    }

    func acceptStream(_ id: UInt32) {
        let charge: StreamCharge
        do {
            charge = try makeCharge(.inbound)
        } catch {
            yamux.reset(id, code: StreamResetCode.limitExceeded.rawValue)
            return
        }
        try? yamux.accept(id)
        let stream = Stream(id: id, connection: self, direction: .inbound, proposals: [], charge: charge)
        streams[id] = stream
        if streams.count == 1 { noteActivity() }
        stream.answerProposals()
        stream.becameReadable()
        // Most proposals have come with the opening frame; only the others need a timer.
        if !stream.isNegotiated, stream.failure == nil {
            stream.startNegotiationTimer(swarm.configuration.negotiationTimeout)
        }
    }

    private func makeCharge(_ direction: Direction) throws(LimitExceeded) -> StreamCharge {
        let accounts = swarm.accounts
        return try StreamCharge(
            accounts: accounts, direction: direction, peer: remotePeer,
            peerAccount: charge.peerAccount ?? accounts.system)
    }

    /// The session has forgotten a stream.
    func forget(_ id: UInt32) {
        guard let stream = streams.removeValue(forKey: id) else { return }
        stream.end()
        if streams.isEmpty { noteActivity() }
    }

    // MARK: What streams ask for

    func take(_ stream: Stream, max: Int) -> [UInt8]? {
        guard let bytes = try? yamux.read(stream.id, max: max) else { return nil }
        // Reading opens the window, or ends the stream.
        if phase == .open, yamux.hasOutput { swarm.scheduleFlush(self) }
        return bytes
    }

    func readableCount(of stream: Stream) -> Int { yamux.readableCount(stream.id) }

    /// Queues bytes of the application; false when the queue is full.
    func write(_ bytes: [UInt8], to stream: Stream) throws(StreamError) -> Bool {
        guard phase == .open else { throw .connectionClosed }
        guard yamux.sendRoom(stream.id) > 0 else { return false }
        do {
            try yamux.write(bytes, to: stream.id)
        } catch {
            throw StreamError(.reset, error.detail)
        }
        swarm.scheduleFlush(self)
        return true
    }

    /// Queues bytes of a negotiation, which are few.
    func enqueue(_ bytes: [UInt8], to stream: Stream) {
        guard !bytes.isEmpty, phase == .open else { return }
        try? yamux.write(bytes, to: stream.id)
        swarm.scheduleFlush(self)
    }

    func closeWrite(_ stream: Stream) {
        guard phase == .open else { return }
        yamux.closeWrite(stream.id)
        swarm.scheduleFlush(self)
    }

    func dropInput(of stream: Stream) {
        guard phase == .open else { return }
        yamux.forget(stream.id)
        swarm.scheduleFlush(self)
    }

    func reset(_ stream: Stream, _ code: StreamResetCode) {
        guard phase == .open else { return }
        yamux.reset(stream.id, code: code.rawValue)
        swarm.scheduleFlush(self)
    }
}
