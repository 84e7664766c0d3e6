import Identity
import Multiformats
import Reactor
import Store
import Swarm
import Time

/// What happens in the swarm, told to the reader, the log and the store.
@NetworkActor final class NetworkEvents: SwarmObserver {
    private unowned let engine: Engine
    /// When it was last told that connections cannot be taken.
    private var lastRefusal: Instant?
    /// From one time that this is told to the next.
    private static let refusalGap = Duration.seconds(60)
    private var impostors = ImpostorWarnings()

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

    func wrongPeerAnswered(_ actual: PeerID, insteadOf peer: PeerID, at address: Multiaddr) {
        // Strangers' addresses come from other strangers; only what the user vouched for is worth a person's eye.
        guard let contact = engine.contacts[peer],
            impostors.isDue(peer, at: address, now: engine.world.clock.now)
        else { return }
        engine.log(
            .warning, "wrong peer",
            [
                ("alias", contact.alias), ("expected", peer.description), ("actual", actual.description),
                ("address", address.description),
            ])
        tell(Events.warning) { line in
            line.string(Fields.code, ErrorSpec.peerWrongID.code)
            line.string(
                Fields.errorText,
                "at \(address), an address of \(contact.alias), another peer answers: check the address with "
                    + "contact.list, and that nobody has taken it over")
            line.peer(Fields.peer, peer)
            line.string(Fields.alias, contact.alias)
            line.address(Fields.address, address)
            line.peer(Fields.actual, actual)
        }
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

    func acceptingChanged(_ address: Multiaddr, _ error: SwarmError?) {
        guard let error else {
            return engine.log(.info, "connections are taken again", [("address", address.description)])
        }
        // While descriptors are short it may fail and work again many times a second.
        let now = engine.world.clock.now
        if let lastRefusal, now - lastRefusal < Self.refusalGap { return }
        lastRefusal = now
        engine.warn(
            .networkFailed,
            "no more connections are taken at \(error.message); they are again when there is room: "
                + "close some, or raise the limit that is named")
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

    /// Tells a person that something does not work, and what to do.
    func warn(_ spec: ErrorSpec, _ text: String) {
        log(.warning, "problem", [("code", spec.code), ("text", text)])
        publish(Events.warning) { line in
            line.string(Fields.code, spec.code)
            line.string(Fields.errorText, text)
        }
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
