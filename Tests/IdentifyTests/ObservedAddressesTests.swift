import Identify
import Multiformats
import TestSupport
import Testing

@Suite("Our address as others see it")
struct ObservedAddressesTests {
    private let listening = [Multiaddr.test("/ip4/10.0.0.1/tcp/4001")]
    private let outside = Multiaddr.test("/ip4/203.0.113.9/tcp/4001")

    private func observe(
        _ addresses: inout ObservedAddresses, _ connection: Int, from remote: String,
        local: String = "/ip4/10.0.0.1/tcp/4001", as observed: String = "/ip4/203.0.113.9/tcp/4001"
    ) {
        addresses.observe(
            .test(observed), over: UInt64(connection), local: .test(local), remote: .test(remote),
            listenAddresses: listening)
    }

    /// observed-address poisoning.
    @Test("four observers are believed, three liars are not")
    func threshold() {
        var addresses = ObservedAddresses(observersToActivate: 4)
        for number in 1...3 {
            observe(&addresses, number, from: "/ip4/198.51.100.\(number)/tcp/1")
            #expect(addresses.active == [])
        }
        observe(&addresses, 4, from: "/ip4/198.51.100.4/tcp/1")
        #expect(addresses.active == [outside])
    }

    /// observed-address poisoning: four of one address count once.
    @Test("four observers at one address count once")
    func oneLiarWithManyPeers() {
        var addresses = ObservedAddresses(observersToActivate: 4)
        for number in 1...40 { observe(&addresses, number, from: "/ip4/198.51.100.1/tcp/\(number)") }
        for number in 41...80 { observe(&addresses, number, from: "/ip6/2001:db8::\(number)/tcp/\(number)") }
        #expect(addresses.active == [])
    }

    @Test("only connections of the listening port count, and only addresses that reach everywhere")
    func irrelevant() {
        var addresses = ObservedAddresses(observersToActivate: 1)
        observe(&addresses, 1, from: "/ip4/198.51.100.1/tcp/1", local: "/ip4/10.0.0.1/tcp/50000")
        let useless = [
            "/ip4/10.0.0.7/tcp/4001", "/ip4/127.0.0.1/tcp/4001", "/ip4/0.0.0.0/tcp/4001", "/ip4/203.0.113.9/tcp/0",
            "/ip4/203.0.113.9/udp/4001/quic-v1", "/dns4/example.org/tcp/4001", "/memory/5", "/ip4/203.0.113.9",
        ]
        for (number, text) in useless.enumerated() {
            observe(&addresses, number + 2, from: "/ip4/198.51.100.\(number + 2)/tcp/1", as: text)
        }
        #expect(addresses.active == [])
        observe(&addresses, 99, from: "/memory/4")
        #expect(addresses.active == [])
        observe(&addresses, 100, from: "/ip4/198.51.100.100/tcp/1")
        #expect(addresses.active == [outside])
    }

    @Test("believed until nobody says so any more; a later word replaces an earlier one")
    func ending() {
        var addresses = ObservedAddresses(observersToActivate: 2)
        observe(&addresses, 1, from: "/ip4/198.51.100.1/tcp/1")
        observe(&addresses, 2, from: "/ip4/198.51.100.2/tcp/1")
        #expect(addresses.active == [outside])
        addresses.connectionClosed(1)
        #expect(addresses.active == [outside])
        observe(&addresses, 2, from: "/ip4/198.51.100.2/tcp/1", as: "/ip4/203.0.113.10/tcp/4001")
        #expect(addresses.active == [])
    }

    @Test("at most three addresses for one that we listen on")
    func bound() {
        var addresses = ObservedAddresses(observersToActivate: 1)
        for number in 1...50 {
            observe(
                &addresses, number, from: "/ip4/198.51.100.\(number)/tcp/1", as: "/ip4/203.0.113.\(number)/tcp/4001")
        }
        #expect(addresses.active.count == 3)
    }
}
