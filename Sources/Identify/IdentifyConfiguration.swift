/// What can be set about identify.
public struct IdentifyConfiguration: Sendable {
    /// How long one exchange may take, in either role (go-libp2p: 5 s).
    public var timeout: Duration = .seconds(5)

    /// How long after a failure an exchange is tried again, each time that it fails; then no more.
    public var retries: [Duration] = [.seconds(15), .seconds(60), .seconds(240)]

    /// How long changes are gathered before they are pushed.
    public var pushDelay: Duration = .milliseconds(500)

    /// To how many peers a change is pushed at a time (go-libp2p: 32).
    public var pushConcurrency = 32

    /// Pushes per second taken from one group of peers (go-libp2p: 0.2). A group is a network of neighbours on the
    /// internet, /24 in IPv4 and /56 in IPv6; a machine on the local network; a peer on this machine.
    public var inboundPushRate = 0.2

    /// Pushes that one group may send at once.
    public var inboundPushBurst = 10

    /// Pushes per second taken from everybody together (go-libp2p: 2000).
    public var totalInboundPushRate = 2000.0

    /// Distinct observers that must agree before an address is believed to be ours (go-libp2p: 4).
    public var observersToActivate = 4

    /// The defaults.
    public init() {}

    /// Whether all values make sense together.
    ///
    /// - Precondition: times and counts are positive.
    public func validate() {
        precondition(timeout > .zero && pushDelay >= .zero, "times of identify are not negative")
        precondition(pushConcurrency > 0 && inboundPushBurst > 0 && observersToActivate > 0, "counts are positive")
        precondition(inboundPushRate > 0 && totalInboundPushRate > 0, "rates are positive")
    }
}
