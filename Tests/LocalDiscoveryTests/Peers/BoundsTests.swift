import Identity
import Multiformats
import Reactor
import TestSupport
import Testing
import Time

@testable import LocalDiscovery

@Suite("Bounds of discovery") struct BoundsTests {
    private func admits(_ limits: inout SourceLimits, _ source: IPAddress, _ now: Instant) -> Bool {
        limits.admits(source, now)
    }

    private func admits(_ limit: inout AskerLimit, _ source: IPAddress, _ now: Instant) -> Bool {
        limit.admits(source, now)
    }

    @Test("who sends nonsense is not heard for a minute; others are")
    func nonsense() {
        var limits = SourceLimits(LocalDiscoveryConfiguration(), now: Samples.start)
        let (bad, good) = (Samples.ip("10.0.0.66"), Samples.ip("10.0.0.2"))
        for count in 0..<10 {
            #expect(admits(&limits, bad, Samples.start + .seconds(count)))
            limits.malformed(bad, Samples.start + .seconds(count))
        }
        #expect(!admits(&limits, bad, Samples.start + .seconds(10)))
        #expect(admits(&limits, good, Samples.start + .seconds(10)))
        #expect(limits.silenced(Samples.start + .seconds(10)) == 1)
        #expect(!admits(&limits, bad, Samples.start + .seconds(68)))
        #expect(admits(&limits, bad, Samples.start + .seconds(69)))
        // Nine a minute are let pass, for ever.
        for minute in 1...20 {
            for _ in 0..<9 { limits.malformed(bad, Samples.start + .seconds(60 * minute + 70)) }
            #expect(admits(&limits, bad, Samples.start + .seconds(60 * minute + 71)))
        }
    }

    @Test("what one sender has too much of does not count against others")
    func rates() {
        var limits = SourceLimits(LocalDiscoveryConfiguration(), now: Samples.start)
        let flood = Samples.ip("10.0.0.66")
        let admitted = (0..<10_000).count { _ in limits.admits(flood, Samples.start) }
        #expect(admitted == 64)
        #expect(admits(&limits, Samples.ip("10.0.0.2"), Samples.start))
        let later = (0..<10_000).count { limits.admits(flood, Samples.start + .milliseconds($0)) }
        #expect((300...330).contains(later))
    }

    @Test("senders without number are bounded together, and few are remembered")
    func manySources() {
        var limits = SourceLimits(LocalDiscoveryConfiguration(), now: Samples.start)
        var admitted = 0
        for number in 0..<50_000 {
            let source = IPAddress(bytes: [10, UInt8(number >> 16), UInt8(number >> 8 & 0xff), UInt8(number & 0xff)])
            if limits.admits(source ?? .any4, Samples.start + .microseconds(number * 20)) { admitted += 1 }
        }
        #expect(admitted <= 512 + 256 + 1)
        #expect(limits.count <= SourceLimits.maximumSources)
    }

    @Test("programs of this host do not silence each other")
    func loopback() {
        var limits = SourceLimits(LocalDiscoveryConfiguration(), now: Samples.start)
        for _ in 0..<100 { limits.malformed(.loopback4, Samples.start) }
        let admitted = (0..<1000).count { _ in limits.admits(.loopback4, Samples.start) }
        #expect(admitted == 512)
        #expect(admits(&limits, Samples.ip("192.0.2.1"), Samples.start), "nor others, nor are they drowned by them")
    }

    @Test("askers without number are not all remembered")
    func askers() {
        var limit = AskerLimit((burst: 2, perSecond: 1))
        for number in 0..<10_000 {
            let source = IPAddress(bytes: [10, 0, UInt8(number >> 8), UInt8(number & 0xff)]) ?? .any4
            _ = limit.admits(source, Samples.start)
        }
        #expect(limit.count <= AskerLimit.maximumAskers)
        #expect(admits(&limit, Samples.ip("192.0.2.1"), Samples.start + .seconds(10)), "room comes back")
    }

