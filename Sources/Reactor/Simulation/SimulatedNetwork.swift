import Time

/// The network as one simulated host sees it.
@NetworkActor final class SimulatedNetwork: Network {
    /// How long the system waits for an answer to a connection request (Linux, tcp_syn_retries = 6).
    private static let connectLimit = Duration.seconds(130)
    /// How long it looks for a neighbour that does not exist.
    private static let neighbourLimit = Duration.seconds(3)

    private let host: SimulatedHost
    private let world: SimulatedWorld

    init(host: SimulatedHost, world: SimulatedWorld) {
        self.host = host
        self.world = world
    }

    func listen(on address: SocketAddress, backlog: Int) throws(NetworkError) -> any Listener {
        guard case .ip(let ip, let wanted) = address else {
            guard case .memory(let number) = address else { throw .unsupported("\(address)") }
            return try world.memory.listen(on: number)
        }
        guard ip.isUnspecified || host.addresses.contains(ip) else { throw .addressNotAvailable }
        let port = wanted == 0 ? host.freePort() : wanted
        guard host.listeners[port] == nil else { throw .addressInUse }
        let host = host
        let listener = MemoryListener(localAddress: .ip(ip, port: port)) { host.listeners[port] = nil }
        host.listeners[port] = listener
        return listener
    }

    func connect(to address: SocketAddress, from source: SocketAddress?) throws(NetworkError) -> any ByteChannel {
        guard case .ip(let ip, _) = address else {
            guard case .memory(let number) = address else { throw .unsupported("\(address)") }
            return world.memory.connect(to: number)
        }
        if let sourceIP = source?.ip, !sourceIP.isUnspecified, !host.addresses.contains(sourceIP) {
            throw .addressNotAvailable
        }
        let port = source.map(\.port).flatMap { $0 == 0 ? nil : $0 } ?? host.freePort()
        let target = ip.isLoopback || ip.isUnspecified ? host : world.host(at: ip)
        let localIP = target.map { host.address(for: $0, target: ip) } ?? host.addresses[0]
        let connection = SimulatedConnection(
            world: world, client: host, clientAddress: .ip(localIP, port: port), server: target ?? host,
            serverAddress: address)
        world.record("\(host.name):\(port) connect \(address)")
        let limit = target == nil ? Self.neighbourLimit : Self.connectLimit
        let client = connection.client
        client.connectTimer = world.schedule(after: limit) {
            client.fail(target == nil ? .unreachable : .timedOut)
        }
        if target != nil { connection.request() }
        return client
    }

    func resolve(_ name: String, family: AddressFamily?) async throws(NetworkError) -> [IPAddress] {
        if let numeric = numericAddresses(name, family: family) { return numeric }
        guard let address = world.host(named: name)?.addresses[0], family == nil || family == address.family else {
            throw .nameNotFound("\(name): no such host in the simulation")
        }
        return [address]
    }

    func localAddresses() -> [IPAddress] { host.addresses }

    func interfaces() throws(NetworkError) -> [NetworkInterface] {
        if let refusal = host.refusals[.interfaces] { throw refusal }
        return host.interfaces.map(\.networkInterface)
    }

    func watchInterfaces(_ onChange: @escaping @NetworkActor () -> Void) -> any InterfaceWatch {
        let watch = SimulatedInterfaceWatch(host: host, onChange)
        host.watches.append(watch)
        return watch
    }

    func multicast(_ group: SocketAddress) throws(NetworkError) -> any MulticastSocket {
        guard group.ip != nil else { throw .unsupported("UDP to \(group)") }
        if let refusal = host.refusals[.multicast] { throw refusal }
        let socket = SimulatedMulticastSocket(group, host: host, world: world)
        host.multicastSockets.append(socket)
        return socket
    }
}
