import CPlatform
import Time

/// Watches the interfaces of this machine: by what the system reports, or by looking every few seconds where it does not
/// report, or is not allowed to.
@NetworkActor final class SystemInterfaceWatch: InterfaceWatch, PollHandler {
    private(set) var failure: NetworkError? {
        didSet { if failure != oldValue { onFailureChange?() } }
    }
    var onFailureChange: (@NetworkActor () -> Void)?

    private var descriptor: Int32 = -1
    private var token: PollToken?
    private var timer: Timer?
    private var known: [NetworkInterface]?
    private var onChange: (@NetworkActor () -> Void)?

    /// Changes come in bursts: an interface, then each of its addresses.
    private static let settling = Duration.milliseconds(100)
    /// How often to look without being told.
    private static let interval = Duration.seconds(5)

    init(_ onChange: @escaping @NetworkActor () -> Void) {
        self.onChange = onChange
        known = try? SystemInterfaces.all()
        open()
        if descriptor < 0 { look(after: Self.interval) }
    }

    /// Asks the system to report.
    private func open() {
        let made = platform_interfaces_watch()
        guard made >= 0 else {
            // Where there is no such thing, nothing is wrong.
            return failure = -made == Errno.notSupported ? nil : NetworkError(errno: -made)
        }
        do throws(NetworkError) {
            token = try EventLoop.shared.poller.add(made, self)
            descriptor = made
            failure = nil
        } catch {
            platform_close(made)
            failure = error
        }
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
        if descriptor < 0 { open() }
        if descriptor < 0 { look(after: Self.interval) }
        // Whoever is told asks for the interfaces itself, and hears then that they cannot be listed.
        let found = try? SystemInterfaces.all()
        guard found != known else { return }
        known = found
        onChange?()
    }

    func close() {
        timer?.cancel()
        timer = nil
        onChange = nil
        onFailureChange = nil
        guard descriptor >= 0 else { return }
        if let token { EventLoop.shared.poller.remove(descriptor, token) }
        platform_close(descriptor)
        descriptor = -1
        token = nil
    }
}
