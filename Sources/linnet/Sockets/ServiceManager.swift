import CPlatform
import Reactor
import Time

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The one who started this process and wants to know how it is: sd_notify(3), and sockets that it listens on already:
/// sd_listen_fds(3). Both are variables of the environment, which children must not see.
struct ServiceManager: Sendable {
    /// Where to tell; nil if nobody asked.
    private let socket: String?
    /// How often to say that we are alive.
    private let watchdog: Duration?
    /// Sockets to serve clients on.
    let descriptors: [Int32]

    /// Reads the environment, and clears it of what is for this process alone. To be called before threads start.
    static func fromEnvironment() -> ServiceManager {
        let pid = "\(getpid())"
        let (socket, usec) = (take("NOTIFY_SOCKET"), take("WATCHDOG_USEC"))
        let (watched, listener, count) = (take("WATCHDOG_PID"), take("LISTEN_PID"), take("LISTEN_FDS"))
        _ = take("LISTEN_FDNAMES")
        let isWatched = watched == nil || watched == pid
        let microseconds = isWatched ? usec.flatMap(Int64.init).flatMap { $0 > 0 ? $0 : nil } : nil
        let descriptors = listener == pid ? count.flatMap(Int32.init).map { min(max($0, 0), 16) } ?? 0 : 0
        return ServiceManager(
            socket: socket, watchdog: microseconds.map { .microseconds($0 / 2) },
            descriptors: Array(3..<(3 + descriptors)))
    }

    private static func take(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        defer { unsetenv(name) }
        return PathText.text(value)
    }

    /// Says that the engine runs, and from then on that it still does.
    @NetworkActor func ready(_ status: String, _ clock: any MonotonicClock) {
        tell("READY=1\nSTATUS=\(status)")
        if let watchdog { pat(every: watchdog, clock) }
    }

    /// Says that the engine is on its way out.
    func stopping() {
        tell("STOPPING=1")
    }

    @NetworkActor private func pat(every interval: Duration, _ clock: any MonotonicClock) {
        guard socket != nil else { return }
        tell("WATCHDOG=1")
        clock.schedule(after: interval) { pat(every: interval, clock) }
    }

    private func tell(_ text: String) {
        guard let socket else { return }
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { platform_unix_notify(socket.systemPath, $0.baseAddress, $0.count) }
    }
}
