import CPlatform

/// A TCP connection on a non-blocking socket.
///
/// Saves system calls by what an edge-triggered poller guarantees: after a short read the socket is empty, and the
/// next bytes will be reported, unless the other side has closed; after a short write it is full.
@NetworkActor final class TCPChannel: ByteChannel, PollHandler {
    private enum State {
        case connecting
        case open
        case failed(NetworkError)
        case closed
    }

    private(set) var localAddress: SocketAddress
    let remoteAddress: SocketAddress
    weak var delegate: (any ByteChannelDelegate)?

    private let socket: Int32
    private var token: PollToken?
    private var state: State
    private var mayRead = true
    private var mayWrite = true
    private var waitsToRead = true
    private var waitsToWrite = false
    private var sawEnd = false

    private static let maximumVectors = 64

    /// Takes over an accepted socket, and closes it on failure.
    init(accepted socket: Int32, remoteAddress: SocketAddress) throws(NetworkError) {
        self.socket = socket
        self.remoteAddress = remoteAddress
        localAddress = Self.localAddress(of: socket, like: remoteAddress)
        state = .open
        try watch()
    }

    /// Begins to connect.
    init(connectingTo address: SocketAddress, from source: SocketAddress?) throws(NetworkError) {
        guard let ip = address.ip else { throw .unsupported("TCP to \(address)") }
        var target = ip.platformAddress(port: address.port)
        var outcome: Int32 = 0
        let made: Int32
        if let source {
            guard let sourceIP = source.ip, sourceIP.family == ip.family else {
                throw .unsupported("TCP to \(address) from \(source)")
            }
            var origin = sourceIP.platformAddress(port: source.port)
            made = platform_tcp_connect(&target, &origin, &outcome)
        } else {
            made = platform_tcp_connect(&target, nil, &outcome)
        }
        guard made >= 0 else { throw NetworkError(errno: -made) }
        socket = made
        remoteAddress = address
        localAddress = Self.localAddress(of: made, like: address)
        state = .connecting
        if outcome == 0 || outcome == Errno.inProgress {
            // The poller reports the outcome, also one that is there already.
            try watch()
        } else {
            let error = NetworkError(errno: outcome)
            EventLoop.shared.execute { self.failConnecting(error) }
        }
    }

    private static func localAddress(of socket: Int32, like remote: SocketAddress) -> SocketAddress {
        var raw = platform_address()
        if platform_local_address(socket, &raw) >= 0, let address = SocketAddress(raw) { return address }
        return .ip(remote.ip?.family == .ipv6 ? .any6 : .any4, port: 0)
    }

    private func watch() throws(NetworkError) {
        do {
            token = try EventLoop.shared.poller.add(socket, self)
        } catch {
            state = .closed
            platform_close(socket)
            throw error
        }
    }

    // MARK: Events

    func ready(_ readiness: Readiness) {
        if case .connecting = state { finishConnecting() }
        guard case .open = state else { return }
        if !readiness.isDisjoint(with: [.readClosed, .error]) { sawEnd = true }
        if readiness.contains(.readable) {
            mayRead = true
            if waitsToRead, let delegate {
                waitsToRead = false
                delegate.channelReadable()
            }
        }
        guard case .open = state else { return }
        if readiness.contains(.writable) {
            mayWrite = true
            if waitsToWrite, let delegate {
                waitsToWrite = false
                delegate.channelWritable()
            }
        }
    }

    private func finishConnecting() {
        let code = platform_socket_error(socket)
        guard code == 0 else { return failConnecting(NetworkError(errno: code)) }
        localAddress = Self.localAddress(of: socket, like: remoteAddress)
        state = .open
        delegate?.channelConnected()
    }

    private func failConnecting(_ error: NetworkError) {
        guard case .connecting = state else { return }
        state = .failed(error)
        delegate?.channelFailed(error)
    }

    // MARK: Bytes

    func read(into buffer: UnsafeMutableRawBufferPointer) -> ReadResult {
        if let error = failure { return .failed(error) }
        guard case .open = state, mayRead, !buffer.isEmpty else {
            waitsToRead = true
            return .wouldBlock
        }
        let count = platform_receive(socket, buffer.baseAddress, buffer.count)
        if count > 0 {
            if count < buffer.count && !sawEnd { mayRead = false }
            return .bytes(count)
        }
        if count == 0 { return .endOfStream }
        if count == -Int(Errno.again) {
            mayRead = false
            waitsToRead = true
            return .wouldBlock
        }
        return .failed(fail(count))
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> WriteResult {
        if let error = failure { return .failed(error) }
        guard canWrite else { return .wouldBlock }
        return written(platform_send(socket, bytes.baseAddress, bytes.count), of: bytes.count)
    }

    func write(vectors: UnsafeBufferPointer<UnsafeRawBufferPointer>) -> WriteResult {
        if let error = failure { return .failed(error) }
        guard canWrite else { return .wouldBlock }
        let used = vectors.prefix(Self.maximumVectors)
        return withUnsafeTemporaryAllocation(of: iovec.self, capacity: max(1, used.count)) { native in
            var total = 0
            for (index, vector) in used.enumerated() {
                native.initializeElement(
                    at: index, to: iovec(iov_base: .init(mutating: vector.baseAddress), iov_len: vector.count))
                total += vector.count
            }
            return written(platform_send_vectors(socket, native.baseAddress, Int32(used.count)), of: total)
        }
    }

    private var canWrite: Bool {
        if case .open = state, mayWrite { return true }
        waitsToWrite = true
        return false
    }

    private func written(_ count: Int, of total: Int) -> WriteResult {
        if count >= 0 {
            if count < total { mayWrite = false }
            return .bytes(count)
        }
        if count == -Int(Errno.again) {
            mayWrite = false
            waitsToWrite = true
            return .wouldBlock
        }
        // Not a failed state: bytes that came before the connection broke may still be read.
        return .failed(NetworkError(errno: Int32(clamping: -count)))
    }

    private var failure: NetworkError? {
        switch state {
        case .connecting, .open: nil
        case .failed(let error): error
        case .closed: .closed
        }
    }

    private func fail(_ count: Int) -> NetworkError {
        let error = NetworkError(errno: Int32(clamping: -count))
        state = .failed(error)
        return error
    }

    // MARK: Ending

    func shutdownWrite() {
        if case .open = state { _ = platform_shutdown_write(socket) }
    }

    func close() {
        if case .closed = state { return }
        state = .closed
        delegate = nil
        if let token { EventLoop.shared.poller.remove(socket, token) }
        token = nil
        platform_close(socket)
    }

    func reset() {
        if case .closed = state { return }
        _ = platform_linger_zero(socket)
        close()
    }
}
