import CPlatform
import Time

/// A listening TCP socket.
@NetworkActor final class TCPListener: Listener, PollHandler {
    let localAddress: SocketAddress
    var onError: (@NetworkActor (NetworkError) -> Void)?
    var onAccept: (@NetworkActor (any ByteChannel) -> Void)? {
        didSet {
            // What came before there was somebody to take it was reported then, and is not reported again.
            if onAccept != nil { EventLoop.shared.execute { self.acceptSome() } }
        }
    }

    private var socket: Int32
    private var token: PollToken?
    private var pause: Timer?
    private var nextPause = TCPListener.firstPause

    /// Connections taken in one go, so that a storm of them leaves time for those that stand.
    private static let maximumAtOnce = 64
    private static let firstPause = Duration.milliseconds(10)
    private static let longestPause = Duration.seconds(1)

    init(on address: SocketAddress, backlog: Int) throws(NetworkError) {
        guard let ip = address.ip else { throw .unsupported("TCP on \(address)") }
        var raw = ip.platformAddress(port: address.port)
        let made = platform_tcp_listen(&raw, Int32(clamping: max(1, backlog)))
        guard made >= 0 else { throw NetworkError(errno: -made) }
        socket = made
        let code = platform_local_address(made, &raw)
        guard code >= 0, let bound = SocketAddress(raw) else {
            platform_close(made)
            throw NetworkError(errno: -code)
        }
        localAddress = bound
        do {
            token = try EventLoop.shared.poller.add(made, self)
        } catch {
            platform_close(made)
            throw error
        }
    }

    func ready(_ readiness: Readiness) {
        acceptSome()
    }

    private func acceptSome() {
        for _ in 0..<Self.maximumAtOnce {
            guard socket >= 0, pause == nil, let onAccept else { return }
            var peer = platform_address()
            let accepted = platform_accept(socket, &peer)
            if accepted >= 0 {
                nextPause = Self.firstPause
                guard let remote = SocketAddress(peer) else {
                    platform_close(accepted)
                    continue
                }
                do {
                    onAccept(try TCPChannel(accepted: accepted, remoteAddress: remote))
                } catch {
                    onError?(error)
                }
                continue
            }
            switch -accepted {
            case Errno.again:
                return
            case Errno.connectionAborted:
                // One that died in the queue; the next one may be well.
                continue
            default:
                // No descriptors or memory, or an error of the network that the system passes on here.
                return retryLater(after: NetworkError(errno: -accepted))
            }
        }
        EventLoop.shared.execute { self.acceptSome() }
    }

    private func retryLater(after error: NetworkError) {
        let delay = nextPause.nanosecondsClamped.magnitude
        nextPause = min(nextPause * 2, Self.longestPause)
        pause = EventLoop.shared.timers.schedule(at: platform_monotonic_nanoseconds() + delay) {
            self.pause = nil
            self.acceptSome()
        }
        onError?(error)
    }

    func close() {
        guard socket >= 0 else { return }
        if let token { EventLoop.shared.poller.remove(socket, token) }
        platform_close(socket)
        socket = -1
        token = nil
        pause?.cancel()
        pause = nil
        onAccept = nil
        onError = nil
    }
}
