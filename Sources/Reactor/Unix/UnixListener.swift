import CPlatform
import Time

/// A listening Unix stream socket.
@NetworkActor public final class UnixListener: PollHandler {
    /// Connections that may wait to be accepted.
    private static let backlog: Int32 = 64
    /// How long to wait for descriptors.
    private static let pause = Duration.milliseconds(100)

    /// Given each new connection.
    public var onAccept: (@NetworkActor (UnixConnection) -> Void)? {
        didSet { if onAccept != nil { EventLoop.shared.execute { self.acceptSome() } } }
    }

    private var descriptor: Int32
    private var token: PollToken?
    private var retry: Timer?

    /// Listens at a path where there is no file, for its owner alone.
    ///
    /// - Throws: `addressInUse` if there is a file, `permissionDenied`, and their kin.
    public convenience init(at path: UnixPath) throws(NetworkError) {
        let made = platform_unix_listen(path.directory.systemPath, path.name.systemPath, Self.backlog)
        guard made >= 0 else { throw NetworkError(errno: -made) }
        try self.init(taking: made)
    }

    /// Takes over a listening socket that this process was given by whoever started it.
    ///
    /// - Throws: `unsupported` if it is none.
    public convenience init(adopting descriptor: Int32) throws(NetworkError) {
        let code = platform_unix_adopt(descriptor)
        guard code >= 0 else {
            throw .unsupported("descriptor \(descriptor) is no listening Unix socket: \(Errno.text(-code))")
        }
        try self.init(taking: descriptor)
    }

    private init(taking descriptor: Int32) throws(NetworkError) {
        self.descriptor = descriptor
        do {
            token = try EventLoop.shared.poller.add(descriptor, self)
        } catch {
            platform_close(descriptor)
            throw error
        }
    }

    func ready(_ readiness: Readiness) {
        acceptSome()
    }

    private func acceptSome() {
        while descriptor >= 0, retry == nil, let onAccept {
            let accepted = platform_unix_accept(descriptor)
            guard accepted < 0 else {
                if let connection = try? UnixConnection(taking: accepted) { onAccept(connection) }
                continue
            }
            switch -accepted {
            case Errno.again: return
            case Errno.connectionAborted: continue
            default:
                let deadline = platform_monotonic_nanoseconds() + Self.pause.nanosecondsClamped.magnitude
                retry = EventLoop.shared.timers.schedule(at: deadline) {
                    self.retry = nil
                    self.acceptSome()
                }
                return
            }
        }
    }

    /// Stops listening. The file stays: whoever made it removes it.
    public func close() {
        guard descriptor >= 0 else { return }
        if let token { EventLoop.shared.poller.remove(descriptor, token) }
        platform_close(descriptor)
        descriptor = -1
        retry?.cancel()
        onAccept = nil
    }
}
