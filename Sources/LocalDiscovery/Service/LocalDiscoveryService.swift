import Identity
import Multiformats
import Reactor
import Swarm
import Time

/// Discovery on a swarm: sends and receives what the states of the links decide, and dials who is found.
///
/// It follows the swarm's listening addresses and the host's interfaces as they come and go. What is found is kept in
/// the swarm's address book. The swarm holds its observers weakly, so somebody must hold the service.
@NetworkActor
public final class LocalDiscoveryService {
    struct SocketKey: Hashable {
        let source: LocalDiscovery.Source
        let isIPv4: Bool
    }

    /// Told what becomes of peers.
    public var onEvent: (@NetworkActor (DiscoveryEvent) -> Void)?
    /// Told, in words for a person, what keeps it from working somewhere, and what to do; not again while it lasts. It
    /// is tried again.
    public var onProblem: (@NetworkActor (String) -> Void)?
    /// Told the same words when it works again.
    public var onRecovery: (@NetworkActor (String) -> Void)?

    let swarm: Swarm
    /// What is set.
    public private(set) var configuration: LocalDiscoveryConfiguration
    let peerName: String
    var sockets: [SocketKey: any MulticastSocket] = [:]
    var links: [DiscoveryLink.Key: DiscoveryLink] = [:]
    var table: PeerTable
    var plan: DialPlan
    /// The addresses of this host, as of the last change.
    var hostAddresses: [IPAddress] = []
    private var limits: SourceLimits
    /// The names of interfaces, by index, as of the last change.
    var names: [UInt32: String] = [:]
    var troubles = Troubles()
    private var timer: Timer?
    private var timerDeadline: Instant?
    private var ownCounts = LocalDiscoveryCounts()
    /// Whether it has been started, and not stopped.
    public private(set) var isRunning = false

    /// For how long nothing can be sent on a link before it is told, and tried no more often than otherwise.
    private static let patience = Duration.seconds(5)
    /// Until then, from one try to the next.
    private static let retryGap = Duration.milliseconds(500)

    /// A service that has not started.
    public init(swarm: Swarm, configuration: LocalDiscoveryConfiguration = .init()) {
        configuration.validate()
        self.swarm = swarm
        self.configuration = configuration
        let now = swarm.world.clock.now
        var random = swarm.world.random.generator
        peerName = MDNSService.randomPeerName(&random)
        table = PeerTable(configuration, now: now)
        limits = SourceLimits(configuration, now: now)
        plan = DialPlan(localPeer: swarm.localPeer, configuration: configuration, now: now)
    }

    /// Begins, where the swarm listens, and will.
    public func start() {
        guard !isRunning, !swarm.isClosed else { return }
        isRunning = true
        swarm.addObserver(self)
        watchChanged()
        reconcile()
    }

    /// Says goodbye, and ends.
    ///
    /// - Parameter tellsExpiry: Whether it is told that those who were known expire: not where all ends with it.
    public func stop(tellsExpiry: Bool = false) {
        guard isRunning else { return }
        let known = tellsExpiry ? table.peers : []
        isRunning = false
        swarm.removeObserver(self)
        timer?.cancel()
        (timer, timerDeadline) = (nil, nil)
        for key in links.keys.sorted() {
            links[key]?.leave(time)
            perform(key, farewell: true)
        }
        for socket in sockets.values { socket.close() }
        (sockets, links, troubles) = ([:], [:], Troubles())
        table = PeerTable(configuration, now: now)
        plan = DialPlan(localPeer: swarm.localPeer, configuration: configuration, now: now)
        for peer in known { tell(.expired(peer)) }
    }

    /// Goes on with another configuration. With other ways to find peers, those who were known expire, and are found
    /// again.
    public func adopt(_ configuration: LocalDiscoveryConfiguration) {
        configuration.validate()
        let before = self.configuration
        self.configuration = configuration
        guard isRunning else { return }
        guard before.sources == configuration.sources else {
            stop(tellsExpiry: true)
            return start()
        }
        for key in links.keys.sorted() { links[key]?.gigi?.setProfile(profile, now) }
        pump()
    }

    var now: Instant { swarm.world.clock.now }
    var time: Timestamp { swarm.world.wallClock.now }

    /// What is told of this peer. Without a nickname of its own it is called by the end of its id.
    var profile: GigiState<RandomGenerator>.Profile {
        GigiState.Profile(
            nickname: configuration.nickname ?? String(swarm.localPeer.description.suffix(8)),
            capabilities: configuration.capabilities)
    }

    // MARK: What is known

    /// The peers that are there, by id.
    public var peers: [DiscoveredPeer] { table.peers }

    /// What is known about a peer; nil for one that is not there.
    public subscript(peer: PeerID) -> DiscoveredPeer? {
        table.entries[peer].flatMap { $0.isTold ? $0.told : nil }
    }

    /// How often things have happened.
    public var counts: LocalDiscoveryCounts {
        var all = ownCounts
        all.refused += table.counts.refused
        all.implausible += table.counts.implausible
        all.unproved += table.counts.unproved
        return all
    }

    /// The names of the interfaces that it runs on, in the order of the system.
    public var interfaces: [String] {
        var names: [String] = []
        for key in links.keys.sorted() {
            if let name = links[key]?.interface.name, !names.contains(name) { names.append(name) }
        }
        return names
    }

    // MARK: Datagrams

