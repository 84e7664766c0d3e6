import CPlatform

/// The sockets of this machine, and the memory addresses of this process.
final class SystemNetwork: Network {
    /// Addresses taken of one host.
    private nonisolated static let maximumAddresses = 64

    /// Threads of its own: a resolver may block for half a minute, and must not hold up other work.
    private let resolver = ThreadPool(name: "resolver", threads: 2, capacity: 64)

    /// The addresses of this host, as of the last time that the system told.
    private var known: [IPAddress] = []

    nonisolated init() {}

    func listen(on address: SocketAddress, backlog: Int) throws(NetworkError) -> any Listener {
        switch address {
        case .ip: try TCPListener(on: address, backlog: backlog)
        case .memory(let number): try MemoryNetwork.shared.listen(on: number)
        }
    }

    func connect(to address: SocketAddress, from source: SocketAddress?) throws(NetworkError) -> any ByteChannel {
        switch address {
        case .ip: try TCPChannel(connectingTo: address, from: source)
        case .memory(let number): MemoryNetwork.shared.connect(to: number)
        }
    }

    func resolve(_ host: String, family: AddressFamily?) async throws(NetworkError) -> [IPAddress] {
        if let numeric = numericAddresses(host, family: family) { return numeric }
        // RFC 1035, 2.3.4. The resolver takes a C string.
        guard !host.isEmpty, host.utf8.count <= 253, !host.utf8.contains(0) else {
            throw .nameNotFound("'\(host)' is not a host name")
        }
        let found: Result<[IPAddress], NetworkError>
        do {
            found = try await resolver.run { Self.look(up: host, family: family) }
        } catch let error as NetworkError {
            throw error
        } catch {
            throw .busy
        }
        return try found.get()
    }

    func localAddresses() -> [IPAddress] {
        guard let interfaces = try? interfaces() else { return known }
        var found: [IPAddress] = []
        for address in interfaces.flatMap(\.addresses).map(\.ip) where !found.contains(address) {
            found.append(address)
        }
        known = Array(found.prefix(Self.maximumAddresses))
        return known
    }

    func interfaces() throws(NetworkError) -> [NetworkInterface] { try SystemInterfaces.all() }

    func watchInterfaces(_ onChange: @escaping @NetworkActor () -> Void) -> any InterfaceWatch {
        SystemInterfaceWatch(onChange)
    }

    func multicast(_ group: SocketAddress) throws(NetworkError) -> any MulticastSocket {
        try SystemMulticastSocket(group)
    }

    private nonisolated static func look(
        up host: String, family: AddressFamily?
    ) -> Result<[IPAddress], NetworkError> {
        let wanted: Int32 =
            switch family {
            case .ipv4: 4
            case .ipv6: 6
            case nil: 0
            }
        var code: Int32 = 0
        let found = addresses { buffer, capacity in
            code = platform_resolve(host, wanted, buffer, capacity)
            return code
        }
        guard let found, !found.isEmpty else {
            let reason = code < 0 ? platform_resolve_message(code).map { String(cString: $0) } : nil
            return .failure(.nameNotFound("\(host): \(reason ?? "no address")"))
        }
        return .success(found)
    }

    /// The addresses that a C function stores; nil if it failed. Without repetitions, in its order.
    private nonisolated static func addresses(
        _ fill: (UnsafeMutablePointer<platform_address>, Int32) -> Int32
    ) -> [IPAddress]? {
        var raw = [platform_address](repeating: platform_address(), count: maximumAddresses)
        let count = raw.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.map { fill($0, Int32(buffer.count)) } ?? 0
        }
        guard count >= 0 else { return nil }
        var found: [IPAddress] = []
        for address in raw.prefix(Int(count)).compactMap(IPAddress.init) where !found.contains(address) {
            found.append(address)
        }
        return found
    }
}

/// The answer for a host that is an address already; nil if it is a name.
func numericAddresses(_ host: String, family: AddressFamily?) -> [IPAddress]? {
    guard let address = IPAddress(host) else { return nil }
    return family == nil || family == address.family ? [address] : []
}
