import Identity
import Multiformats
import Reactor
import Store
import Swarm

/// What happens in the swarm, told to the reader, the log and the store.
@NetworkActor final class NetworkEvents: SwarmObserver {
    private unowned let engine: Engine

    init(_ engine: Engine) {
        self.engine = engine
    }

    func peerConnected(_ peer: PeerID, _ connection: Connection) {
        tell(Events.peerConnected) { [engine] line in
            line.peer(Fields.peer, peer)
            line.string(Fields.alias, engine.contacts[peer]?.alias)
            line.string(Fields.direction, connection.direction.rawValue)
            line.string(Fields.path, "direct")
            line.address(Fields.address, connection.remoteAddress)
        }
    }

    func peerDisconnected(_ peer: PeerID) {
        tell(Events.peerDisconnected) { [engine] line in
            line.peer(Fields.peer, peer)
            line.string(Fields.alias, engine.contacts[peer]?.alias)
        }
    }

    func connectionOpened(_ connection: Connection) {
        engine.log(
            .debug, "connection opened",
            [
                ("peer", connection.remotePeer.description), ("address", connection.remoteAddress.description),
                ("direction", connection.direction.rawValue),
            ])
    }

    func connectionClosed(_ connection: Connection, reason: ConnectionCloseReason) {
        engine.log(
            .debug, "connection closed",
            [("peer", connection.remotePeer.description), ("reason", reason.description)])
    }

    func inboundConnectionFailed(_ error: SwarmError) {
        engine.log(.info, "inbound connection failed", [("reason", error.message)])
    }

    func identified(_ peer: PeerID, _ info: PeerInfo) {
        let addresses = engine.swarm.addressBook.addresses(of: peer)
        engine.tellUpdated(peer)
        let met = StoredPeer(
            peer: peer.description, agent: info.agentVersion, addresses: addresses.map(\.description),
            seen: engine.world.wallClock.now)
        // What was met is a convenience after a restart; losing it costs nothing but a warning.
        engine.store.write {
            try $0.save(met)
        } completion: { [engine] result in
            if case .failure(let error) = result { engine.storeFailed(error) }
        }
    }

    func listenAddressesChanged() {
        tell(Events.netListening) { [engine] line in line.addresses(Fields.addresses, engine.ownAddresses) }
    }

    private func tell(_ spec: EventSpec, _ body: @escaping (inout LineWriter) -> Void) {
        engine.publish(spec, body)
    }
}

extension Engine {
    /// Tells everybody an ephemeral event.
    func publish(_ spec: EventSpec, _ body: @escaping (inout LineWriter) -> Void) {
        let now = world.wallClock.now
        for session in sessions { session.events.publish(spec, at: now, body) }
    }

    /// Warns that something could not be kept.
    func storeFailed(_ error: StoreError) {
        guard lifecycle.isRunning else { return }
        let failure = CommandFailure(error)
        log(.error, "store failed", [("reason", error.message)])
        publish(Events.warning) { line in
            line.string(Fields.code, failure.spec.code)
            line.string(Fields.errorText, failure.message)
        }
    }
}
