import Multiformats
import Reactor

/// Where a transport of this swarm connects to or listens on, read from a multiaddr. A trailing `/p2p` is passed over.
enum TransportAddress: Hashable {
    /// `/ip4/…/tcp/…`, `/ip6/…/tcp/…`, `/memory/N`.
    case socket(SocketAddress)
    /// `/dns/…/tcp/…` (no family), `/dns4/…`, `/dns6/…`.
    case name(String, AddressFamily?, port: UInt16)

    /// nil when the address has another shape.
    init?(_ address: Multiaddr) {
        let parts = address.components
        guard let host = parts.first else { return nil }
        if host.code == .memory {
            guard parts.dropFirst().allSatisfy({ $0.code == .p2p }), host.value.count == 8 else { return nil }
            self = .socket(.memory(host.value.reduce(0) { $0 << 8 | UInt64($1) }))
            return
        }
        guard let port = parts.dropFirst().first, port.code == .tcp, port.value.count == 2,
            parts.dropFirst(2).allSatisfy({ $0.code == .p2p })
        else { return nil }
        let number = port.value.reduce(0 as UInt16) { $0 << 8 | UInt16($1) }
        switch host.code {
        case .ip4, .ip6:
            guard let ip = IPAddress(bytes: host.value) else { return nil }
            self = .socket(.ip(ip, port: number))
        case .dns: self = .name(host.text, nil, port: number)
        case .dns4: self = .name(host.text, .ipv4, port: number)
        case .dns6: self = .name(host.text, .ipv6, port: number)
        default: return nil
        }
    }
}

extension Multiaddr {
    /// `/ip4/…/tcp/…`, `/ip6/…/tcp/…` or `/memory/…`. An IPv4-mapped address is written as IPv4.
    init?(_ socket: SocketAddress) {
        let components: [Component]?
        switch socket {
        case .memory(let number):
            components = try? [Component(code: .memory, value: (0..<8).map { UInt8(number >> (56 - 8 * $0) & 0xff) })]
        case .ip(let ip, let port):
            let host = ip.unmappedBytes
            components = try? [
                Component(code: host.count == 4 ? .ip4 : .ip6, value: host),
                Component(code: .tcp, value: [UInt8(port >> 8), UInt8(truncatingIfNeeded: port)]),
            ]
        }
        guard let components, let address = try? Multiaddr(components) else { return nil }
        self = address
    }

    /// The IP address it begins with.
    public var leadingIP: IPAddress? {
        guard let first = components.first, first.code == .ip4 || first.code == .ip6 else { return nil }
        return IPAddress(bytes: first.value)
    }

    /// The address up to its last transport part: every `/p2p` at the end removed; nil when nothing is left.
    var withoutPeerIDs: Multiaddr? {
        var address = self
        while address.components.last?.code == .p2p {
            guard let shorter = address.withoutPeerID(), shorter.bytes.count < address.bytes.count else { return nil }
            address = shorter
        }
        return address
    }
}
