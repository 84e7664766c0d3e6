import CPlatform

/// Waits for the end of one child by a descriptor that becomes readable then, and reaps it.
@NetworkActor final class ExitWatch: PollHandler {
    /// Those that wait, by their child.
    private static var waiting: [Int32: ExitWatch] = [:]

    private let child: Int32
    private let descriptor: Int32
    private var token: PollToken?
    private let onExit: @NetworkActor (ExitStatus) -> Void

    init(_ child: Int32, onExit: @escaping @NetworkActor (ExitStatus) -> Void) throws(NetworkError) {
        self.child = child
        self.onExit = onExit
        let made = platform_child_watch(child)
        guard made >= 0 else { throw NetworkError(errno: -made) }
        descriptor = made
        do {
            token = try EventLoop.shared.poller.add(made, self)
        } catch {
            platform_close(made)
            throw error
        }
        Self.waiting[child] = self
    }

    /// Reaps a child that has ended: whoever waits for it is told; nobody waits for an orphan.
    static func reap(_ child: Int32) {
        if let watch = waiting[child] { return watch.ready(.readable) }
        var exited = false
        var code: Int32 = 0
        _ = platform_reap(child, &exited, &code)
    }

    /// Reaps a child that has been killed, without a descriptor.
    static func reapLater(_ child: Int32) {
        var exited = false
        var code: Int32 = 0
        guard platform_reap(child, &exited, &code) == 0 else { return }
        EventLoop.shared.timers.schedule(at: platform_monotonic_nanoseconds() + 10_000_000) { reapLater(child) }
    }

    func ready(_ readiness: Readiness) {
        var exited = false
        var code: Int32 = 0
        let reaped = platform_reap(child, &exited, &code)
        guard reaped != 0, let token else { return }
        EventLoop.shared.poller.remove(descriptor, token)
        platform_close(descriptor)
        self.token = nil
        Self.waiting[child] = nil
        // A child that somebody else has reaped has no status left.
        onExit(reaped < 0 ? .exited(-1) : exited ? .exited(code) : .signaled(Signal(rawValue: code)))
    }
}
