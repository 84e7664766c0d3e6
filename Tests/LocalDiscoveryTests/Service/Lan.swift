import Identity
import Multiformats
import Reactor
import Swarm
import TestSupport

@testable import LocalDiscovery

/// Hosts of a simulation on one segment, each with a swarm that listens everywhere, and with discovery.
@NetworkActor final class Lan {
    static let segment = "lan"

    let simulation: SimulatedWorld
    let peers: [TestPeer]
    let services: [LocalDiscoveryService]
    /// What each was told, with the virtual time in milliseconds.
    private(set) var told: [[(at: Int64, event: DiscoveryEvent)]]

    init(
        _ simulation: SimulatedWorld, count: Int, listen: String = "/ip4/0.0.0.0/tcp/4001",
        _ change: (inout LocalDiscoveryConfiguration) -> Void = { _ in }
    ) throws {
        self.simulation = simulation
        peers = try (0..<count).map { index in
            let world = simulation.host("peer\(index)")
            simulation.attach("peer\(index)", to: Self.segment)
            // As with pubsub, whose streams keep a connection in use.
            var configuration = SwarmConfiguration()
            configuration.idleTimeout = nil
            return try TestPeer(world, key: UInt8(index + 1), listen: listen, configuration: configuration)
        }
        services = peers.enumerated().map { index, peer in
            var configuration = LocalDiscoveryConfiguration()
            configuration.nickname = "nick\(index)"
            change(&configuration)
            return LocalDiscoveryService(swarm: peer.swarm, configuration: configuration)
        }
        told = Array(repeating: [], count: count)
        for (index, service) in services.enumerated() {
            service.onEvent = { [unowned self] event in
                told[index].append((simulation.elapsed.millisecondsClamped, event))
            }
        }
    }

    func start() { for service in services { service.start() } }

    func pass(_ duration: Duration) async { await peers[0].swarm.world.clock.sleep(for: duration) }

    /// How many others each one is connected to.
    var connected: [Int] { peers.map { $0.swarm.connectedPeers.count } }

    /// How many others each one knows.
    var known: [Int] { services.map { $0.peers.count } }

    /// The events that one was told about another, in short.
    func events(_ index: Int, about other: Int) -> [String] {
        told[index].compactMap { _, event in
            switch event {
            case .discovered(let peer) where peer.peer == peers[other].id: "discovered \(peer.nickname ?? "-")"
            case .updated(let peer) where peer.peer == peers[other].id: "updated \(peer.nickname ?? "-")"
            case .expired(let peer) where peer.peer == peers[other].id: "expired \(peer.nickname ?? "-")"
            default: nil
            }
        }
    }

    func close() async {
        for service in services { service.stop() }
        for peer in peers { await peer.swarm.close() }
    }
}

/// A host on the segment that says whatever it likes.
@NetworkActor final class Liar {
    let world: World
    private var sockets: [LocalDiscovery.Source: any MulticastSocket] = [:]
    /// What it has heard.
    private(set) var heard: [(source: LocalDiscovery.Source, bytes: [UInt8])] = []

    init(_ simulation: SimulatedWorld, _ name: String = "liar") throws {
        world = simulation.host(name)
        simulation.attach(name, to: Lan.segment)
        for source in LocalDiscovery.Source.allCases {
            let socket = try world.network.multicast(LocalDiscovery.group(source, .ipv4))
            try socket.join(2)
            socket.onReceive = { [unowned self] in heard.append((source, $0.bytes)) }
            sockets[source] = socket
        }
    }

    func say(_ bytes: [UInt8], _ source: LocalDiscovery.Source) throws {
        try sockets[source]?.send(bytes, on: 2)
    }
}
