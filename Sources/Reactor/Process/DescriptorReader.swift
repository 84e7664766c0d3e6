import CPlatform

/// Reads a non-blocking pipe. One reader at a time.
@NetworkActor public final class DescriptorReader: PollHandler {
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

    /// The next bytes, at least one and at most `maximum`; nil at the end, and after `close`. Not ended by cancellation:
    /// call `close`.
    public func read(maximum: Int = 65_536) async throws(NetworkError) -> [UInt8]? {
        precondition(waiting == nil, "two tasks read one pipe")
        while descriptor >= 0 {
            var count = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: max(1, maximum)) { buffer, initialized in
                count = platform_read(descriptor, buffer.baseAddress, buffer.count)
                initialized = max(0, count)
            }
            if count > 0 { return bytes }
            if count == 0 { return nil }
            guard count == -Int(Errno.again) else { throw NetworkError(errno: Int32(clamping: -count)) }
            await withUnsafeContinuation { waiting = $0 }
        }
        return nil
    }

    /// Closes the pipe. A waiting `read` returns nil.
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
