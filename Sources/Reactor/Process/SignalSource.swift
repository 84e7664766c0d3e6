import CPlatform

/// Catches signals and handles them on the loop. While there is a source for a signal, the signal no longer does what
/// it does by default.
///
/// The C handler only writes the number into a pipe, which works whatever thread the system picks.
@NetworkActor public final class SignalSource {
    private let signals: [Signal]
    private let handler: @NetworkActor (Signal) -> Void
    private var isActive = true

    /// Catches `signals` until `cancel`. Also keeps the source alive until then.
    /// - Throws: what the system said, such as for a signal that cannot be caught.
    public init(_ signals: [Signal], handler: @escaping @NetworkActor (Signal) -> Void) throws(NetworkError) {
        self.signals = signals
        self.handler = handler
        try SignalPipe.shared.add(self, for: signals)
    }

    /// Stops, and returns signals that nobody else catches to their default.
    public func cancel() {
        guard isActive else { return }
        isActive = false
        SignalPipe.shared.remove(self, from: signals)
    }

    fileprivate func caught(_ signal: Signal) {
        if isActive { handler(signal) }
    }
}

/// The read end of the pipe that the C handler writes to.
@NetworkActor private final class SignalPipe: PollHandler {
    static let shared = SignalPipe()

    private var descriptor: Int32 = -1
    private var sources: [Signal: [SignalSource]] = [:]

    func add(_ source: SignalSource, for signals: [Signal]) throws(NetworkError) {
        if descriptor < 0 {
            let made = platform_signal_pipe()
            guard made >= 0 else { throw NetworkError(errno: -made) }
            _ = try EventLoop.shared.poller.add(made, self)
            descriptor = made
        }
        for signal in signals {
            let code = platform_signal_catch(signal.rawValue, true)
            if code < 0 {
                remove(source, from: signals)
                throw NetworkError(errno: -code)
            }
            sources[signal, default: []].append(source)
        }
    }

    func remove(_ source: SignalSource, from signals: [Signal]) {
        for signal in signals {
            guard var remaining = sources[signal] else { continue }
            remaining.removeAll { $0 === source }
            sources[signal] = remaining.isEmpty ? nil : remaining
            if remaining.isEmpty { _ = platform_signal_catch(signal.rawValue, false) }
        }
    }

    func ready(_ readiness: Readiness) {
        withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
            while true {
                let count = platform_read(descriptor, buffer.baseAddress, buffer.count)
                guard count > 0 else { return }
                for number in buffer.prefix(count) {
                    let signal = Signal(rawValue: Int32(number))
                    for source in sources[signal] ?? [] { source.caught(signal) }
                }
            }
        }
    }
}
