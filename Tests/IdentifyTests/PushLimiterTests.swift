import Identify
import Identity
import Multiformats
import TestSupport
import Testing
import Time

@Suite("The limit of pushes")
struct PushLimiterTests {
    private let start = Instant(nanoseconds: 1_000_000_000)

    private func limiter() -> PushLimiter {
        PushLimiter(rate: 0.2, burst: 10, totalRate: 2000, now: start)
    }

    /// identify push flood.
    @Test("a burst, then one in five seconds")
    func rate() {
        var limiter = limiter()
        let (peer, address) = (KeyPair.test(1).peerID, Multiaddr.test("/ip4/192.0.2.1/tcp/1"))
        var taken = 0
        // A thousand a second, for a hundred seconds.
        for millisecond in 0..<100_000
        where limiter.admit(peer, at: address, now: start + .milliseconds(millisecond)) {
            taken += 1
        }
        #expect((29...30) ~= taken)
    }

    @Test(
        "neighbours on the internet count together, machines of a local network for themselves",
        arguments: [
            (["/ip4/192.0.2.1/tcp/1", "/ip4/192.0.2.200/tcp/1"], 10),
            (["/ip4/192.0.2.1/tcp/1", "/ip4/192.0.3.1/tcp/1"], 20),
            (["/ip6/2001:db8::1/tcp/1", "/ip6/2001:db8:0:ff::1/tcp/1"], 10),
            (["/ip6/2001:db8::1/tcp/1", "/ip6/2001:db8:0:100::1/tcp/1"], 20),
            (["/ip4/10.0.0.1/tcp/1", "/ip4/10.0.0.2/tcp/1"], 20),
            (["/ip4/127.0.0.1/tcp/1", "/ip4/127.0.0.1/tcp/2", "/memory/1"], 30),
        ])
    func groups(addresses: [String], expected: Int) {
        var limiter = limiter()
        var taken = 0
        for index in 0..<100 {
            let number = index % addresses.count
            let peer = KeyPair.test(UInt8(number + 1)).peerID
            if limiter.admit(peer, at: .test(addresses[number]), now: start) { taken += 1 }
        }
        #expect(taken == expected)
    }

    @Test("everybody together has a limit too, and so has what is remembered")
    func total() {
        var limiter = limiter()
        let peer = KeyPair.test(1).peerID
        var taken = 0
        for index in 0..<40_000 {
            let group = index / 10
            let address = Multiaddr.test("/ip4/198.\(20 + group / 250).\(group % 250).1/tcp/1")
            if limiter.admit(peer, at: address, now: start) { taken += 1 }
        }
        #expect(taken == 2000)
        // An hour later all are forgotten, and everything is as at the start.
        let isTaken = limiter.admit(peer, at: .test("/ip4/192.0.2.1/tcp/1"), now: start + .seconds(3600))
        #expect(isTaken)
    }
}
