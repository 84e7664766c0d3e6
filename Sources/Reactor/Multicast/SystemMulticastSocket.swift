import CPlatform
import Time

/// A group's UDP socket.
@NetworkActor final class SystemMulticastSocket: MulticastSocket, PollHandler {
    let group: SocketAddress
    var onReceive: (@NetworkActor (Datagram) -> Void)? {
        didSet {
            // What came before there was somebody to take it was reported then, and is not reported again.
            if onReceive != nil { EventLoop.shared.execute { self.receiveSome() } }
        }
    }

    var onFailure: (@NetworkActor (NetworkError) -> Void)?

    private let ip: IPAddress
    private var raw: platform_address
    private var socket: Int32
    private var token: PollToken?
    private var joined: Set<UInt32> = []
    /// What to send from, where the system would choose an address of another interface: Linux does on loopback.
    private var sources: [UInt32: platform_address] = [:]
    private var allowance = SystemMulticastSocket.maximumPerTick
    private var tick: Timer?
    /// Errors in a row, without a datagram between them.
    private var errors = 0

    /// What the system may hold for us: some 200 datagrams of usual size. More are dropped there.
    private static let receiveBuffer = 256 * 1024
    /// Datagrams taken in one go, so that a flood leaves time for connections.
    private static let maximumAtOnce = 32
    /// Datagrams taken within ``tickLength``. A flood beyond that stays in the system, which drops it at no cost to us.
    private static let maximumPerTick = 256
    private static let tickLength = Duration.milliseconds(100)
    /// An error of the system may be of a single datagram, or an answer to one that was sent; so many in a row are of
    /// the socket.
    private static let maximumErrors = 16

    init(_ group: SocketAddress) throws(NetworkError) {
        guard let ip = group.ip else { throw .unsupported("UDP to \(group)") }
        self.group = group
        self.ip = ip
        raw = ip.platformAddress(port: group.port)
        socket = platform_multicast_open(&raw, Int32(Self.receiveBuffer))
        guard socket >= 0 else { throw NetworkError(errno: -socket) }
        do {
            token = try EventLoop.shared.poller.add(socket, self)
        } catch {
            platform_close(socket)
            throw error
        }
    }

    func join(_ interface: UInt32) throws(NetworkError) {
        guard socket >= 0 else { throw .closed }
        guard !joined.contains(interface) else { return }
        let code = platform_multicast_join(socket, &raw, interface, true)
        guard code >= 0 || code == -Errno.addressInUse else { throw NetworkError(errno: -code) }
        joined.insert(interface)
        guard let loopback = try SystemInterfaces.all().first(where: { $0.index == interface && $0.isLoopback }) else {
            return
        }
        let own = loopback.addresses.first { $0.ip.family == ip.family }
        sources[interface] = own?.ip.platformAddress(port: 0)
    }

    func leave(_ interface: UInt32) {
        guard socket >= 0, joined.remove(interface) != nil else { return }
        sources[interface] = nil
        _ = platform_multicast_join(socket, &raw, interface, false)
    }

    func send(_ bytes: [UInt8], on interface: UInt32) throws(NetworkError) {
        guard socket >= 0 else { throw .closed }
        let code = bytes.withUnsafeBytes { buffer in
            guard var source = sources[interface] else {
                return platform_multicast_send(socket, &raw, interface, nil, buffer.baseAddress, buffer.count)
            }
            return platform_multicast_send(socket, &raw, interface, &source, buffer.baseAddress, buffer.count)
        }
        guard code >= 0 else { throw NetworkError(errno: -code) }
    }

    // MARK: Receiving

    func ready(_ readiness: Readiness) {
        if readiness.contains(.readable) { receiveSome() }
    }

    private func receiveSome() {
        for _ in 0..<Self.maximumAtOnce {
            guard socket >= 0, onReceive != nil else { return }
            guard allowance > 0 else { return }
            do throws(NetworkError) {
                guard try receiveOne() else { return }
                errors = 0
                allowance -= 1
                startTick()
            } catch {
                errors += 1
                guard errors < Self.maximumErrors else {
                    onReceive = nil
                    onFailure?(error)
                    return
                }
            }
        }
        EventLoop.shared.execute { self.receiveSome() }
    }

    /// False when there is nothing more.
    private func receiveOne() throws(NetworkError) -> Bool {
        var about = platform_datagram()
        var bytes: [UInt8]?
        let count = withUnsafeTemporaryAllocation(byteCount: Datagram.maximumSize, alignment: 1) { buffer in
            let count = platform_multicast_receive(socket, buffer.baseAddress, buffer.count, &about)
            if count >= 0, !about.truncated { bytes = Array(buffer.prefix(count)) }
            return count
        }
        guard count >= 0 else {
            if -count == Int(Errno.again) { return false }
            throw NetworkError(errno: Int32(clamping: -count))
        }
        guard let bytes, let source = SocketAddress(about.source), joined.contains(about.interface),
            IPAddress(about.destination)?.bytes == ip.bytes
        else { return true }
        onReceive?(Datagram(bytes: bytes, source: source, interface: about.interface))
        return true
    }

    private func startTick() {
        guard tick == nil else { return }
        let end = platform_monotonic_nanoseconds() + Self.tickLength.nanosecondsClamped.magnitude
        tick = EventLoop.shared.timers.schedule(at: end) { [weak self] in
            guard let self else { return }
            tick = nil
            let waits = allowance == 0
            allowance = Self.maximumPerTick
            if waits { receiveSome() }
        }
    }

    func close() {
        guard socket >= 0 else { return }
        if let token { EventLoop.shared.poller.remove(socket, token) }
        platform_close(socket)
        socket = -1
        token = nil
        tick?.cancel()
        tick = nil
        onReceive = nil
        onFailure = nil
    }
}
