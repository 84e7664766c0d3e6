import CPlatform

/// Starts a detached thread, or says why not.
func startThread(named name: String, _ body: @escaping @Sendable () -> Void) throws(NetworkError) {
    let box = Unmanaged.passRetained(ThreadBody(body))
    let code = platform_thread_start(
        name, { raw in raw.map { Unmanaged<ThreadBody>.fromOpaque($0).takeRetainedValue().body() } }, box.toOpaque())
    if code < 0 {
        box.release()
        throw NetworkError(errno: -code)
    }
}

/// For the threads that nothing works without.
func startThreadOrTrap(named name: String, _ body: @escaping @Sendable () -> Void) {
    do {
        try startThread(named: name, body)
    } catch {
        fatalError("cannot start the thread '\(name)': \(error)")
    }
}

private final class ThreadBody: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
    }
}

/// A lock with a condition to wait for.
final class Monitor: @unchecked Sendable {
    private let raw = platform_monitor_create()

    deinit { platform_monitor_destroy(raw) }

    func withLock<T>(_ body: () throws -> T) rethrows -> T {
        platform_monitor_lock(raw)
        defer { platform_monitor_unlock(raw) }
        return try body()
    }

    /// Inside `withLock` only.
    func wait() { platform_monitor_wait(raw) }
    func signal() { platform_monitor_signal(raw) }
    func broadcast() { platform_monitor_broadcast(raw) }
}
