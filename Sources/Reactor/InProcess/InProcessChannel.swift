/// What travels between the two ends of a connection inside the process.
enum Segment {
    case data([UInt8])
    /// No more data will come.
    case finish
    /// The connection is dead.
    case reset
    /// The receiver has read so many bytes: there is room for as many.
    case credit(Int)
}

/// Brings segments from one end to the other: in order, none lost, never before the present call has returned.
@NetworkActor protocol InProcessLink: AnyObject {
    func carry(_ segment: Segment, from sender: InProcessChannel, to receiver: InProcessChannel)
    /// The channel was closed on its own side.
    func channelClosed(_ channel: InProcessChannel)
}

/// One end of a connection inside the process. Behaves as TCP does: a finite buffer that the receiver's reading
/// empties, half-close, reset by closing with bytes unread.
@NetworkActor final class InProcessChannel: ByteChannel {
    private enum State {
        case connecting
        case open(peer: InProcessChannel)
        case failed(NetworkError)
        case closed
    }

    let localAddress: SocketAddress
    let remoteAddress: SocketAddress
    weak var delegate: (any ByteChannelDelegate)?
    /// Fails the connection attempt when it fires.
    var connectTimer: Timer?
    /// When the last segment that this end sent arrives, on a link with a latency: the next one comes no earlier.
    var lastArrival: UInt64 = 0

    private let link: any InProcessLink
    /// Bytes that may be on their way or unread in one direction.
    private let capacity: Int
    private var state = State.connecting
    private var received = ByteQueue()
    private var receivedFinish = false
    private var sentFinish = false
    private var waitsToRead = true
    private var waitsToWrite = false
    /// Bytes written that the receiver has not told us to have read.
    private var outstanding = 0
    /// Bytes read that the sender has not been told of.
    private var owedCredit = 0

    init(localAddress: SocketAddress, remoteAddress: SocketAddress, capacity: Int, link: any InProcessLink) {
        self.localAddress = localAddress
        self.remoteAddress = remoteAddress
        self.capacity = max(1, capacity)
        self.link = link
    }

    // MARK: Connecting

    var isConnecting: Bool {
        if case .connecting = state { true } else { false }
    }

    var isClosed: Bool {
        if case .closed = state { true } else { false }
    }

    /// The connection stands. The side that asked for it is told.
    func open(with peer: InProcessChannel) {
        guard case .connecting = state else { return }
        stopConnectTimer()
        state = .open(peer: peer)
        delegate?.channelConnected()
    }

    /// The connection could not be made, or is broken.
    func fail(_ error: NetworkError) {
        switch state {
        case .connecting:
            stopConnectTimer()
            state = .failed(error)
            delegate?.channelFailed(error)
        case .open:
            state = .failed(error)
            tellReadable()
            tellWritable()
        case .failed, .closed:
            break
        }
    }

    private func stopConnectTimer() {
        connectTimer?.cancel()
        connectTimer = nil
    }

    // MARK: Arrivals

    func arrive(_ segment: Segment, from sender: InProcessChannel) {
        guard case .open = state else {
            // As TCP answers bytes for a socket that is gone.
            if case .closed = state, case .data = segment { link.carry(.reset, from: self, to: sender) }
            return
        }
        switch segment {
        case .data(let bytes):
            received.append(bytes)
            tellReadable()
        case .finish:
            receivedFinish = true
            tellReadable()
        case .reset:
            fail(.reset)
        case .credit(let count):
            outstanding = max(0, outstanding - count)
            tellWritable()
        }
    }

    private func tellReadable() {
        guard waitsToRead, let delegate else { return }
        waitsToRead = false
        delegate.channelReadable()
    }

    private func tellWritable() {
        guard waitsToWrite, let delegate else { return }
        waitsToWrite = false
        delegate.channelWritable()
    }

    // MARK: Bytes

    func read(into buffer: UnsafeMutableRawBufferPointer) -> ReadResult {
        if case .closed = state { return .failed(.closed) }
        if !received.isEmpty && !buffer.isEmpty {
            let count = received.read(into: buffer)
            giveCredit(count)
            return .bytes(count)
        }
        if received.isEmpty {
            if case .failed(let error) = state { return .failed(error) }
            if receivedFinish { return .endOfStream }
        }
        waitsToRead = true
        return .wouldBlock
    }

    /// Credit goes back a quarter of the buffer at a time. Less than that cannot keep the sender waiting: it waits only
    /// when the buffer is full, and then there is that much to read.
    private func giveCredit(_ count: Int) {
        owedCredit += count
        guard owedCredit >= capacity / 4, case .open(let peer) = state else { return }
        link.carry(.credit(owedCredit), from: self, to: peer)
        owedCredit = 0
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> WriteResult {
        switch state {
        case .connecting:
            waitsToWrite = true
            return .wouldBlock
        case .failed(let error):
            return .failed(error)
        case .closed:
            return .failed(.closed)
        case .open(let peer):
            if sentFinish { return .failed(.brokenPipe) }
            if bytes.isEmpty { return .bytes(0) }
            let count = min(bytes.count, capacity - outstanding)
            if count <= 0 {
                waitsToWrite = true
                return .wouldBlock
            }
            outstanding += count
            link.carry(.data(Array(bytes.prefix(count))), from: self, to: peer)
            return .bytes(count)
        }
    }

    func write(vectors: UnsafeBufferPointer<UnsafeRawBufferPointer>) -> WriteResult {
        var total = 0
        for vector in vectors.prefix(64) where !vector.isEmpty {
            switch write(vector) {
            case .bytes(let count):
                total += count
                if count < vector.count { return .bytes(total) }
            case .wouldBlock:
                return total > 0 ? .bytes(total) : .wouldBlock
            case .failed(let error):
                return .failed(error)
            }
        }
        return .bytes(total)
    }

    // MARK: Ending

    func shutdownWrite() {
        guard case .open(let peer) = state, !sentFinish else { return }
        sentFinish = true
        link.carry(.finish, from: self, to: peer)
    }

    func close() {
        end(abruptly: !received.isEmpty)
    }

    func reset() {
        end(abruptly: true)
    }

    private func end(abruptly: Bool) {
        if case .closed = state { return }
        if case .open(let peer) = state {
            if abruptly {
                link.carry(.reset, from: self, to: peer)
            } else if !sentFinish {
                link.carry(.finish, from: self, to: peer)
            }
        }
        stopConnectTimer()
        state = .closed
        delegate = nil
        received.removeAll()
        link.channelClosed(self)
    }
}
