import Multiformats
import Reactor
import Swarm

/// Where it runs
extension LocalDiscoveryService: SwarmObserver {
    /// Follows where the swarm listens.
    public func listenAddressesChanged() {
        guard isRunning else { return }
        reconcile()
    }

    func interfacesChanged() {
        guard isRunning else { return }
        // Tells this service, too, if it changes where we listen.
        swarm.interfacesChanged()
        reconcile()
    }

    /// Enters and leaves links, so that it runs where the swarm listens and groups can be entered.
    func reconcile() {
        let listening = swarm.listenAddresses
        hostAddresses = swarm.world.network.localAddresses()
        var wanted: [DiscoveryLink.Key: NetworkInterface] = [:]
        for interface in swarm.world.network.interfaces() where interface.carriesMulticast {
            let own = LinkAddresses.own(listening, on: interface, limit: .max)
            for isIPv4 in [true, false] where own.contains(where: { $0.leadingIP?.isIPv4 == isIPv4 }) {
                // Linux has no way for groups of IPv6 on loopback; programs there find each other by IPv4.
                if interface.isLoopback && !isIPv4 { continue }
                wanted[DiscoveryLink.Key(interface: interface.index, isIPv4: isIPv4)] = interface
            }
        }
        for key in links.keys.sorted() where wanted[key] == nil { leave(key) }
        for key in wanted.keys.sorted() {
            guard let interface = wanted[key] else { continue }
            enter(key, interface)
            links[key]?.setAddresses(own(on: interface), now)
        }
        if links.isEmpty {
            for socket in sockets.values { socket.close() }
            sockets = [:]
        }
        pump()
    }

    private func enter(_ key: DiscoveryLink.Key, _ interface: NetworkInterface) {
        guard let known = links[key] else {
            var link = DiscoveryLink(interface: interface)
            let random = swarm.world.random.generator
            if configuration.sources.contains(.mdns), join(.mdns, key, interface) {
                link.mdns = MDNSState(
                    peer: swarm.localPeer, peerName: peerName, configuration: configuration, random: random, now: now)
            }
            if configuration.sources.contains(.gigi), join(.gigi, key, interface) {
                link.gigi = GigiState(
                    identity: swarm.identity, profile: profile, configuration: configuration, random: random, now: now)
            }
            if link.mdns != nil || link.gigi != nil { links[key] = link }
            return
        }
        guard known.interface != interface else { return }
        var link = DiscoveryLink(interface: interface)
        (link.mdns, link.gigi) = (known.mdns, known.gigi)
        (link.failingSince, link.retry) = (known.failingSince, known.retry)
        links[key] = link
    }

    /// Begins anew on a link where something could not be sent: nobody has heard it.
    func retry(_ key: DiscoveryLink.Key) {
        guard let failed = links.removeValue(forKey: key) else { return }
        enter(key, failed.interface)
        links[key]?.failingSince = failed.failingSince
        links[key]?.setAddresses(own(on: failed.interface), now)
    }

    /// What we tell of ourselves on an interface.
    private func own(on interface: NetworkInterface) -> [Multiaddr] {
        LinkAddresses.own(swarm.listenAddresses, on: interface, limit: configuration.maximumOwnAddresses)
    }

    /// The interface may be there still, and only not be listened on any more: those on it are told.
    private func leave(_ key: DiscoveryLink.Key) {
        links[key]?.leave(time)
        for action in links[key]?.mdns?.takeActions() ?? [] {
            if case .send(let bytes) = action { send(bytes, .mdns, on: key) }
        }
        for action in links[key]?.gigi?.takeActions() ?? [] {
            if case .send(let bytes) = action { send(bytes, .gigi, on: key) }
        }
        links[key] = nil
        for source in LocalDiscovery.Source.allCases {
            sockets[SocketKey(source: source, isIPv4: key.isIPv4)]?.leave(key.interface)
        }
        if !links.keys.contains(where: { $0.interface == key.interface }) {
            table.left(interface: key.interface, now)
        }
    }

    private func join(_ source: LocalDiscovery.Source, _ key: DiscoveryLink.Key, _ interface: NetworkInterface) -> Bool
    {
        do throws(NetworkError) {
            try socket(source, key).join(key.interface)
            return true
        } catch {
            if case .unsupported = error { return false }
            let family = key.isIPv4 ? "IPv4" : "IPv6"
            report("discovery (\(source.rawValue)) does not run on \(interface.name) with \(family): \(error)")
            return false
        }
    }

    private func socket(
        _ source: LocalDiscovery.Source, _ key: DiscoveryLink.Key
    ) throws(NetworkError) -> any MulticastSocket {
        let socketKey = SocketKey(source: source, isIPv4: key.isIPv4)
        if let socket = sockets[socketKey] { return socket }
        let socket = try swarm.world.network.multicast(LocalDiscovery.group(source, key.family))
        socket.onReceive = { [weak self] in self?.receive($0, source, isIPv4: socketKey.isIPv4) }
        sockets[socketKey] = socket
        return socket
    }
}
