import CPlatform

/// Writes a non-blocking pipe. One writer at a time.
@NetworkActor public final class DescriptorWriter: PollHandler {
    private var descriptor: Int32
    private var token: PollToken?
    private var waiting: UnsafeContinuation<Void, Never>?

    /// Takes over the descriptor. `watch` must follow.
    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    func watch() throws(NetworkError) {
        token = try EventLoop.shared.poller.add(descriptor, self)
    }

    /// Writes all of it, waiting while the pipe is full. Not ended by cancellation: call `close`.
    /// - Throws: `brokenPipe` when nobody reads any more, `closed` after `close`; part may have been written.
    public func write(_ bytes: [UInt8]) async throws(NetworkError) {
        precondition(waiting == nil, "two tasks write one pipe")
        var offset = 0
        while offset < bytes.count {
            guard descriptor >= 0 else { throw .closed }
            let count = bytes.withUnsafeBytes { buffer in
                platform_write(descriptor, buffer.baseAddress.map { $0 + offset }, buffer.count - offset)
            }
            if count >= 0 {
                offset += count
            } else if count == -Int(Errno.again) {
                await withUnsafeContinuation { waiting = $0 }
            } else {
                throw NetworkError(errno: Int32(clamping: -count))
            }
        }
    }

    /// Closes the pipe: the reader sees the end.
    public func close() {
        guard descriptor >= 0 else { return }
        if let token { EventLoop.shared.poller.remove(descriptor, token) }
        platform_close(descriptor)
        descriptor = -1
        wake()
    }

    func ready(_ readiness: Readiness) {
        wake()
    }

    private func wake() {
        let continuation = waiting
        waiting = nil
        continuation?.resume()
    }
}
