/// What can be set about ping.
public struct PingConfiguration: Sendable {
    /// How long an echo may take (go-libp2p: 10 s).
    public var timeout: Duration = .seconds(10)

    /// How long an answered stream may be silent before it is closed (go-libp2p: 30 s).
    public var idleTimeout: Duration = .seconds(30)

    /// How long our own stream is kept for the next ping. Less than ``idleTimeout`` of the other side, so that it is
    /// not found closed.
    public var reuse: Duration = .seconds(15)

    /// Pings per second echoed to one peer; faster ones wait.
    public var rate = 1000.0

    /// Pings echoed to one peer at once.
    public var burst = 1000

    /// The defaults.
    public init() {}

    /// Whether all values make sense together.
    ///
    /// - Precondition: times, rate and burst are positive.
    public func validate() {
        precondition(timeout > .zero && idleTimeout > .zero && reuse >= .zero, "times of ping are positive")
        precondition(rate > 0 && burst > 0, "rate and burst of ping are positive")
    }
}
