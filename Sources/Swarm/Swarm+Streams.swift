import Identity
import Reactor
import Wire

extension Swarm {
    /// Answers inbound streams of a protocol. The handler runs in a task of its own for each stream, once the protocol
    /// is agreed on; when it returns, the stream is closed (what it wrote still arrives).
    ///
    /// - Parameters:
    ///   - protocolID: the exact id.
    ///   - limits: how many streams there may be; nil for the configuration's.
    ///   - handler: replaces the one that was set before; streams already running keep theirs.
    public func setHandler(
        _ protocolID: ProtocolID, limits: ProtocolLimits? = nil,
        _ handler: @escaping @NetworkActor (Stream) async -> Void
    ) {
        let isNew = handlers[protocolID] == nil
        let limit = limits?.total ?? configuration.limits.protocol
        handlers[protocolID] = ProtocolHandler(
            strangers: ResourceAccount(scope: .protocol(protocolID), limit: limit),
            familiar: ResourceAccount(scope: .protocol(protocolID), limit: .unlimited),
            perPeerLimit: limits?.perPeer ?? configuration.limits.protocolPeer, body: handler)
        if isNew { for observer in observers.all { observer.supportedProtocolsChanged() } }
    }

    /// Answers a protocol no longer. Streams already running go on.
    public func removeHandler(_ protocolID: ProtocolID) {
        guard handlers.removeValue(forKey: protocolID) != nil else { return }
        for observer in observers.all { observer.supportedProtocolsChanged() }
    }

    /// The protocols with a handler, sorted.
    public var supportedProtocols: [ProtocolID] { handlers.keys.sorted() }

    /// Opens a stream to a peer, on the best connection there is, or on a new one if there is none.
    ///
    /// - Parameters:
    ///   - peer: who; it is dialed at the addresses of the address book if there is no connection.
    ///   - protocols: at least one, in the order of preference. With one, the stream is there before the peer has
    ///     agreed; see ``Connection/openStream(_:timeout:)``.
    ///   - timeout: until the agreement, not counting the dial; nil for the configuration's 10 s.
    /// - Throws: ``SwarmError``, of the dial or of the stream.
    public func openStream(
        to peer: PeerID, _ protocols: [ProtocolID], timeout: Duration? = nil
    ) async throws(SwarmError) -> Stream {
        let connection = try await dial(peer)
        return try await connection.openStream(protocols, timeout: timeout)
    }

    /// What serves a protocol that a peer has named, byte for byte.
    func handler(of protocolID: ProtocolID) -> ProtocolHandler? {
        guard let index = handlers.index(forKey: protocolID), handlers[index].key.isSame(as: protocolID) else {
            return nil
        }
        return handlers[index].value
    }

    /// A protocol was agreed on with an inbound stream: charges it, answers, and starts the handler.
    func accept(_ stream: Stream, reply: [UInt8]) {
        guard let handler = handler(of: stream.protocolID) else {
            return stream.abandon(.closed, code: .negotiationFailed)
        }
        do throws(LimitExceeded) {
            try charge(stream, handler)
        } catch {
            return stream.abandon(.closed, code: .limitExceeded)
        }
        stream.connection.enqueue(reply, to: stream)
        let body = handler.body
        spawn {
            await body(stream)
            stream.close()
        }
    }

    private func charge(_ stream: Stream, _ handler: ProtocolHandler) throws(LimitExceeded) {
        let whole = stream.charge.isFamiliar ? handler.familiar : handler.strangers
        do throws(LimitExceeded) {
            try stream.charge.assign(to: stream.protocolID, whole: whole, perPeerLimit: handler.perPeerLimit)
        } catch {
            guard case .protocol = error.scope, makeRoom(for: stream) else { throw error }
            try stream.charge.assign(to: stream.protocolID, whole: whole, perPeerLimit: handler.perPeerLimit)
        }
    }

    /// Strangers share the streams of a protocol evenly: where all are in use, the one who holds the most gives way to
    /// one who holds fewer. False if nobody does.
    private func makeRoom(for stream: Stream) -> Bool {
        var held: [PeerID: [Stream]] = [:]
        for (peer, connections) in connectionsByPeer {
            for connection in connections {
                held[peer, default: []] += connection.streams.values.filter { other in
                    other !== stream && other.direction == .inbound && other.isNegotiated
                        && !other.charge.isFamiliar && other.protocolID == stream.protocolID
                }
            }
        }
        let own = held[stream.connection.remotePeer]?.count ?? 0
        let greediest = held.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }
        guard let streams = greediest?.value, streams.count > own + 1,
            let oldest = streams.min(by: { ($0.connection.id, $0.id) < ($1.connection.id, $1.id) })
        else { return false }
        oldest.abandon(.closed, code: .limitExceeded)
        return true
    }
}
