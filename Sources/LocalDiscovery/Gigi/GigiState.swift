import Identity
import Multiformats
import Reactor
import Swarm
import Time

/// gigi-dns on one link: one interface, one family of addresses. Datagrams and the time go in; what to do comes out of
/// ``takeActions()``.
///
/// It announces at the start, every so often, and when it changes; asks until somebody is heard; and answers questions,
/// at most so often.
public struct GigiState<Random: RandomNumberGenerator> {
    /// What it wants done.
    public enum Action: Equatable, Sendable {
        /// Send this to the group.
        case send([UInt8])
        /// A peer is there, for this long, as proved at that time of its own clock; nil: not proved.
        case found(GigiAnnouncement, lifetime: Duration, proof: Int64?)
        /// A peer leaves an address.
        case gone(GigiAnnouncement, proof: Int64?)
    }

    /// What we tell of ourselves.
    struct Profile: Equatable {
        var nickname: String
        var capabilities: [String] = []
        var metadata: [GigiAnnouncement.Fact] = []
    }

    private let configuration: LocalDiscoveryConfiguration
    private let identity: KeyPair
    private var random: Random
    private var profile: Profile
    private var addresses: [Multiaddr] = []
    private var actions: [Action] = []

    private var nextProbe: Instant?
    private var lastProbe: Instant?
    private var gap: Duration
    private var nextAnnouncement: Instant?
    private var announcements = 0
    private var answerDue: Instant?
    private var lastSent: Instant?
    private var askers: AskerLimit

    /// How often a change is told at once.
    private static var announcementCount: Int { 2 }
    /// The longest that an announcement is believed (gigi's bound).
    private static var longestLifetime: Duration { .seconds(86_400) }

    /// Discovery that begins now.
    init(
        identity: KeyPair, profile: Profile, configuration: LocalDiscoveryConfiguration, random: Random, now: Instant
    ) {
        self.identity = identity
        self.profile = profile
        self.configuration = configuration
        askers = AskerLimit(configuration.answersPerSource)
        self.random = random
        gap = configuration.firstProbeGap
        nextProbe = now + self.random.duration(in: configuration.probeDelay)
    }

    /// What to do after the events so far, in this order.
    public mutating func takeActions() -> [Action] {
        var taken: [Action] = []
        swap(&taken, &actions)
        return taken
    }

    // MARK: Time

    /// When ``advance(_:_:)`` has something to do; nil for never.
    public var nextDeadline: Instant? {
        [nextProbe, nextAnnouncement, answerDue].compactMap { $0 }.min()
    }

    /// Does what is due. The wall clock's time goes into signatures.
    public mutating func advance(_ now: Instant, _ time: Timestamp) {
        if let due = nextAnnouncement, due <= now {
            announcements = max(0, announcements - 1)
            nextAnnouncement =
                now + (announcements > 0 ? configuration.updateGap : random.spread(configuration.announceInterval))
            tell(now, time)
        } else if let due = answerDue, due <= now {
            tell(now, time)
        }
        if let due = nextProbe, due <= now {
            lastProbe = now
            nextProbe = now + random.spread(gap)
            gap = min(gap * 2, configuration.longestProbeGap)
            actions.append(.send(GigiMessage.question(id: random.next())))
        }
    }

    /// Somebody is there whose name is not known: asks, if it has not just asked.
    mutating func askSoon(_ now: Instant) {
        let due = max(now, lastProbe.map { $0 + configuration.replyGap } ?? now)
        nextProbe = min(nextProbe ?? due, due)
    }

    /// Our addresses on this link are these from now on, without `/p2p`.
    mutating func setAddresses(_ addresses: [Multiaddr], _ now: Instant) {
        guard addresses != self.addresses else { return }
        self.addresses = addresses
        changed(now)
    }

    /// We tell this of ourselves from now on.
    mutating func setProfile(_ profile: Profile, _ now: Instant) {
        guard profile != self.profile else { return }
        self.profile = profile
        changed(now)
    }

    private mutating func changed(_ now: Instant) {
        announcements = Self.announcementCount
        // Sooner than mDNS answers: who hears this first knows the name from the beginning.
        nextAnnouncement = now + random.duration(in: .zero...configuration.answerDelay.lowerBound)
    }

    /// Says goodbye, if there is anything that others may know.
    public mutating func leave(_ time: Timestamp) {
        send(timeToLive: 0, time)
        addresses = []
        (nextAnnouncement, answerDue, nextProbe) = (nil, nil, nil)
    }

    private mutating func tell(_ now: Instant, _ time: Timestamp) {
        answerDue = nil
        lastSent = now
        send(timeToLive: UInt32(clamping: configuration.timeToLive.components.seconds), time)
    }

    /// A datagram for each address.
    private mutating func send(timeToLive: UInt32, _ time: Timestamp) {
        for address in addresses {
            let announcement = GigiAnnouncement(
                peer: identity.peerID, nickname: profile.nickname, address: address,
                capabilities: profile.capabilities, metadata: profile.metadata)
            let datagram = GigiMessage.announcement(
                announcement, id: random.next(), timeToLive: timeToLive, at: time, by: identity)
            if let datagram { actions.append(.send(datagram)) }
        }
    }

    // MARK: What comes in

    /// Takes a datagram.
    ///
    /// - Throws: ``GigiError`` if it makes no sense.
    public mutating func receive(
        _ bytes: [UInt8], from source: IPAddress, _ now: Instant, _ time: Timestamp
    ) throws(GigiError) {
        switch try GigiMessage(decoding: bytes) {
        case .other: break
        case .question:
            guard !addresses.isEmpty, askers.admits(source, now) else { return }
            var due = now + random.duration(in: configuration.probeDelay)
            if let lastSent { due = max(due, lastSent + configuration.replyGap) }
            answerDue = min(answerDue ?? due, due)
        case .announcement(let received, let timeToLive):
            let announcement = received.announcement
            guard announcement.peer != identity.peerID else { return }
            nextProbe = nil
            let proof = received.proof.flatMap { isFresh($0.time, time) ? $0.time : nil }
            // An id that holds no key cannot be proved here.
            let valid = announcement.peer.publicKey == nil ? nil : proof
            if timeToLive == 0 {
                actions.append(.gone(announcement, proof: valid))
            } else {
                let lifetime = min(Duration.seconds(timeToLive), Self.longestLifetime)
                actions.append(.found(announcement, lifetime: lifetime, proof: valid))
            }
        }
    }

    /// Whether a signer's clock shows about what ours does: what was said long ago may be said again by anybody.
    private func isFresh(_ signed: Int64, _ time: Timestamp) -> Bool {
        let (difference, overflow) = signed.subtractingReportingOverflow(time.milliseconds)
        return !overflow && difference.magnitude <= configuration.signatureWindow.millisecondsClamped.magnitude
    }
}
