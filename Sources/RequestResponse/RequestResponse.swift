import Identity
import Reactor
import Swarm
import Time

/// Requests and their responses, one pair to a stream.
///
/// The asker writes its request, ends its side and reads the response to the end; the other side reads to the end,
/// answers and closes. Nothing is framed: the end of the stream is the end of the message.
///
/// ```swift
/// let requests = RequestResponse(swarm: swarm)
/// requests.handle(["/echo/1.0.0"]) { peer, protocolID, request in request }
/// let (_, response) = try await requests.request(peer, protocols: ["/echo/1.0.0"], body: [1, 2, 3])
/// ```
///
/// Source: the convention of rust-libp2p's request-response, with its limits.
@NetworkActor
public final class RequestResponse {
    /// Answers one request; nil refuses it, and the asker sees a reset.
    public typealias Handler = @NetworkActor (PeerID, ProtocolID, [UInt8]) async -> [UInt8]?

    let swarm: Swarm
    let configuration: RequestConfiguration
    /// What lets our requests out, for each peer and for each choice of protocols: who does not answer in one is asked
    /// in others all the same.
    private var gates: [Route: RequestGate] = [:]
    /// How often each peer may ask, by the protocols that are answered; those of one handler share it.
    private var rates: [ProtocolID: RequestRates] = [:]

    private struct Route: Hashable {
        let peer: PeerID
        let protocols: [ProtocolID]
    }

    /// So often is a request sent, if the connections that carry it end one after the other.
    private static let maximumAttempts = 3

    /// Requests answered and refused, by us.
    public internal(set) var counts = RequestCounts()

    /// Requests on a swarm; it handles none yet.
    public init(swarm: Swarm, configuration: RequestConfiguration = .init()) {
        configuration.validate()
        self.swarm = swarm
        self.configuration = configuration
        swarm.addObserver(self)
    }

    // MARK: Asking

    /// Asks a peer, dialing it if need be.
    ///
    /// - Parameters:
    ///   - peer: who.
    ///   - protocols: at least one, in the order of preference.
    ///   - timeout: for all of it, the dial included; nil for the configuration's.
    ///   - maximumResponse: the most bytes of the response that are taken; nil for the configuration's.
    ///   - repeatable: the protocols in which the peer may get the same request twice without harm. When the connection
    ///     ends before the response, the request is sent again at once, over another.
    ///   - body: gives the request for the protocol that was agreed on.
    /// - Returns: the protocol and the response.
    /// - Throws: ``RequestError``. Its code says whether the request may have been received.
    public func request(
        _ peer: PeerID, protocols: [ProtocolID], timeout: Duration? = nil, maximumResponse: Int? = nil,
        repeatable: [ProtocolID] = [], body: @escaping @NetworkActor (ProtocolID) -> [UInt8]
    ) async throws(RequestError) -> (ProtocolID, [UInt8]) {
        let timeout = timeout ?? configuration.timeout
        let limit = maximumResponse ?? configuration.maximumResponse
        // One task carries the whole request, so that one cancellation ends it wherever it is.
        let work = spawn { await self.perform(peer, protocols, limit, repeatable, body) }
        var hasTimedOut = false
        let timer = swarm.world.clock.schedule(after: timeout) {
            hasTimedOut = true
            work.cancel()
        }
        let result = await withTaskCancellationHandler {
            await work.value
        } onCancel: {
            work.cancel()
        }
        timer.cancel()
        switch result {
        case .success(let response):
            return response
        case .failure(let error) where error.code == .cancelled && hasTimedOut:
            throw RequestError(.timedOut, "no response from \(peer) within \(timeout)")
        case .failure(let error):
            throw error
        }
    }

    /// Asks a peer with the same request whatever the protocol, otherwise like the call with a closure.
    public func request(
        _ peer: PeerID, protocols: [ProtocolID], body: [UInt8], timeout: Duration? = nil,
        repeatable: [ProtocolID] = []
    ) async throws(RequestError) -> (ProtocolID, [UInt8]) {
        try await request(peer, protocols: protocols, timeout: timeout, repeatable: repeatable) { _ in body }
    }

