import Identity
import Multiformats
import Reactor
import Swarm

/// Which addresses belong to a link: those of ours that are told on it, and those of others that are believed when they
/// are heard on it.
enum LinkAddresses {
    /// Our own addresses that others on this interface can reach: those of the interface itself, at most `limit`. IPv6
    /// addresses that need a zone are left out, since an address says nothing of a zone.
    static func own(_ listening: [Multiaddr], on interface: NetworkInterface, limit: Int) -> [Multiaddr] {
        let hosts = interface.addresses.map(\.ip.bytes)
        return Array(
            listening.filter { address in
                guard let ip = dialable(address) else { return false }
                return hosts.contains(ip.bytes) && !(ip.isLinkLocal && !ip.isIPv4)
            }.prefix(limit))
    }

    /// Whether a peer that is heard on this interface, from this source, may be at an address: a TCP port of a private
    /// or link-local IP address, of one on the link by its prefix, or of the source itself. Loopback is believed on
    /// loopback, and nothing else there but this host's own addresses.
    ///
    /// So no datagram makes us connect out of the network that it came from, and none to our own machine but one of its
    /// own programs'.
    static func isPlausible(
        _ address: Multiaddr, on interface: NetworkInterface, from source: IPAddress?, own: [IPAddress]
    ) -> Bool {
        guard let ip = dialable(address) else { return false }
        let isOurs = own.contains { $0.bytes == ip.bytes }
        if interface.isLoopback { return ip.isLoopback || isOurs }
        if ip.isLoopback || !ip.isIPv4 && ip.isLinkLocal { return false }
        return AddressScope(address) == .site || ip.bytes == source?.bytes
            || interface.addresses.contains { $0.isOnLink(ip) }
    }

    /// The host of an address of TCP over IP and nothing more, if anybody can dial it at all.
    private static func dialable(_ address: Multiaddr) -> IPAddress? {
        let parts = address.components
        guard parts.count == 2, address.tcpPort != nil, AddressScope(address) != nil else { return nil }
        return address.leadingIP
    }
}
