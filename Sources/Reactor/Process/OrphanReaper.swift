import CPlatform

/// Reaps the orphans of other processes, which the system hands to the first process of a container. Our own children
/// are told to whoever waits for them, as always.
@NetworkActor public final class OrphanReaper {
    private var source: SignalSource?

    /// Reaps from now on, and what has ended already; nil for a process that is not the first.
    public init?() {
        guard platform_getpid() == 1 else { return nil }
        source = try? SignalSource([.child]) { _ in Self.reap() }
        Self.reap()
    }

    /// Stops.
    public func cancel() {
        source?.cancel()
    }

    private static func reap() {
        var last: Int32 = 0
        while true {
            let child = platform_ended_child()
            // One that is still there was not for us to reap.
            guard child > 0, child != last else { return }
            ExitWatch.reap(child)
            last = child
        }
    }
}
