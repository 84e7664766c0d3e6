import Reactor
import Testing

@Suite struct AddressTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "0.0.0.0"), ("2001:DB8:0:0:0::1", "2001:db8::1"), ("::", "::"),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.1"), ("fe80::1%1", "fe80::1%1"), ("fe80::1%4000000", "fe80::1%4000000"),
    ]) func parsesAndPrints(text: String, canonical: String) throws {
        #expect(try #require(IPAddress(text)).description == canonical)
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "localhost", ":::", "1.2.3.4\0", "fe80::1%", "fe80::1%x y",
    ])
    func refusesWhatIsNoAddress(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func knowsItsKind() throws {
        #expect(IPAddress.loopback4.isLoopback && IPAddress.loopback6.isLoopback)
        #expect(IPAddress.any4.isUnspecified && IPAddress.any6.isUnspecified && !IPAddress.loopback6.isUnspecified)
        #expect(try #require(IPAddress("169.254.1.1")).isLinkLocal && #require(IPAddress("febf::1")).isLinkLocal)
        #expect(try !#require(IPAddress("fec0::1")).isLinkLocal)
        #expect(IPAddress(bytes: [1, 2, 3]) == nil && IPAddress(bytes: [1, 2, 3, 4])?.family == .ipv4)
    }

    @Test func socketAddressesPrintAsTheyAreWritten() {
        #expect(SocketAddress("192.0.2.1", port: 4001)?.description == "192.0.2.1:4001")
        #expect(SocketAddress("2001:db8::1", port: 4001)?.description == "[2001:db8::1]:4001")
        #expect(SocketAddress("example.org", port: 1) == nil)
        #expect(SocketAddress.memory(7).description == "memory:7" && SocketAddress.memory(7).ip == nil)
    }

    @Test func errorsSayWhatTheSystemSaid() {
        #expect(NetworkError(errno: 111) == .refused)
        #expect(NetworkError(errno: 24) == .tooManyFiles)
        #expect(NetworkError(errno: 22).description == "Invalid argument")
    }
}
