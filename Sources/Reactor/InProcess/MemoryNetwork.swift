/// Connections between numbered meeting points in the memory of the process: no latency, and finite buffers.
@NetworkActor final class MemoryNetwork: InProcessLink {
    /// The one of the process, for the real world.
    static let shared = MemoryNetwork { action in EventLoop.shared.execute(action) }

    /// As much as a socket's buffers hold.
    private static let capacity = 256 * 1024
    /// Where numbers are picked from, for those who do not care.
    private static let firstFreeNumber: UInt64 = 1 << 32

    private let post: @NetworkActor (@escaping @Sendable @NetworkActor () -> Void) -> Void
    private var listeners: [UInt64: MemoryListener] = [:]
    private var nextNumber = MemoryNetwork.firstFreeNumber

    /// - Parameter post: runs an action later, after those posted before.
    init(post: @escaping @NetworkActor (@escaping @Sendable @NetworkActor () -> Void) -> Void) {
        self.post = post
    }

    func listen(on number: UInt64) throws(NetworkError) -> any Listener {
        let chosen = number == 0 ? freeNumber() : number
        guard listeners[chosen] == nil else { throw .addressInUse }
        let listener = MemoryListener(localAddress: .memory(chosen)) { [weak self] in
            self?.listeners[chosen] = nil
        }
        listeners[chosen] = listener
        return listener
    }

    func connect(to number: UInt64) -> any ByteChannel {
        let here = SocketAddress.memory(freeNumber())
        let there = SocketAddress.memory(number)
        let client = InProcessChannel(localAddress: here, remoteAddress: there, capacity: Self.capacity, link: self)
        post { [self] in
            guard client.isConnecting else { return }
            guard let listener = listeners[number] else { return client.fail(.refused) }
            let server = InProcessChannel(
                localAddress: there, remoteAddress: here, capacity: Self.capacity, link: self)
            server.open(with: client)
            listener.accept(server)
            client.open(with: server)
        }
        return client
    }

    func carry(_ segment: Segment, from sender: InProcessChannel, to receiver: InProcessChannel) {
        post { receiver.arrive(segment, from: sender) }
    }

    func channelClosed(_ channel: InProcessChannel) {}

    private func freeNumber() -> UInt64 {
        repeat {
            nextNumber = nextNumber == .max ? Self.firstFreeNumber : nextNumber + 1
        } while listeners[nextNumber] != nil
        return nextNumber
    }
}

/// A listener inside the process. Connections wait here until there is somebody to take them.
@NetworkActor final class MemoryListener: Listener {
    let localAddress: SocketAddress
    var onError: (@NetworkActor (NetworkError) -> Void)?
    var onAccept: (@NetworkActor (any ByteChannel) -> Void)? {
        didSet {
            guard let onAccept else { return }
            let channels = waiting
            waiting = []
            for channel in channels { onAccept(channel) }
        }
    }

    /// As the queue of a listening socket: more are refused.
    private static let maximumWaiting = 128
    private var waiting: [InProcessChannel] = []
    private var isOpen = true
    private let onClose: @NetworkActor () -> Void

    init(localAddress: SocketAddress, onClose: @escaping @NetworkActor () -> Void) {
        self.localAddress = localAddress
        self.onClose = onClose
    }

    /// Hands on the server's end of a connection; resets it if nobody will take it.
    func accept(_ channel: InProcessChannel) {
        if let onAccept {
            onAccept(channel)
        } else if isOpen, waiting.count < Self.maximumWaiting {
            waiting.append(channel)
        } else {
            channel.reset()
        }
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        onClose()
        onAccept = nil
        for channel in waiting { channel.reset() }
        waiting = []
    }
}