    private func interface(_ addresses: [(String, Int)], isLoopback: Bool = false) -> NetworkInterface {
        NetworkInterface(
            index: 2, name: "eth0",
            addresses: addresses.map { NetworkInterface.Address(Samples.ip($0.0), prefixLength: $0.1) },
            isLoopback: isLoopback, carriesMulticast: true)
    }

    @Test(
        "addresses that cannot be on the link are not believed",
        arguments: [
            ("/ip4/192.168.1.9/tcp/4001", true), ("/ip4/10.1.2.3/tcp/4001", true), ("/ip4/169.254.1.1/tcp/1", true),
            ("/ip4/203.0.113.9/tcp/4001", true), ("/ip4/203.0.113.200/tcp/4001", false),
            ("/ip4/198.51.100.7/tcp/4001", true), ("/ip4/8.8.8.8/tcp/53", false), ("/ip4/127.0.0.1/tcp/22", false),
            ("/ip4/0.0.0.0/tcp/4001", false), ("/ip4/224.0.0.251/tcp/5353", false), ("/ip4/10.0.0.1/tcp/0", false),
            ("/ip4/255.255.255.255/tcp/1", false), ("/ip4/10.0.0.1/udp/4001", false),
            ("/ip4/10.0.0.1/udp/4001/quic-v1", false), ("/ip4/10.0.0.1/tcp/4001/ws", false),
            ("/dns4/evil.example/tcp/4001", false), ("/dns/localhost/tcp/22", false), ("/memory/7", false),
            ("/ip6/2001:db8:1::5/tcp/4001", true), ("/ip6/2001:db8:2::5/tcp/4001", false),
            ("/ip6/fd12::1/tcp/4001", true), ("/ip6/fe80::1/tcp/4001", false), ("/ip6/::1/tcp/4001", false),
            ("/ip6/::ffff:127.0.0.1/tcp/4001", false), ("/ip6/::ffff:8.8.8.8/tcp/4001", false),
        ])
    func plausibility(_ text: String, _ isPlausible: Bool) {
        let link = interface([("203.0.113.1", 25), ("2001:db8:1::1", 64)])
        #expect(
            LinkAddresses.isPlausible(
                .test(text), on: link, from: Samples.ip("198.51.100.7"), own: [Samples.ip("203.0.113.1")])
                == isPlausible)
    }

    @Test("on loopback only this host is believed")
    func plausibilityOnLoopback() {
        let loopback = interface([("127.0.0.1", 8)], isLoopback: true)
        let own = [Samples.ip("192.168.1.5"), IPAddress.loopback4]
        func isPlausible(_ text: String) -> Bool {
            LinkAddresses.isPlausible(.test(text), on: loopback, from: .loopback4, own: own)
        }
        #expect(isPlausible("/ip4/127.0.0.1/tcp/4001"))
        #expect(isPlausible("/ip4/192.168.1.5/tcp/4001"))
        #expect(!isPlausible("/ip4/192.168.1.6/tcp/4001"))
        #expect(!isPlausible("/ip4/10.0.0.1/tcp/4001"))
    }

    @Test("only addresses of the interface are told on it")
    func own() {
        let listening = [
            "/ip4/127.0.0.1/tcp/1", "/ip4/10.0.0.1/tcp/2", "/ip4/192.168.1.5/tcp/3", "/ip6/fe80::1/tcp/4",
            "/ip6/fd00::1/tcp/5", "/memory/7",
        ].map { Multiaddr.test($0) }
        let link = interface([("192.168.1.5", 24), ("fe80::1", 64), ("fd00::1", 64)])
        #expect(
            LinkAddresses.own(listening, on: link, limit: 8).map(\.description) == [
                "/ip4/192.168.1.5/tcp/3", "/ip6/fd00::1/tcp/5",
            ])
        #expect(LinkAddresses.own(listening, on: link, limit: 1).count == 1)
        let loopback = interface([("127.0.0.1", 8)], isLoopback: true)
        #expect(LinkAddresses.own(listening, on: loopback, limit: 8).map(\.description) == ["/ip4/127.0.0.1/tcp/1"])
    }
}

