/// What can be set about discovery on the local network.
public struct LocalDiscoveryConfiguration: Sendable {
    /// The ways that are used.
    public var sources: Set<LocalDiscovery.Source> = [.mdns, .gigi]
    /// What others may call this peer: 1 to 64 bytes. nil: the end of its id.
    public var nickname: String?
    /// What this peer says that it can do, told by gigi-dns.
    public var capabilities = ["chat"]
    /// Whether peers that are found are dialed.
    public var dialsPeers = true

    // MARK: mDNS

    /// How long others may believe what we say: rust-libp2p's 6 minutes.
    public var timeToLive: Duration = .seconds(360)
    /// From the first question to the second; it doubles from then on (RFC 6762, section 5.2).
    public var firstQueryGap: Duration = .seconds(1)
    /// The longest time from one question to the next: a third of ``timeToLive``, so that two may be lost.
    public var longestQueryGap: Duration = .seconds(120)
    /// How long an answer waits, at random, so that not all answer at once (RFC 6762, section 6).
    public var answerDelay: ClosedRange<Duration> = .milliseconds(20) ... .milliseconds(120)
    /// From one answer to the next on a link (RFC 6762, section 6).
    public var answerGap: Duration = .seconds(1)
    /// The longest that a record of others is believed: RFC 6762's 75 minutes (section 10).
    public var longestTimeToLive: Duration = .seconds(4500)
    /// The soonest that a record which ends soon makes us ask again.
    public var shortestRefresh: Duration = .seconds(20)
    /// Instances that are remembered of a link.
    public var maximumInstances = 256

    // MARK: gigi-dns

    /// From one announcement to the next (gigi's default).
    public var announceInterval: Duration = .seconds(15)
    /// From the first question to the second; it doubles until somebody is heard (gigi's).
    public var firstProbeGap: Duration = .milliseconds(500)
    /// The longest time from one question to the next (gigi's).
    public var longestProbeGap: Duration = .seconds(300)
    /// How long a question, or an answer, waits, at random (gigi's).
    public var probeDelay: ClosedRange<Duration> = .zero ... .milliseconds(100)
    /// From one round of answers to the next: ten a second (gigi's).
    public var replyGap: Duration = .milliseconds(100)
    /// How far a signature's time may be from ours, for it to prove anything.
    public var signatureWindow: Duration = .seconds(600)

    // MARK: Bounds

    /// Peers that are known at a time.
    public var maximumPeers = 256
    /// The same, of those heard of from one address; loopback excepted.
    public var maximumPeersPerSource = 32
    /// Addresses that are kept of a peer.
    public var maximumAddresses = 16
    /// Our own addresses that are told on a link.
    public var maximumOwnAddresses = 8
    /// Peers that may be new: at once, and each second from then on. As many again of programs of this host.
    public var newPeers = (burst: 256, perSecond: 32.0)
    /// The same, of one address; loopback excepted.
    public var newPeersPerSource = (burst: 32, perSecond: 0.5)
    /// Datagrams that are looked at: at once, and each second from then on. As many again of programs of this host.
    public var packets = (burst: 512, perSecond: 256.0)
    /// The same, of one address; loopback excepted.
    public var packetsPerSource = (burst: 64, perSecond: 32.0)
    /// Answers that one address may ask for: at once, and each second from then on.
    public var answersPerSource = (burst: 8, perSecond: 1.0)
    /// Datagrams within a minute that make no sense, before their sender is not listened to (gigi's number).
    public var maximumErrors = 10
    /// For how long it is not listened to.
    public var silence: Duration = .seconds(60)
    /// How long a peer that was heard of by mDNS alone is not told of, so that its name may come along: gigi's answers
    /// take no longer. Without gigi-dns there is nothing to wait for.
    public var nameDelay: Duration = .milliseconds(300)
    /// From one event that tells of changes of a peer to the next (gigi's).
    public var updateGap: Duration = .seconds(1)

    // MARK: Dialing

    /// How long the peer with the greater id leaves it to the other to connect.
    public var dialDelay: Duration = .seconds(1)
    /// Peers that are dialed at a time.
    public var maximumDials = 4
    /// Dials that may begin at once, and each second from then on.
    public var dials = (burst: 16, perSecond: 4.0)
    /// Peers connected, by whatever way, from which on none is dialed because it was found.
    public var maximumConnected = 64
    /// From a dial that failed to the next; it doubles.
    public var firstRedial: Duration = .seconds(5)
    /// The longest of these.
    public var longestRedial: Duration = .seconds(300)

    /// The defaults.
    public init() {}

    /// Whether all values make sense together.
    ///
    /// - Precondition: times and bounds are positive; what doubles begins below its end.
    public func validate() {
        let times = [
            timeToLive, firstQueryGap, answerGap, longestTimeToLive, announceInterval, firstProbeGap, replyGap,
            updateGap, dialDelay, firstRedial, silence, signatureWindow, shortestRefresh,
        ]
        precondition(times.allSatisfy { $0 > .zero }, "times are positive")
        precondition(
            firstQueryGap <= longestQueryGap && firstProbeGap <= longestProbeGap && firstRedial <= longestRedial,
            "what doubles begins below its end")
        let bounds = [
            maximumInstances, maximumPeers, maximumPeersPerSource, maximumAddresses, maximumOwnAddresses,
            newPeers.burst, newPeersPerSource.burst, packets.burst, packetsPerSource.burst, answersPerSource.burst,
            maximumErrors, maximumDials,
            dials.burst, maximumConnected,
        ]
        precondition(bounds.allSatisfy { $0 > 0 }, "bounds are positive")
    }
}
