import Identity
import LocalDiscovery
import Multiformats
import Reactor
import Swarm

/// Finding peers on the local network.
extension Engine {
    /// What `--lan` listens on. IPv6 is not there on every machine.
    private static let networkAddresses = (needed: "/ip4/0.0.0.0/tcp/0", wished: "/ip6/::/tcp/0")

    /// Begins to listen on all interfaces, or stops.
    func listenOnNetwork(before: Bool, after: Bool) throws(CommandFailure) {
        guard before != after else { return }
        let (needed, wished) = Self.networkAddresses
        if after {
            if let failure = try listen(needed) { throw failure }
            do throws(CommandFailure) {
                if let failure = try listen(wished) { throw failure }
            } catch {
                log(.info, "not on IPv6", [("reason", error.message)])
            }
        } else {
            for text in [needed, wished] {
                if let address = try? Multiaddr(text) { swarm.stopListening(on: address) }
            }
        }
    }

    /// Begins to tell of peers that are found, and to look for them, if the settings want it.
    func startDiscovery() {
        discovery.onEvent = { [weak self] in self?.tell($0) }
        discovery.onProblem = { [weak self] in self?.warn(.networkFailed, $0) }
        discovery.onRecovery = { [weak self] in self?.log(.info, "works again", [("warning", $0)]) }
        adaptDiscovery()
    }

    /// Does what the settings want by now.
    func adaptDiscovery() {
        guard !isLocked else { return }
        discovery.adopt(LocalDiscoveryConfiguration(settings))
        if settings.discovery == .off { discovery.stop(tellsExpiry: true) } else { discovery.start() }
    }

    private func tell(_ event: DiscoveryEvent) {
        switch event {
        case .discovered(let peer): publish(Events.peerDiscovered) { [self] in write(peer, &$0) }
        case .expired(let peer): publish(Events.peerExpired) { [self] in write(peer, &$0) }
        case .updated(let peer): tellUpdated(peer.peer)
        }
    }

    private func write(_ found: DiscoveredPeer, _ line: inout LineWriter) {
        line.peer(Fields.peer, found.peer)
        line.string(Fields.alias, contacts[found.peer]?.alias)
        line.profile(found)
        line.addresses(Fields.addresses, found.addresses)
        line.string(DiscoveryFields.source, found.source.rawValue)
        line.string(DiscoveryFields.interface, found.interface)
    }

    /// Tells what is known of a peer by now, from itself over a connection and from the local network.
    func tellUpdated(_ peer: PeerID) {
        let (info, found) = (swarm.peers[peer], discovery[peer])
        let addresses = swarm.addressBook.addresses(of: peer)
        publish(Events.peerUpdated) { [self] line in
            line.peer(Fields.peer, peer)
            line.string(Fields.alias, contacts[peer]?.alias)
            line.string(Fields.agent, info?.agentVersion)
            line.strings(Fields.protocols, info?.protocols ?? [])
            line.addresses(Fields.addresses, addresses)
            line.found(found)
        }
    }
}

extension LocalDiscoveryConfiguration {
    /// As the settings want it.
    init(_ settings: Settings) {
        self.init()
        nickname = settings.nickname
        switch settings.discovery {
        case .on, .off: break
        case .mdns: sources = [.mdns]
        case .gigi: sources = [.gigi]
        }
    }
}