    private func perform(
        _ peer: PeerID, _ protocols: [ProtocolID], _ maximumResponse: Int, _ repeatable: [ProtocolID],
        _ body: @NetworkActor (ProtocolID) -> [UInt8]
    ) async -> Result<(ProtocolID, [UInt8]), RequestError> {
        let route = Route(peer: peer, protocols: protocols)
        let gate =
            gates[route]
            ?? RequestGate(width: configuration.concurrentRequests, queue: configuration.waitingRequests)
        gates[route] = gate
        defer { if gate.isUnused { gates[route] = nil } }
        do throws(RequestError) {
            try await gate.enter()
        } catch {
            return .failure(error)
        }
        defer { gate.leave() }
        var first: RequestError?
        for _ in 0..<Self.maximumAttempts {
            var attempt = Attempt()
            do throws(RequestError) {
                return .success(try await exchange(peer, protocols, maximumResponse, body, &attempt))
            } catch {
                // What is known of the request is what its first attempt has come to.
                if first == nil || error.mayHaveArrived { first = error }
                let mayRepeat = attempt.sentIn.map { repeatable.contains($0) } ?? true
                guard attempt.connectionEnded, mayRepeat, !Task.isCancelled else { break }
            }
        }
        return .failure(first ?? .cancelled)
    }

    /// How far one attempt of a request has come.
    private struct Attempt {
        /// The protocol in which it was sent.
        var sentIn: ProtocolID?
        /// Whether it failed because its connection ended.
        var connectionEnded = false
    }

    private func exchange(
        _ peer: PeerID, _ protocols: [ProtocolID], _ maximumResponse: Int,
        _ body: @NetworkActor (ProtocolID) -> [UInt8], _ attempt: inout Attempt
    ) async throws(RequestError) -> (ProtocolID, [UInt8]) {
        let stream: Stream
        do {
            stream = try await swarm.openStream(to: peer, protocols)
        } catch {
            attempt.connectionEnded = error.code == .connectionClosed
            throw RequestError(error)
        }
        let request = body(stream.protocolID)
        guard request.count <= configuration.maximumRequest else {
            stream.reset()
            throw RequestError.requestTooLarge(request.count, limit: configuration.maximumRequest)
        }
        do {
            attempt.sentIn = stream.protocolID
            try await stream.write(request)
            stream.closeWrite()
            let response = try await stream.readToEnd(limit: maximumResponse)
            stream.close()
            return (stream.protocolID, response)
        } catch {
            attempt.connectionEnded = error.code == .connectionClosed
            stream.reset(error.code == .tooLarge ? .limitExceeded : .none)
            throw RequestError(error, limit: maximumResponse)
        }
    }

    // MARK: Answering

    /// Answers requests of peers.
    ///
    /// - Parameters:
    ///   - protocols: the ids that the handler answers.
    ///   - limits: of these protocols together, and of no others: how large, how fast and how many; nil for the configuration's.
    ///   - handler: replaces the one set before. It runs once for each request; what it needs longer than the timeout
    ///     is lost.
    public func handle(_ protocols: [ProtocolID], limits: RequestLimits? = nil, handler: @escaping Handler) {
        let limits = limits ?? configuration.inbound
        let streams = ProtocolLimits(inboundStreams: limits.requests, perPeer: limits.requestsPerPeer)
        let rates = RequestRates(limits)
        for protocolID in protocols {
            self.rates[protocolID] = rates
            swarm.setHandler(protocolID, limits: streams) { [weak self] stream in
                await self?.answer(stream, limits, rates, handler)
            }
        }
    }

    /// Answers these protocols no more.
    public func removeHandlers(_ protocols: [ProtocolID]) {
        for protocolID in protocols {
            swarm.removeHandler(protocolID)
            rates[protocolID] = nil
        }
    }

    private func answer(
        _ stream: Stream, _ limits: RequestLimits, _ rates: RequestRates, _ handler: Handler
    ) async {
        let peer = stream.connection.remotePeer
        // Whoever asks a little faster than the rate waits, whoever asks much faster is refused. The bound matters:
        // a stream that its peer has reset no longer counts against the peer's limit, its waiting task still exists.
        guard let wait = rates.reserve(for: peer, on: swarm) else {
            counts.refused += 1
            return stream.reset(.rateLimited)
        }
        if wait > .zero {
            counts.delayed += 1
            await swarm.world.clock.sleep(for: wait)
        }
        stream.setDeadline(after: limits.timeout)
        do {
            let request = try await stream.readToEnd(limit: limits.maximumRequest)
            guard let response = await handler(peer, stream.protocolID, request) else {
                counts.refused += 1
                return stream.reset()
            }
            guard response.count <= limits.maximumResponse else {
                counts.failed += 1
                return stream.reset(.limitExceeded)
            }
            try await stream.write(response)
            stream.close()
            counts.answered += 1
        } catch {
            counts.failed += 1
            stream.reset(error.code == .tooLarge ? .limitExceeded : .none)
        }
    }
}

extension RequestResponse: SwarmObserver {
    /// Forgets how often the peer has asked.
    public func peerDisconnected(_ peer: PeerID) {
        for rates in rates.values { rates.forget(peer) }
    }
}
