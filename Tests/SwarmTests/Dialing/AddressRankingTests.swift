import Multiformats
import Reactor
import TestSupport
import Testing

@testable import Swarm

@Suite("Address ranking")
struct AddressRankingTests {
    private func candidate(_ text: String) -> DialCandidate {
        let address = Multiaddr.test(text)
        guard case .socket(let socket) = TransportAddress(address) else { preconditionFailure("\(text) is a name") }
        return DialCandidate(origin: address, address: address, target: socket)
    }

    @Test("nearest first, IPv6 and IPv4 in turn, each target once")
    func order() {
        let given = [
            "/ip4/198.51.100.1/tcp/1", "/ip4/198.51.100.2/tcp/1", "/ip6/2001:db8::1/tcp/1", "/ip4/192.168.0.9/tcp/1",
            "/ip4/127.0.0.1/tcp/1", "/memory/5", "/ip4/198.51.100.1/tcp/1", "/ip6/fd00::1/tcp/1",
        ]
        let ranked = AddressRanking.rank(given.map(candidate)).map(\.address.description)
        #expect(
            ranked == [
                "/memory/5", "/ip4/127.0.0.1/tcp/1", "/ip6/fd00::1/tcp/1", "/ip4/192.168.0.9/tcp/1",
                "/ip6/2001:db8::1/tcp/1", "/ip4/198.51.100.1/tcp/1", "/ip4/198.51.100.2/tcp/1",
            ])
    }

    @Test(
        "what nobody can dial has no reach",
        arguments: [
            "/ip4/127.0.0.1/tcp/0", "/ip4/0.0.0.0/tcp/1", "/ip6/::/tcp/1", "/ip4/224.0.0.1/tcp/1",
            "/ip4/255.255.255.255/tcp/1", "/ip6/ff02::1/tcp/1", "/memory/0", "/dns4/example.org/tcp/0",
        ])
    func undialable(_ text: String) {
        #expect(AddressScope(.test(text)) == nil)
    }

    @Test(
        "reach of hosts",
        arguments: [
            ("/ip4/10.1.2.3/tcp/1", AddressScope.site), ("/ip4/172.31.0.1/tcp/1", .site),
            ("/ip4/172.32.0.1/tcp/1", .global), ("/ip4/100.64.0.1/tcp/1", .site), ("/ip4/169.254.0.1/tcp/1", .site),
            ("/ip6/::ffff:10.0.0.1/tcp/1", .site), ("/ip6/::1/tcp/1", .loopback), ("/ip6/fe80::1/tcp/1", .site),
            ("/ip4/127.9.9.9/tcp/1", .loopback), ("/dns/example.org/tcp/1", .global),
        ])
    func reach(_ text: String, _ scope: AddressScope) {
        #expect(AddressScope(.test(text)) == scope)
    }

    @Test("shapes without a transport", arguments: ["/ip4/1.2.3.4/udp/1/quic-v1", "/ip4/1.2.3.4/tcp/1/ws", "/tcp/1"])
    func unsupported(_ text: String) {
        #expect(TransportAddress(.test(text)) == nil)
    }

    @Test(
        "an address of the socket and back",
        arguments: ["/ip4/192.0.2.1/tcp/4001", "/ip6/2001:db8::1/tcp/1", "/memory/7"])
    func roundTrip(_ text: String) {
        guard case .socket(let socket) = TransportAddress(.test(text)) else { return #expect(Bool(false)) }
        #expect(Multiaddr(socket)?.description == text)
    }
}
