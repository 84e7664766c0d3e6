import Multiformats
import Reactor

/// One address that was asked to be listened on, and the concrete addresses that came of it.
@NetworkActor
struct ListeningSocket {
    /// As it was asked for.
    let requested: Multiaddr
    let listener: any Listener
    /// Whether no connection could be taken lately.
    var isFailing = false
    /// Where others reach it: the port filled in, a wildcard replaced by the addresses of this host's interfaces.
    private(set) var addresses: [Multiaddr] = []

    init(requested: Multiaddr, listener: any Listener, network: any Network) {
        self.requested = requested
        self.listener = listener
        refresh(network)
    }

    /// Looks anew at the interfaces.
    mutating func refresh(_ network: any Network) {
        let bound = listener.localAddress
        guard let ip = bound.ip, ip.isUnspecified else {
            addresses = Multiaddr(bound).map { [$0] } ?? []
            return
        }
        let hosts = network.localAddresses().filter { $0.isIPv4 == ip.isIPv4 }
        var seen: Set<Multiaddr> = []
        addresses = hosts.compactMap { Multiaddr(.ip($0, port: bound.port)) }.filter { seen.insert($0).inserted }
    }

    func matches(_ address: Multiaddr) -> Bool {
        requested == address || addresses.contains(address) || Multiaddr(listener.localAddress) == address
    }
}
