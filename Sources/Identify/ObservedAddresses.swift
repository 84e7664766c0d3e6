import Multiformats
import Swarm

/// What peers say our address is, and which of it is believed.
///
/// One peer may lie, and many peers behind one address may be one liar. An address is believed once several observers
/// from distinct networks agree, each over a connection that shows our listening port to the outside: one that they
/// dialed, or that we dialed from that port. Bounded: one observation per connection.
public struct ObservedAddresses: Sendable {
    /// The most addresses believed for one listen address (go-libp2p: 3).
    public static let maximumPerListenAddress = 3

    private struct Observation: Sendable {
        var address: Multiaddr
        var listenAddress: Multiaddr
        var network: NetworkPrefix
    }

    private let observersToActivate: Int
    private var observations: [UInt64: Observation] = [:]

    /// The addresses believed at present, sorted.
    public private(set) var active: [Multiaddr] = []

    /// Believes an address when `observersToActivate` distinct networks agree.
    public init(observersToActivate: Int) {
        self.observersToActivate = observersToActivate
    }

    /// A peer has said what our address looks like over a connection.
    ///
    /// - Parameters:
    ///   - observed: what it said, without `/p2p`.
    ///   - connection: the connection's id; a later word over the same connection replaces an earlier one.
    ///   - local: our end of the connection.
    ///   - remote: the peer's end.
    ///   - listenAddresses: where we listen.
    public mutating func observe(
        _ observed: Multiaddr, over connection: UInt64, local: Multiaddr, remote: Multiaddr,
        listenAddresses: [Multiaddr]
    ) {
        observations[connection] = nil
        defer { decide() }
        // What does not reach everywhere is no news to us, and an address we listen on is none either.
        guard AddressScope(observed) == .global, observed.isTCPSocket, !listenAddresses.contains(observed),
            let ip = remote.leadingIP,
            let listening = listenAddresses.first(where: { $0 == local })
        else { return }
        observations[connection] = Observation(
            address: observed, listenAddress: listening, network: NetworkPrefix(ip, length: ip.isIPv4 ? 32 : 56))
    }

    /// The connection has ended.
    public mutating func connectionClosed(_ connection: UInt64) {
        guard observations.removeValue(forKey: connection) != nil else { return }
        decide()
    }

    /// An address is believed from the moment that enough agree, and until nobody says so any more.
    private mutating func decide() {
        var networks: [Multiaddr: Set<NetworkPrefix>] = [:]
        var listening: [Multiaddr: Multiaddr] = [:]
        for (_, observation) in observations.sorted(by: { $0.key < $1.key }) {
            networks[observation.address, default: []].insert(observation.network)
            listening[observation.address] = listening[observation.address] ?? observation.listenAddress
        }
        let candidates = networks.filter { $0.value.count >= observersToActivate || active.contains($0.key) }
        let ranked = candidates.sorted { left, right in
            left.value.count == right.value.count
                ? left.key.bytes.lexicographicallyPrecedes(right.key.bytes) : left.value.count > right.value.count
        }
        var perListenAddress: [Multiaddr: Int] = [:]
        active = ranked.map(\.key).filter { address in
            guard let listenAddress = listening[address] else { return false }
            perListenAddress[listenAddress, default: 0] += 1
            return perListenAddress[listenAddress, default: 0] <= Self.maximumPerListenAddress
        }.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    }
}

extension Multiaddr {
    /// Whether the address reaches no further than this machine.
    var isOnThisMachine: Bool {
        guard let scope = AddressScope(self) else { return false }
        return scope <= .loopback
    }

    /// Whether the address is an IP address and a TCP port, nothing more.
    var isTCPSocket: Bool {
        let parts = components
        return parts.count == 2 && leadingIP != nil && parts.last?.code == .tcp
    }
}
