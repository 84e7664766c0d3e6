import Reactor

/// This machine and nothing else: whoever replays a stranger's record reaches nobody, and nobody reaches them.
///
/// Any host that is listened on becomes the loopback one, any port a free one; dialing leads to loopback addresses
/// only, and no name is looked up.
@NetworkActor final class LoopbackNetwork: Network {
    private let network: any Network
    /// The listeners by what was asked for. Gone when nobody holds them any more.
    private var listeners: [SocketAddress: WeakListener] = [:]

    private struct WeakListener {
        weak var listener: (any Listener)?
    }

    init(_ network: any Network) {
        self.network = network
    }

    func listen(on address: SocketAddress, backlog: Int) throws(NetworkError) -> any Listener {
        // The port that was asked for may be in use, as often as not by the engine that was recorded; but who asks
        // twice for the same one is told so, as then.
        guard let host = Self.loopback(address) else { return try network.listen(on: address, backlog: backlog) }
        if address.port != 0, listeners[address]?.listener != nil { throw .addressInUse }
        let listener = try network.listen(on: .ip(host, port: 0), backlog: backlog)
        listeners[address] = WeakListener(listener: listener)
        return listener
    }

    func connect(to address: SocketAddress, from source: SocketAddress?) throws(NetworkError) -> any ByteChannel {
        if let host = address.ip, !host.isLoopback { throw .unreachable }
        return try network.connect(to: address, from: source)
    }

    func resolve(_ host: String, family: AddressFamily?) async throws(NetworkError) -> [IPAddress] {
        if let address = IPAddress(host) { return [address] }
        throw .nameNotFound("a replay looks up no names")
    }

    func localAddresses() -> [IPAddress] {
        network.localAddresses().filter(\.isLoopback)
    }

    func interfaces() throws(NetworkError) -> [NetworkInterface] {
        try network.interfaces().filter(\.isLoopback)
    }

    func watchInterfaces(_ onChange: @escaping @NetworkActor () -> Void) -> any InterfaceWatch {
        network.watchInterfaces(onChange)
    }

    /// No group is entered: what else runs on this machine was not there when the record was made.
    func multicast(_ group: SocketAddress) throws(NetworkError) -> any MulticastSocket {
        throw .unsupported("a replay enters no group")
    }

    private static func loopback(_ address: SocketAddress) -> IPAddress? {
        address.ip.map { $0.isIPv4 ? .loopback4 : .loopback6 }
    }
}
