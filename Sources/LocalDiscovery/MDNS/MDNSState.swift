import Identity
import Multiformats
import Reactor
import Swarm
import Time
import Wire

/// libp2p's mDNS on one link: one interface, one family of addresses. Datagrams and the time go in; what to do comes
/// out of ``takeActions()``.
///
/// It asks at the start, then ever more seldom, and not when others ask the same. It answers when asked, its own
/// questions included, so that others learn from listening; and tells unasked when its addresses change.
public struct MDNSState<Random: RandomNumberGenerator> {
    /// What it wants done.
    public enum Action: Equatable, Sendable {
        /// Send this to the group.
        case send([UInt8])
        /// A peer is there, at these addresses, for this long.
        case found(String, MDNSMessage.Record, lifetime: Duration)
        /// The instance of this name goes.
        case gone(String)
    }

    struct Known {
        var lifetime: Duration
        var expires: Instant
    }

    let configuration: LocalDiscoveryConfiguration
    let own: MDNSAdvertisement
    var random: Random
    private(set) var addresses: [Multiaddr] = []
    var actions: [Action] = []

    private var nextQuery: Instant
    private var lastQuery: Instant?
    private var lastQuestion: [UInt8] = []
    private var gap: Duration
    /// How often the change is still to be told, and when next.
    private var announcements = 0
    private var nextAnnouncement: Instant?
    private var answerDue: Instant?
    private var lastAnswer: Instant?
    private var listsService = false
    /// Bounded by ``LocalDiscoveryConfiguration/maximumInstances``.
    var known: [DNSName: Known] = [:]
    /// Instances that were named without their addresses. At most ``maximumUnresolved``.
    var unresolved: [DNSName] = []
    private var askers: AskerLimit

    static var maximumUnresolved: Int { 8 }
    /// How often a change is told, a second apart (RFC 6762, section 8.3).
    private static var announcementCount: Int { 2 }

    /// Discovery that begins now, for a peer that is called `peerName` on the network.
    init?(
        peer: PeerID, peerName: String, configuration: LocalDiscoveryConfiguration, random: Random, now: Instant
    ) {
        guard let own = MDNSAdvertisement(peer: peer, peerName: peerName) else { return nil }
        self.own = own
        self.configuration = configuration
        askers = AskerLimit(configuration.answersPerSource)
        self.random = random
        gap = configuration.firstQueryGap
        nextQuery = now
        nextQuery = now + self.random.duration(in: configuration.answerDelay)
    }

    /// What to do after the events so far, in this order.
    public mutating func takeActions() -> [Action] {
        var taken: [Action] = []
        swap(&taken, &actions)
        return taken
    }

    // MARK: Time

    /// When ``advance(_:)`` has something to do.
    public var nextDeadline: Instant {
        [nextQuery, nextAnnouncement, answerDue].compactMap { $0 }.min() ?? nextQuery
    }

    /// Does what is due.
    public mutating func advance(_ now: Instant) {
        if let due = nextAnnouncement, due <= now {
            announcements -= 1
            nextAnnouncement = announcements > 0 ? now + configuration.answerGap : nil
            answer(now)
        } else if let due = answerDue, due <= now {
            answer(now)
        }
        if nextQuery <= now { ask(now) }
        known = known.filter { $0.value.expires > now }
    }

    /// Our addresses on this link are these from now on, without `/p2p`, the best first.
    public mutating func setAddresses(_ addresses: [Multiaddr], _ now: Instant) {
        guard addresses != self.addresses else { return }
        self.addresses = addresses
        announcements = Self.announcementCount
        nextAnnouncement = now + random.duration(in: configuration.answerDelay)
    }

    /// Says goodbye, if there is anything that others may know.
    public mutating func leave() {
        guard !addresses.isEmpty else { return }
        actions.append(.send(own.answer(addresses, timeToLive: 0)))
        addresses = []
        (nextAnnouncement, answerDue) = (nil, nil)
    }

    private mutating func answer(_ now: Instant) {
        answerDue = nil
        guard !addresses.isEmpty else { return }
        lastAnswer = now
        let seconds = UInt32(clamping: configuration.timeToLive.components.seconds)
        actions.append(.send(own.answer(addresses, timeToLive: seconds, listsService: listsService)))
        listsService = false
    }

    private mutating func ask(_ now: Instant) {
        let fresh = freshInstances(now)
        lastQuestion = MDNSAdvertisement.question(known: fresh, unresolved: unresolved)
        unresolved = []
        actions.append(.send(lastQuestion))
        asked(now)
    }

    /// The question was put, by us or another.
    private mutating func asked(_ now: Instant) {
        lastQuery = now
        nextQuery = now + random.spread(gap)
        gap = min(gap * 2, configuration.longestQueryGap)
    }

    /// What we need not be told: records with more than half of their time left (RFC 6762, section 7.1).
    private func freshInstances(_ now: Instant) -> [(name: DNSName, seconds: UInt32)] {
        known.compactMap { name, entry in
            let left = entry.expires - now
            guard left > entry.lifetime / 2 else { return nil }
            return (name, UInt32(clamping: left.components.seconds))
        }.sorted { $0.0.description < $1.0.description }
    }

    // MARK: Questions

    mutating func asks(_ message: MDNSMessage, _ bytes: [UInt8], from source: IPAddress, _ now: Instant) {
        // What was just sent comes back.
        let isEcho = bytes == lastQuestion && lastQuery.map { now - $0 < configuration.answerGap } == true
        if message.asksForService, !isEcho { considerDuplicate(message, now) }
        guard !addresses.isEmpty else { return }
        let isKnown = message.instances.contains {
            $0.name == own.instance
                && Duration.seconds($0.timeToLive) * 2 >= configuration.timeToLive
        }
        let isMeant =
            message.asksForService && !isKnown || message.asksForServices
            || message.asksAbout.contains { $0 == own.instance || $0 == own.host }
        guard isMeant, askers.admits(source, now) else { return }
        listsService = listsService || message.asksForServices
        var due = now + random.duration(in: configuration.answerDelay)
        if let lastAnswer { due = max(due, lastAnswer + configuration.answerGap) }
        answerDue = min(answerDue ?? due, due)
    }

    /// Another's question serves as ours, unless it tells others to be silent of whom we do not know (RFC 6762, section
    /// 7.3). The first ones are always put: they are what a newcomer is seen by.
    private mutating func considerDuplicate(_ message: MDNSMessage, _ now: Instant) {
        guard gap >= configuration.firstQueryGap * 4, unresolved.isEmpty else { return }
        let fresh = Set(freshInstances(now).map(\.name))
        if message.instances.allSatisfy({ fresh.contains($0.name) || $0.name == own.instance }) { asked(now) }
    }

    // MARK: Refreshing

    /// A record ends then: ask for it in time, but not more often than is decent.
    mutating func refresh(_ lifetime: Duration, _ now: Instant) {
        let wanted = now + max(lifetime / 5 * 4, configuration.shortestRefresh)
        if wanted < nextQuery { nextQuery = wanted }
    }

    /// An instance without its addresses: ask for them.
    mutating func resolve(_ name: DNSName, _ now: Instant) {
        guard unresolved.count < Self.maximumUnresolved, !unresolved.contains(name) else { return }
        unresolved.append(name)
        let earliest = lastQuery.map { $0 + configuration.firstQueryGap } ?? now
        nextQuery = min(nextQuery, max(now + random.duration(in: configuration.answerDelay), earliest))
    }
}
