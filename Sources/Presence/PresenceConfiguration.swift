import GossipSub

/// What can be set about presence.
public struct PresenceConfiguration: Sendable {
    /// The topic in which everybody tells about itself.
    public var topic = Presence.topic
    /// The protocol of the streams on which its peers ask each other; each topic has one of its own.
    public var protocolID = Presence.protocolID

    /// From one announcement of ours to the next, at most; a quarter of it is left to chance.
    public var interval: Duration = .seconds(15)
    /// The interval grows with the group, so that one announcement comes in so much time, from all peers together.
    public var pace: Duration = .milliseconds(100)
    /// The longest that it grows to.
    public var maximumInterval: Duration = .seconds(300)
    /// Intervals of silence after which a peer is asked whether it is there.
    public var patience = 3
    /// Those who find a peer silent ask it one after the other, within this time, or ``pace`` for each peer if that is
    /// longer: it announces itself when the first one asks, and so the others need not.
    public var suspicionJitter: Duration = .seconds(2)
    /// How long a peer may take to answer, from the dial on.
    public var probeTimeout: Duration = .seconds(10)
    /// Peers that are asked at a time.
    public var maximumProbes = 64
    /// Peers that are asked at a time because what is told in their name may be old.
    public var maximumDoubts = 8
    /// How long such a peer is not asked again.
    public var doubtInterval: Duration = .seconds(60)
    /// Such peers that are remembered.
    public var maximumDoubted = 1024

    /// Changes of ours are told no faster.
    public var announcementGap: Duration = .seconds(1)
    /// When we are asked whether we are there, we tell everybody, unless we did so lately.
    public var refutationGap: Duration = .seconds(5)
    /// How long after the first neighbour, so that more of them hear the first announcement.
    public var settling: Duration = .milliseconds(200)
    /// How long a neighbour may take to tell about itself, before it is asked.
    public var greetingDelay: Duration = .milliseconds(400)
    /// Neighbours that a newcomer asks about others, in one ``interval``.
    public var greetings = 3

    /// Peers that are known at a time, those that have gone lately among them.
    public var maximumPeers = 4096
    /// How long a peer that has gone is remembered, so that nothing old brings it back.
    public var retention: Duration = .seconds(15 * 60)
    /// How far another's clock may be from ours. What is told in the name of a peer that is neither known nor connected
    /// is believed within this; further off, the peer is asked first.
    public var maximumSkew: Duration = .seconds(300)
    /// Peers that nobody knew, in a burst and per second.
    public var newcomers = (burst: 512, rate: 64.0)
    /// Announcements of one peer, in a burst and per second.
    public var announcements = (burst: 5, rate: 0.5)
    /// From one event about a peer to the next.
    public var eventGap: Duration = .seconds(1)

    /// The defaults.
    public init() {}

    /// Whether all values make sense together.
    ///
    /// - Precondition: times, counts and rates are positive; the interval is not above its maximum.
    public func validate() {
        precondition(
            .zero < interval && interval <= maximumInterval && pace >= .zero
                && maximumInterval <= Announcement.intervals.upperBound
                && interval >= Announcement.intervals.lowerBound, "intervals of presence are in order")
        precondition(
            patience > 0 && probeTimeout > .zero && suspicionJitter >= .zero && doubtInterval > .zero
                && announcementGap >= .zero && refutationGap >= .zero && settling >= .zero && greetingDelay >= .zero
                && retention >= .zero && maximumSkew >= .zero && eventGap >= .zero,
            "times of presence are positive")
        precondition(
            maximumProbes > 0 && maximumDoubts > 0 && maximumDoubted > 0 && greetings >= 0 && maximumPeers > 0
                && newcomers.burst > 0 && newcomers.rate > 0 && announcements.burst > 0 && announcements.rate > 0,
            "counts of presence are positive")
    }
}
