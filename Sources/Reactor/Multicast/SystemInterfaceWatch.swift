import CPlatform
import Time

/// Watches the interfaces of this machine: by what the system reports, or by looking every few seconds where it reports
/// nothing.
@NetworkActor final class SystemInterfaceWatch: InterfaceWatch, PollHandler {
    private var descriptor: Int32
    private var token: PollToken?
    private var timer: Timer?
    private var known: [NetworkInterface]
    private var onChange: (@NetworkActor () -> Void)?

    /// Changes come in bursts: an interface, then each of its addresses.
    private static let settling = Duration.milliseconds(100)
    /// How often to look without being told.
    private static let interval = Duration.seconds(5)

    init(_ onChange: @escaping @NetworkActor () -> Void) {
        self.onChange = onChange
        known = SystemInterfaces.all
        descriptor = platform_interfaces_watch()
        if descriptor >= 0 {
            token = try? EventLoop.shared.poller.add(descriptor, self)
            if token == nil {
                platform_close(descriptor)
                descriptor = -1
            }
        }
        if descriptor < 0 { look(after: Self.interval) }
    }

    func ready(_ readiness: Readiness) {
        guard descriptor >= 0 else { return }
        platform_interfaces_watch_clear(descriptor)
        if timer == nil { look(after: Self.settling) }
    }

    private func look(after delay: Duration) {
        let deadline = platform_monotonic_nanoseconds() + delay.nanosecondsClamped.magnitude
        timer = EventLoop.shared.timers.schedule(at: deadline) { [weak self] in self?.look() }
    }

    private func look() {
        timer = nil
        if descriptor < 0 { look(after: Self.interval) }
        let found = SystemInterfaces.all
        guard found != known else { return }
        known = found
        onChange?()
    }

    func close() {
        timer?.cancel()
        timer = nil
        onChange = nil
        guard descriptor >= 0 else { return }
        if let token { EventLoop.shared.poller.remove(descriptor, token) }
        platform_close(descriptor)
        descriptor = -1
        token = nil
    }
}
