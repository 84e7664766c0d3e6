/// A group's socket on a simulated host.
@NetworkActor final class SimulatedMulticastSocket: MulticastSocket {
    let group: SocketAddress
    var onReceive: (@NetworkActor (Datagram) -> Void)?
    var onFailure: (@NetworkActor (NetworkError) -> Void)?
    private var joined: Set<UInt32> = []
    private let host: SimulatedHost
    private let world: SimulatedWorld
    private var isClosed = false

    init(_ group: SocketAddress, host: SimulatedHost, world: SimulatedWorld) {
        self.group = group
        self.host = host
        self.world = world
    }

    func join(_ interface: UInt32) throws(NetworkError) {
        guard !isClosed else { throw .closed }
        if let refusal = host.refusals[.joining] { throw refusal }
        guard host.interface(interface)?.carriesMulticast == true else { throw .addressNotAvailable }
        joined.insert(interface)
    }

    func leave(_ interface: UInt32) {
        joined.remove(interface)
    }

    func send(_ bytes: [UInt8], on interface: UInt32) throws(NetworkError) {
        guard !isClosed else { throw .closed }
        if let refusal = host.refusals[.sending] { throw refusal }
        guard let out = host.interface(interface), out.carriesMulticast,
            let source = group.ip?.isIPv4 == true ? out.ip : out.ip6
        else { throw .unreachable }
        let from = SocketAddress.ip(source, port: group.port)
        for receiver in world.hosts {
            for entry in receiver.interfaces where out.reaches(entry, on: receiver === host) {
                let (group, index) = (group, entry.index)
                world.link(from: host, to: receiver).send(
                    datagram: world.recordsTrace ? "\(group) \(bytes.count)" : ""
                ) {
                    let datagram = Datagram(bytes: bytes, source: from, interface: index)
                    for socket in receiver.multicastSockets where socket.group == group { socket.arrive(datagram) }
                }
            }
        }
    }

    private func arrive(_ datagram: Datagram) {
        guard !isClosed, joined.contains(datagram.interface), datagram.bytes.count <= Datagram.maximumSize else {
            return
        }
        onReceive?(datagram)
    }

    /// The system takes the socket away.
    func fail(_ error: NetworkError) {
        guard !isClosed else { return }
        onReceive = nil
        onFailure?(error)
    }

    func close() {
        isClosed = true
        onReceive = nil
        onFailure = nil
        host.multicastSockets.removeAll { $0 === self }
    }
}

/// An interface of a simulated host.
struct SimulatedInterface: Equatable {
    let index: UInt32
    let name: String
    let ip: IPAddress
    /// The cable that it is on, nil for none.
    var segment: String?

    var isLoopback: Bool { index == 1 }
    var carriesMulticast: Bool { isLoopback || segment != nil }
    /// A link-local address, for groups of IPv6.
    var ip6: IPAddress? {
        isLoopback
            ? nil
            : IPAddress(bytes: [0xfe, 0x80] + [UInt8](repeating: 0, count: 10) + ip.bytes.suffix(4), scope: index)
    }

    var networkInterface: NetworkInterface {
        let length = ip.isIPv4 ? 8 : 64
        return NetworkInterface(
            index: index, name: name, addresses: [NetworkInterface.Address(ip, prefixLength: length)],
            isLoopback: isLoopback, carriesMulticast: carriesMulticast)
    }

    /// Whether what leaves here comes in there.
    func reaches(_ other: SimulatedInterface, on sameHost: Bool) -> Bool {
        if isLoopback || other.isLoopback { return sameHost && self == other }
        return segment != nil && segment == other.segment
    }
}

/// A watch over a simulated host's interfaces.
@NetworkActor final class SimulatedInterfaceWatch: InterfaceWatch {
    private(set) var onChange: (@NetworkActor () -> Void)?
    var onFailureChange: (@NetworkActor () -> Void)?
    private let host: SimulatedHost
    var failure: NetworkError? { host.refusals[.watching] }

    init(host: SimulatedHost, _ onChange: @escaping @NetworkActor () -> Void) {
        self.host = host
        self.onChange = onChange
    }

    func close() {
        onChange = nil
        onFailureChange = nil
        host.watches.removeAll { $0 === self }
    }
}

extension SimulatedHost {
    func interface(_ index: UInt32) -> SimulatedInterface? {
        interfaces.first { $0.index == index }
    }
}
