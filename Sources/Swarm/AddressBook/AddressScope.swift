import Multiformats
import Reactor

/// How far an address reaches.
public enum AddressScope: Int, Comparable, CaseIterable, Sendable {
    /// This process.
    case memory
    /// This machine.
    case loopback
    /// One site.
    case site
    /// Everywhere.
    case global

    /// The order of reach.
    public static func < (left: AddressScope, right: AddressScope) -> Bool { left.rawValue < right.rawValue }

    /// The reach of an address; names count as global. nil for addresses that cannot be dialed by anyone: port 0,
    /// unspecified and multicast hosts.
    public init?(_ address: Multiaddr) {
        switch TransportAddress(address) {
        case .socket(let socket):
            self.init(socket)
        case .name(_, _, let port):
            guard port != 0 else { return nil }
            self = .global
        case nil:
            // Other transports may come to be spoken; their reach is that of the host they begin with.
            guard let ip = address.leadingIP else { return nil }
            self.init(.ip(ip, port: 1))
        }
    }

    init?(_ socket: SocketAddress) {
        switch socket {
        case .memory(let number):
            guard number != 0 else { return nil }
            self = .memory
        case .ip(let ip, let port):
            let ip = ip.unmapped
            guard port != 0, !ip.isUnspecified, !ip.isMulticast else { return nil }
            self = ip.isLoopback ? .loopback : ip.isPrivate ? .site : .global
        }
    }

    /// Whether an address may enter the address book: one that reaches less far than the connection over which it came
    /// means another machine there than here.
    static func mayLearn(_ address: Multiaddr, from heard: Multiaddr?, source: AddressSource) -> Bool {
        guard let scope = AddressScope(address) else { return false }
        switch source {
        case .manual, .connection: return true
        case .localDiscovery: return scope >= .loopback
        case .identify, .exchange:
            guard let heard, let reach = AddressScope(heard) else { return source == .identify || scope == .global }
            return scope >= reach
        }
    }
}
