/// A host of the simulated network: its addresses, ports and listeners.
@NetworkActor final class SimulatedHost {
    let name: String
    let index: Int
    /// The one that others know it by, then those of further interfaces, then those of loopback.
    var addresses: [IPAddress]
    /// Loopback is 1, the interface of the first address 2.
    var interfaces: [SimulatedInterface]
    /// The highest index of an interface there was.
    var interfaceCount: UInt32 = 2
    var multicastSockets: [SimulatedMulticastSocket] = []
    var watches: [SimulatedInterfaceWatch] = []
    var listeners: [UInt16: MemoryListener] = [:]
    /// What the system refuses, and how.
    var refusals: [SimulatedRefusal: NetworkError] = [:]
    private var lastPort: UInt16 = 49151

    init(name: String, index: Int, address: IPAddress) {
        self.name = name
        self.index = index
        addresses = [address, .loopback4, .loopback6]
        interfaces = [
            SimulatedInterface(index: 1, name: "lo", ip: .loopback4),
            SimulatedInterface(index: 2, name: "eth0", ip: address),
        ]
    }

    /// The next port of the dynamic range (RFC 6335) that nobody listens on.
    func freePort() -> UInt16 {
        repeat {
            lastPort = lastPort == .max ? 49152 : lastPort + 1
        } while listeners[lastPort] != nil
        return lastPort
    }

    /// Who listens on an address of this host.
    func listener(on address: SocketAddress) -> MemoryListener? {
        guard let listener = listeners[address.port], let bound = listener.localAddress.ip, let ip = address.ip else {
            return nil
        }
        let reaches = bound.isUnspecified ? ip.isUnspecified || bound.family == ip.family : bound == ip
        return reaches ? listener : nil
    }

    /// The address that this host shows to `other`.
    func address(for other: SimulatedHost, target: IPAddress) -> IPAddress {
        other === self ? target : addresses[0]
    }
}

/// What the system of a simulated host may refuse, as a sandbox does.
public enum SimulatedRefusal: Hashable, Sendable {
    /// A socket for a group.
    case multicast
    /// To enter a group.
    case joining
    /// To send to a group.
    case sending
    /// To list interfaces.
    case interfaces
    /// To report their changes.
    case watching
}
