import CPlatform
import Time

/// Waits for something to happen to the files of a directory: one is made, or removed, or closed by who wrote to it, as
/// the system does when a process ends. Where the system tells nothing, it looks every now and then.
@NetworkActor public final class DirectoryWatch: PollHandler {
    /// How often to look without being told.
    private static let interval = Duration.milliseconds(100)

    private let clock: any MonotonicClock
    private var descriptor: Int32
    private var token: PollToken?
    private var hasChanged = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    /// Watches from now on.
    public init(_ path: String, _ clock: any MonotonicClock) {
        self.clock = clock
        descriptor = platform_directory_watch(path.systemPath)
        guard descriptor >= 0 else { return }
        token = try? EventLoop.shared.poller.add(descriptor, self)
        if token == nil { close() }
    }

    /// Suspends until something has happened since this was asked for the last time, or the deadline is there.
    public func change(before deadline: Instant) async {
        if !hasChanged {
            let limit = descriptor < 0 ? min(deadline, clock.now + Self.interval) : deadline
            let timer = clock.schedule(at: limit) { [weak self] in self?.wake() }
            await withCheckedContinuation { waiters.append($0) }
            timer.cancel()
        }
        hasChanged = false
    }

    /// Watches no more.
    public func close() {
        guard descriptor >= 0 else { return }
        if let token { EventLoop.shared.poller.remove(descriptor, token) }
        platform_close(descriptor)
        descriptor = -1
        token = nil
        wake()
    }

    func ready(_ readiness: Readiness) {
        guard descriptor >= 0 else { return }
        // What it was is seen by looking.
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { buffer in
            while platform_read(descriptor, buffer.baseAddress, buffer.count) > 0 {}
        }
        hasChanged = true
        wake()
    }

    private func wake() {
        let waiting = waiters
        waiters = []
        for waiter in waiting { waiter.resume() }
    }
}
