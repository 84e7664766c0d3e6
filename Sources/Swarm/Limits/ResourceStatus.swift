/// What is in use, and what was refused, for people who look at a running node.
public struct ResourceStatus: Equatable, Sendable {
    /// Everything together.
    public let system: ResourceUsage
    /// The limit of everything together.
    public let systemLimit: ResourceLimit
    /// Connections not upgraded yet and streams without a protocol.
    public let transient: ResourceUsage
    /// The limit of these.
    public let transientLimit: ResourceLimit
    /// How often a limit refused something since the start.
    public let refusals: UInt64
    /// The latest refusal.
    public let lastRefusal: LimitExceeded?
}