@Suite("Whom to dial") struct DialPlanTests {
    private func takeDue(_ plan: inout DialPlan, connected: Int, _ now: Instant) -> [PeerID] {
        plan.takeDue(connected: connected, now)
    }

    private let peers = (1...100).map { Samples.peer($0) }.sorted()

    private func plan(
        _ local: PeerID, _ change: (inout LocalDiscoveryConfiguration) -> Void = { _ in }
    ) -> DialPlan {
        var configuration = LocalDiscoveryConfiguration()
        change(&configuration)
        return DialPlan(localPeer: local, configuration: configuration, now: Samples.start)
    }

    @Test("the lesser id dials at once, the greater one a second later")
    func order() {
        var plan = plan(peers[1])
        plan.found(peers[0], isConnected: false, Samples.start)
        plan.found(peers[2], isConnected: false, Samples.start)
        plan.found(peers[3], isConnected: true, Samples.start)
        #expect(takeDue(&plan, connected: 1, Samples.start) == [peers[2]])
        #expect(plan.nextDeadline(connected: 1) == Samples.start + .seconds(1))
        plan.connected(peers[0])
        #expect(takeDue(&plan, connected: 2, Samples.start + .seconds(2)).isEmpty, "it has dialed us meanwhile")
    }

    @Test("what fails is tried ever more seldom, and at once when it has moved")
    func retries() {
        var plan = plan(peers[0])
        plan.found(peers[1], isConnected: false, Samples.start)
        var now = Samples.start
        var waits: [Int64] = []
        for _ in 0..<9 {
            #expect(takeDue(&plan, connected: 0, now) == [peers[1]])
            plan.dialed(peers[1], isConnected: false, now)
            let next = plan.nextDeadline(connected: 0) ?? .distantFuture
            waits.append((next - now).millisecondsClamped / 1000)
            now = next
        }
        #expect(waits == [5, 10, 20, 40, 80, 160, 300, 300, 300])
        _ = plan.takeDue(connected: 0, now)
        plan.dialed(peers[1], isConnected: false, now)
        plan.moved(peers[1], now)
        #expect(plan.nextDeadline(connected: 0) == now + .seconds(1))
        plan.lost(peers[1])
        #expect(plan.nextDeadline(connected: 0) == nil)
    }

    @Test("a connection that broke is made anew, one that was closed on purpose is not")
    func redials() {
        var plan = plan(peers[0])
        plan.found(peers[1], isConnected: true, Samples.start)
        plan.disconnected(peers[1], wasWanted: true, Samples.start)
        #expect(plan.nextDeadline(connected: 0) == nil)
        plan.disconnected(peers[1], wasWanted: false, Samples.start)
        #expect(plan.nextDeadline(connected: 0) == Samples.start + .seconds(5))
        plan.disconnected(peers[2], wasWanted: false, Samples.start)
        #expect(takeDue(&plan, connected: 0, Samples.start + .seconds(60)) == [peers[1]], "strangers are none of ours")
    }

    @Test("so many at a time, so many a second, and none beyond so many connections")
    func budget() {
        var plan = plan(peers[0])
        for peer in peers.dropFirst() { plan.found(peer, isConnected: false, Samples.start) }
        var now = Samples.start
        var dialed = 0
        while now < Samples.start + .seconds(10) {
            let due = plan.takeDue(connected: 0, now)
            #expect(due.count <= 4)
            dialed += due.count
            for peer in due { plan.dialed(peer, isConnected: true, now) }
            now += .milliseconds(50)
        }
        #expect(dialed <= 16 + 40 + 1 && dialed > 40)
        var full = self.plan(peers[0])
        for peer in peers.dropFirst() { full.found(peer, isConnected: false, Samples.start) }
        #expect(takeDue(&full, connected: 62, Samples.start).count == 2)
        #expect(takeDue(&full, connected: 62, Samples.start).isEmpty)
        #expect(full.nextDeadline(connected: 62) == nil)
    }
}
