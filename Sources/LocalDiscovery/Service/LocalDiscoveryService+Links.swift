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

    /// Says so if changes of interfaces are noticed late.
    public func interfaceWatchChanged() { watchChanged() }

    /// Follows the interfaces of this host.
    public func interfacesChanged() {
        guard isRunning else { return }
        troubles.hurry(now)
        reconcile()
    }

    /// Enters and leaves links, so that it runs where the swarm listens and groups can be entered.
    func reconcile() {
        enterLinks()
        pump()
    }

    func enterLinks() {
        let interfaces: [NetworkInterface]
        do throws(NetworkError) {
            interfaces = try swarm.world.network.interfaces()
            worked(.interfaces)
        } catch {
            // What was entered stays.
            return failed(.interfaces, error)
        }
        hostAddresses = swarm.world.network.localAddresses()
        names = Dictionary(interfaces.map { ($0.index, $0.name) }) { first, _ in first }
        let listening = swarm.listenAddresses
        var wanted: [DiscoveryLink.Key: NetworkInterface] = [:]
        for interface in interfaces where interface.carriesMulticast {
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
        troubles.forgetDue(now)
    }

    private func enter(_ key: DiscoveryLink.Key, _ interface: NetworkInterface) {
        let known = links[key]
        var link = DiscoveryLink(interface: interface)
        (link.mdns, link.gigi) = (known?.mdns, known?.gigi)
        (link.failingSince, link.retry) = (known?.failingSince ?? [:], known?.retry)
        let random = swarm.world.random.generator
        if link.mdns == nil, configuration.sources.contains(.mdns), join(.mdns, key) {
            link.mdns = MDNSState(
                peer: swarm.localPeer, peerName: peerName, configuration: configuration, random: random, now: now)
        }
        if link.gigi == nil, configuration.sources.contains(.gigi), join(.gigi, key) {
            link.gigi = GigiState(
                identity: swarm.identity, profile: profile, configuration: configuration, random: random, now: now)
        }
        if link.mdns != nil || link.gigi != nil { links[key] = link }
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
        troubles.forget(key)
        for source in LocalDiscovery.Source.allCases {
            sockets[SocketKey(source: source, isIPv4: key.isIPv4)]?.leave(key.interface)
        }
        if !links.keys.contains(where: { $0.interface == key.interface }) {
            table.left(interface: key.interface, now)
        }
    }

    /// Enters the group of a source on a link. What fails is told, and tried again.
    private func join(_ source: LocalDiscovery.Source, _ key: DiscoveryLink.Key) -> Bool {
        let place = Troubles.Place.joining(source, key)
        guard troubles.isDue(place, now), let socket = socket(SocketKey(source: source, isIPv4: key.isIPv4)) else {
            return false
        }
        do throws(NetworkError) {
            try socket.join(key.interface)
            worked(place)
            return true
        } catch {
            // Only a killed process of a simulation has its sockets closed by somebody else; it is not to come back.
            if error != .closed { failed(place, error) }
            return false
        }
    }

    private func socket(_ key: SocketKey) -> (any MulticastSocket)? {
        if let socket = sockets[key] { return socket }
        guard troubles.isDue(.socket(key), now) else { return nil }
        do throws(NetworkError) {
            let group = LocalDiscovery.group(key.source, key.isIPv4 ? .ipv4 : .ipv6)
            let socket = try swarm.world.network.multicast(group)
            socket.onReceive = { [weak self] in self?.receive($0, key.source, isIPv4: key.isIPv4) }
            socket.onFailure = { [weak self] in self?.lost(key, $0) }
            sockets[key] = socket
            worked(.socket(key))
            return socket
        } catch {
            // In a replay nobody is looked for.
            if case .unsupported = error { return nil }
            failed(.socket(key), error)
            return nil
        }
    }

    /// A socket receives nothing any more: it is made anew, with all that it was for.
    private func lost(_ key: SocketKey, _ error: NetworkError) {
        guard isRunning, let socket = sockets.removeValue(forKey: key) else { return }
        socket.close()
        for link in links.keys where link.isIPv4 == key.isIPv4 {
            switch key.source {
            case .mdns: links[link]?.mdns = nil
            case .gigi: links[link]?.gigi = nil
            }
        }
        failed(.socket(key), error)
        pump()
    }
}