    func receive(_ datagram: Datagram, _ source: LocalDiscovery.Source, isIPv4: Bool) {
        ownCounts.received += 1
        let key = DiscoveryLink.Key(interface: datagram.interface, isIPv4: isIPv4)
        guard isRunning, let from = datagram.source.ip, links[key] != nil else { return }
        let isConnected = { [swarm] in swarm.connections.contains { $0.remoteAddress.leadingIP == from } }
        guard limits.admits(from, now, isConnected: isConnected()) else {
            ownCounts.limited += 1
            return
        }
        do {
            switch source {
            case .mdns: try links[key]?.mdns?.receive(datagram.bytes, from: from, now)
            case .gigi: try links[key]?.gigi?.receive(datagram.bytes, from: from, now, time)
            }
        } catch {
            ownCounts.malformed += 1
            limits.malformed(from, now)
        }
        perform(key, from: from)
        pump()
    }

    func send(_ bytes: [UInt8], _ source: LocalDiscovery.Source, on key: DiscoveryLink.Key) {
        guard let socket = sockets[SocketKey(source: source, isIPv4: key.isIPv4)] else { return }
        do throws(NetworkError) {
            try socket.send(bytes, on: key.interface)
            ownCounts.sent += 1
            links[key]?.failingSince[source] = nil
            worked(.sending(source, key))
        } catch {
            ownCounts.sendFailures += 1
            let since = links[key]?.failingSince[source] ?? now
            links[key]?.failingSince[source] = since
            // An address that has just come may not be used for a second or two (RFC 4862, section 5.4), and of an
            // interface that has just gone we hear in a moment.
            guard now - since >= Self.patience else {
                if links[key]?.retry == nil { links[key]?.retry = now + Self.retryGap }
                return
            }
            failed(.sending(source, key), error, isRetried: false)
        }
    }

    /// Does what the states of a link want. A farewell is sent twice: datagrams are lost, and it is the last word.
    private func perform(_ key: DiscoveryLink.Key, from source: IPAddress? = nil, farewell: Bool = false) {
        for action in links[key]?.mdns?.takeActions() ?? [] {
            switch action {
            case .send(let bytes):
                send(bytes, .mdns, on: key)
                if farewell { send(bytes, .mdns, on: key) }
            case .gone(let instance): table.left(instance: instance, now)
            case .found(let instance, let record, let lifetime):
                observe(
                    Sighting(
                        peer: record.peer, source: .mdns, interface: key.interface, instance: instance,
                        addresses: record.addresses, lifetime: lifetime), key, from: source)
            }
        }
        for action in links[key]?.gigi?.takeActions() ?? [] {
            switch action {
            case .send(let bytes):
                send(bytes, .gigi, on: key)
                if farewell { send(bytes, .gigi, on: key) }
            case .gone(let announcement, let proof):
                table.left(announcement.peer, announcement.address, proof: proof, now)
            case .found(let told, let lifetime, let proof):
                observe(
                    Sighting(
                        peer: told.peer, source: .gigi, interface: key.interface, addresses: [told.address],
                        nickname: told.nickname, capabilities: told.capabilities, metadata: told.metadata,
                        proof: proof, lifetime: lifetime), key, from: source)
            }
        }
    }

    private func observe(_ sighting: Sighting, _ key: DiscoveryLink.Key, from source: IPAddress?) {
        guard let interface = links[key]?.interface else { return }
        var plausible = sighting
        plausible.interfaceName = interface.name
        plausible.from = source.flatMap { $0.isLoopback ? nil : $0 }
        plausible.addresses = sighting.addresses.filter {
            LinkAddresses.isPlausible($0, on: interface, from: source, own: hostAddresses)
        }
        table.foundImplausible(sighting.addresses.count - plausible.addresses.count)
        table.observe(plausible, now)
        if table.isWaitingForName(sighting.peer) { links[key]?.gigi?.askSoon(now) }
    }

    // MARK: Time

    /// Does what is due, tells what has happened, dials, and sees to it that this is called again in time.
    func pump() {
        guard isRunning else { return }
        if let due = troubles.nextRetry, due <= now { enterLinks() }
        for key in links.keys.sorted() {
            if let due = links[key]?.retry, due <= now { retry(key) }
            if let due = links[key]?.nextDeadline, due <= now { links[key]?.advance(now, time) }
            perform(key)
        }
        if let due = table.nextDeadline, due <= now { table.advance(now) }
        for event in table.takeEvents() { tell(event) }
        dialDue()
        schedule()
    }

    private func schedule() {
        guard isRunning else { return }
        var deadlines = links.values.compactMap(\.nextDeadline)
        if let due = table.nextDeadline { deadlines.append(due) }
        if let due = dialDeadline { deadlines.append(due) }
        if let due = troubles.nextRetry { deadlines.append(due) }
        let deadline = deadlines.min()
        guard deadline != timerDeadline || timer?.isPending != true else { return }
        timer?.cancel()
        timerDeadline = deadline
        timer = deadline.map { swarm.world.clock.schedule(at: $0) { [weak self] in self?.pump() } }
    }

    private func tell(_ event: DiscoveryEvent) {
        switch event {
        case .discovered(let peer):
            swarm.announced(peer.peer, at: peer.addresses)
            plan.found(
                peer.peer, from: table.entries[peer.peer]?.from, isConnected: swarm.isConnected(peer.peer), now)
            if swarm.isConnected(peer.peer) { table.reached(peer.peer) }
        case .updated(let peer):
            swarm.announced(peer.peer, at: peer.addresses)
            plan.moved(peer.peer, now)
        case .expired(let peer):
            plan.lost(peer.peer)
            // What was never proved by a connection shall not crowd the book.
            for entry in swarm.addressBook.entries(of: peer.peer) where entry.source == .localDiscovery {
                swarm.addressBook.remove(peer.peer, entry.address)
            }
        }
        onEvent?(event)
    }
}
