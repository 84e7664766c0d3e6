/// A connection between two simulated hosts: the handshake, and the links that its segments take.
@NetworkActor final class SimulatedConnection: InProcessLink {
    let number: Int
    let clientHost: SimulatedHost
    let serverHost: SimulatedHost
    private(set) lazy var client = InProcessChannel(
        localAddress: clientAddress, remoteAddress: serverAddress, capacity: capacity, link: self)
    private lazy var server = InProcessChannel(
        localAddress: serverAddress, remoteAddress: clientAddress, capacity: capacity, link: self)

    private let clientAddress: SocketAddress
    private let serverAddress: SocketAddress
    private let capacity: Int
    private let toServer: SimulatedLink
    private let toClient: SimulatedLink
    private let world: SimulatedWorld
    private var hasServer = false
    private var isCut = false

    /// Segments of this size share a slow link fairly.
    private static let maximumSegment = 16 * 1024

    init(
        world: SimulatedWorld, client: SimulatedHost, clientAddress: SocketAddress, server: SimulatedHost,
        serverAddress: SocketAddress
    ) {
        self.world = world
        clientHost = client
        serverHost = server
        self.clientAddress = clientAddress
        self.serverAddress = serverAddress
        toServer = world.link(from: client, to: server)
        toClient = world.link(from: server, to: client)
        capacity = toServer.conditions.socketBuffer
        number = world.nextConnectionNumber()
        world.add(self)
    }

    private var label: String { "#\(number) \(clientAddress)-\(serverAddress)" }

    // MARK: Handshake

    /// The client asks.
    func request() {
        toServer.send(
            Parcel(label: "\(label) request", size: 0, sender: client) { [self] in
                answer()
            })
    }

    /// The server's system answers, whether or not the server looks.
    private func answer() {
        guard client.isConnecting, !isCut else { return }
        guard serverHost.listener(on: serverAddress) != nil else {
            toClient.send(
                Parcel(label: "\(label) refuse", size: 0, sender: server) { [self] in
                    client.fail(.refused)
                })
            return
        }
        hasServer = true
        toClient.send(
            Parcel(label: "\(label) answer", size: 0, sender: server) { [self] in
                confirm()
            })
    }

    /// The client's side stands; the server's will when the confirmation arrives, ahead of the first bytes.
    private func confirm() {
        guard client.isConnecting, !isCut else { return world.remove(self) }
        toServer.send(
            Parcel(label: "\(label) confirm", size: 0, sender: client) { [self] in
                accept()
            })
        client.open(with: server)
    }

    private func accept() {
        guard !isCut else { return }
        server.open(with: client)
        if let listener = serverHost.listener(on: serverAddress) {
            listener.accept(server)
        } else {
            server.reset()
        }
    }

    // MARK: Segments

    func carry(_ segment: Segment, from sender: InProcessChannel, to receiver: InProcessChannel) {
        guard !isCut else { return }
        if case .data(let bytes) = segment, bytes.count > Self.maximumSegment {
            var start = 0
            while start < bytes.count {
                let end = min(start + Self.maximumSegment, bytes.count)
                pass(.data(Array(bytes[start..<end])), from: sender, to: receiver)
                start = end
            }
        } else {
            pass(segment, from: sender, to: receiver)
        }
    }

    private func pass(_ segment: Segment, from sender: InProcessChannel, to receiver: InProcessChannel) {
        let link = sender === client ? toServer : toClient
        var size = 0
        if case .data(let bytes) = segment { size = bytes.count }
        let text = world.recordsTrace ? "\(label) \(segment.traceText)" : ""
        link.send(
            Parcel(label: text, size: size, sender: sender) { [self] in
                // A connection that was cut has nothing on its way, and none reaches an address that is gone.
                if !isCut && isRouted { receiver.arrive(segment, from: sender) }
            })
    }

    /// Whether both hosts still have the addresses that they had.
    private var isRouted: Bool {
        [(clientHost, clientAddress), (serverHost, serverAddress)].allSatisfy { host, address in
            address.ip.map { host.addresses.contains($0) } ?? true
        }
    }

    func channelClosed(_ channel: InProcessChannel) {
        if !client.isConnecting && client.isClosed && (!hasServer || server.isClosed) { world.remove(self) }
    }

    // MARK: Faults

    /// Breaks the connection at both ends, now.
    func cut() {
        isCut = true
        client.fail(.reset)
        if hasServer { server.fail(.reset) }
        world.remove(self)
    }
}

extension Segment {
    /// What the trace says: a checksum of the bytes, so that equal traces mean equal bytes.
    fileprivate var traceText: String {
        switch self {
        case .data(let bytes):
            // FNV-1a, 32 bits.
            let sum = bytes.withUnsafeBytes { raw in
                raw.reduce(0x811c_9dc5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
            }
            return "data \(bytes.count) \(String(sum, radix: 16))"
        case .finish: return "finish"
        case .reset: return "reset"
        case .credit(let count): return "credit \(count)"
        }
    }
}
