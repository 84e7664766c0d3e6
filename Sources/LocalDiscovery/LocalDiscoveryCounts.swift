/// How often things have happened.
public struct LocalDiscoveryCounts: Equatable, Sendable {
    /// Datagrams that came in, our own included.
    public var received: UInt64 = 0
    /// Datagrams that went out.
    public var sent: UInt64 = 0
    /// Datagrams that could not be sent.
    public var sendFailures: UInt64 = 0
    /// Datagrams that made no sense, or had a false signature.
    public var malformed: UInt64 = 0
    /// Datagrams that were not looked at: too many, or of a sender that is not listened to.
    public var limited: UInt64 = 0
    /// Peers that there was no room for.
    public var refused: UInt64 = 0
    /// Addresses that cannot be where they were heard.
    public var implausible: UInt64 = 0
    /// Unsigned or outdated announcements of a peer that signs.
    public var unproved: UInt64 = 0

    /// None yet.
    public init() {}
}
