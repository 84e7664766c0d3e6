import Negotiation
import Reactor

extension Stream {
    /// Proposes the protocols. With one, its header and proposal wait in the send queue for the first bytes of the
    /// application to go along; they leave at the end of the loop's turn in any case.
    func propose(timeout: Duration) {
        var dialer = NegotiationDialer(protocols: proposals, lazy: true)
        let opening = dialer.start()
        self.dialer = dialer
        connection.enqueue(opening, to: self)
        startNegotiationTimer(timeout)
    }

    /// Answers proposals with the protocols that have a handler.
    func answerProposals() {
        let swarm = connection.swarm
        listener = NegotiationListener { protocolID in
            // The machine is asked on the loop only, by the stream that holds it.
            NetworkActor.assumeIsolated { swarm.handler(of: protocolID) != nil }
        }
    }

    /// Waits until a protocol is agreed on.
    func agreement() async throws(StreamError) {
        while !isNegotiated {
            if let failure { throw failure }
            guard !Task.isCancelled else { throw .cancelled }
            await reading.wait()
            guard !Task.isCancelled else { throw .cancelled }
        }
    }

    /// Bytes came while the protocol was being agreed on.
    func advanceNegotiation() {
        while !isNegotiated, failure == nil, let bytes = connection.take(self, max: .max) {
            do throws(NegotiationError) {
                switch try negotiate(bytes) {
                case .needMore(let reply):
                    connection.enqueue(reply, to: self)
                case .agreed(let protocolID, let reply, let leftover):
                    agreed(on: protocolID, reply: reply, leftover: leftover)
                case nil:
                    return
                }
            } catch {
                negotiationFailed(error)
            }
        }
    }

    /// The other side has reset the stream.
    func wasReset(_ code: UInt32) {
        // Application bytes that went along with the proposal are no proposals to a side that has just refused: it
        // may reset the stream before its refusal was read here.
        let isRefusal = dialer != nil && StreamResetCode(rawValue: code) == .negotiationFailed
        guard isRefusal else { return fail(.reset(code)) }
        let names = proposals.joined(separator: ", ")
        fail(StreamError(.unsupportedProtocol, "peer \(connection.remotePeer) does not speak \(names)"))
    }

    private func negotiate(_ bytes: [UInt8]) throws(NegotiationError) -> NegotiationStep? {
        if let step = try dialer?.receive(bytes) { return step }
        return try listener?.receive(bytes)
    }

    /// The other side has ended the stream before there was an agreement.
    func negotiationEnded() {
        guard !isNegotiated, failure == nil else { return }
        endNegotiation(StreamError(.endOfStream, "the stream ended before a protocol was agreed on"))
    }

    private func agreed(on protocolID: ProtocolID, reply: [UInt8], leftover: [UInt8]) {
        self.protocolID = protocolID
        dialer = nil
        stopNegotiationTimer()
        if isInputDropped { return }
        (front, frontOffset) = (leftover, 0)
        guard listener != nil else { return }
        listener = nil
        connection.swarm.accept(self, reply: reply)
    }

    private func negotiationFailed(_ error: NegotiationError) {
        let failure =
            error.code == .unsupported
            ? StreamError.unsupported(proposals, by: connection.remotePeer)
            : StreamError(.malformed, "negotiating a protocol: \(error.detail)")
        endNegotiation(failure)
    }

    /// Ends a stream without an agreement. What follows a refusal may be a lazy dialer's own bytes, which are no
    /// messages to us: a reset would overtake the refusal that it has still to read, so the stream is closed instead.
    /// Who goes on proposing is no lazy dialer.
    private func endNegotiation(_ error: StreamError) {
        guard let listener, listener.mayHaveLazyDialer else { return abandon(error, code: .negotiationFailed) }
        connection.enqueue(listener.unsent, to: self)
        self.listener = nil
        stopNegotiationTimer()
        close()
    }
}
