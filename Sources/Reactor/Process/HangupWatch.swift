/// Tells when nobody is left at the other end of a descriptor: the last reader of a pipe has closed it, the peer of a
/// socket is gone, a terminal was hung up.
///
/// The descriptor may be shared with other processes: it is neither read nor written, and its flags stay as they are.
@NetworkActor public final class HangupWatch: PollHandler {
    private let descriptor: Int32
    private let onHangup: @NetworkActor () -> Void
    private var token: PollToken?

    /// Watches until `cancel` or the hangup; nil for what has no other end, such as a file.
    public init?(_ descriptor: Int32, onHangup: @escaping @NetworkActor () -> Void) {
        self.descriptor = descriptor
        self.onHangup = onHangup
        guard let token = try? EventLoop.shared.poller.add(descriptor, self, for: .hangup) else { return nil }
        self.token = token
    }

    /// Ends the watch.
    public func cancel() {
        guard let token else { return }
        EventLoop.shared.poller.remove(descriptor, token)
        self.token = nil
    }

    func ready(_ readiness: Readiness) {
        guard token != nil else { return }
        cancel()
        onHangup()
    }
}
