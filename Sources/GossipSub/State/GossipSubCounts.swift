/// How often things have happened to a node of pubsub.
public struct GossipSubCounts: Equatable, Sendable {
    /// Messages of ours.
    public var published = 0
    /// Messages given to the application, and found good.
    public var delivered = 0
    /// Messages that were seen before.
    public var duplicates = 0
    /// Messages that were bad.
    public var rejected = 0
    /// Messages that the application passed over, that came too late, or while too many waited.
    public var ignored = 0
    /// Messages sent to peers, each as often as it was.
    public var sent = 0
    /// RPCs that were not read, because of their sender's score.
    public var graylisted = 0
    /// Promised messages that did not come.
    public var brokenPromises = 0
    /// Messages asked for after having been told of.
    public var wanted = 0

    /// Nothing has happened.
    public init() {}
}
