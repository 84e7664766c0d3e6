/// How often things have happened.
public struct PresenceCounts: Equatable, Sendable {
    /// Announcements of ours.
    public var announced = 0
    /// Announcements of others that were taken.
    public var heard = 0
    /// What was no announcement.
    public var malformed = 0
    /// Announcements that were older than what was known of their author.
    public var stale = 0
    /// Announcements that came too fast, or of too many peers.
    public var limited = 0
    /// Announcements of unknown peers whose time was far off.
    public var doubted = 0
    /// Times that a peer was asked whether it is there.
    public var probes = 0
    /// Times that a neighbour was asked about others.
    public var greetings = 0

    /// Announcements that were let go.
    public var dropped: Int { malformed + stale + limited + doubted }

    /// Nothing has happened.
    public init() {}
}
