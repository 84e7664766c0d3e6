import Multiformats
import TestSupport
import Testing

@Suite struct MultiaddrCompositionTests {
    static let a = "/p2p/" + Vectors.text("A.peerid_b58")
    static let b = "/p2p/" + Vectors.text("B.peerid_b58")

    @Test func componentsTellCodeValueAndText() throws {
        let components = try Multiaddr("/ip4/192.0.2.1/tcp/4001/ws").components
        #expect(components.map(\.code) == [.ip4, .tcp, .ws])
        #expect(components.map(\.value) == [[192, 0, 2, 1], [0x0f, 0xa1], []])
        #expect(components.map(\.text) == ["192.0.2.1", "4001", ""])
        #expect(components.map(\.description) == ["/ip4/192.0.2.1", "/tcp/4001", "/ws"])
        #expect(try Multiaddr(components).description == "/ip4/192.0.2.1/tcp/4001/ws")
    }

    @Test func componentsAreChecked() throws {
        #expect(try Multiaddr.Component(.tcp, "80").value == [0, 80])
        #expect(try Multiaddr.Component(code: .ip4, value: [1, 2, 3, 4]).text == "1.2.3.4")
        #expect(throws: MultiaddrError.self) { try Multiaddr.Component(code: .ip4, value: [1, 2, 3]) }
        #expect(throws: MultiaddrError.self) { try Multiaddr.Component(code: .tcp) }
        #expect(throws: MultiaddrError.self) { try Multiaddr.Component(.tcp, "http") }
        #expect(throws: MultiaddrError.self) { try Multiaddr.Component(.ws, "x") }
        #expect(throws: MultiaddrError.self) { try Multiaddr([]) }
        let unix = try Multiaddr.Component(.unix, "/a")
        #expect(throws: MultiaddrError.self) { try Multiaddr([unix, .init(.tcp, "1")]) }
    }

    @Test func encapsulation() throws {
        let base = try Multiaddr("/ip4/127.0.0.1/tcp/4001")
        let whole = base.encapsulating(try Multiaddr("/ws" + Self.a))
        #expect(whole.description == "/ip4/127.0.0.1/tcp/4001/ws\(Self.a)")
        #expect(base.appending(try .init(code: .ws)) == whole.decapsulating(try Multiaddr(Self.a)))
    }

    @Test(arguments: [
        ("/ip4/1.2.3.4/tcp/1/ip4/1.2.3.4/tcp/1", "/ip4/1.2.3.4", "/ip4/1.2.3.4/tcp/1"),
        ("/ip4/1.2.3.4/tcp/1/ip4/1.2.3.4/tcp/1", "/tcp/1", "/ip4/1.2.3.4/tcp/1/ip4/1.2.3.4"),
        ("/ip4/1.2.3.4/tcp/1/ws", "/tcp/1", "/ip4/1.2.3.4"),
        ("/ip4/1.2.3.4/tcp/1", "/tcp/2", "/ip4/1.2.3.4/tcp/1"),
        ("/ip4/1.2.3.4/tcp/1", "/ip4/1.2.3.4/tcp/1/ws", "/ip4/1.2.3.4/tcp/1"),
        ("/ip4/1.2.3.4/tcp/1", "/ip4/1.2.3.4", nil),
        ("/ip4/1.2.3.4/tcp/1", "/ip4/1.2.3.4/tcp/1", nil),
    ])
    func decapsulation(address: String, suffix: String, rest: String?) throws {
        #expect(try Multiaddr(address).decapsulating(Multiaddr(suffix))?.description == rest)
    }

    @Test func decapsulationKeepsToComponents() throws {
        // The bytes of /tcp/1 occur inside the address, across two components.
        let address = try Multiaddr("/ip4/1.2.3.6/dns/b")
        #expect(address.decapsulating(try Multiaddr("/tcp/13569")) == address)
    }

    @Test func theFinalPeerCounts() throws {
        let tcp = "/ip4/1.2.3.4/tcp/1"
        let plain = try Multiaddr(tcp)
        #expect(plain.peerIDBytes == nil)
        #expect(plain.withoutPeerID() == plain)
        let direct = try Multiaddr(tcp + Self.a)
        #expect(direct.peerIDBytes == Vectors.bytes("A.peerid_bytes"))
        #expect(direct.withoutPeerID() == plain)
        let relayed = try Multiaddr(tcp + Self.a + "/p2p-circuit" + Self.b)
        #expect(relayed.peerIDBytes == Vectors.bytes("B.peerid_bytes"))
        #expect(relayed.withoutPeerID()?.description == tcp + Self.a + "/p2p-circuit")
        #expect(relayed.withoutPeerID()?.peerIDBytes == nil)
        #expect(try Multiaddr(Self.a).withoutPeerID() == nil)
    }

    @Test func damagedBytesReadBackFromTheirText() throws {
        var random = SplitMix64(seed: 1)
        let seeds = try [
            "/ip4/192.0.2.1/udp/4001/quic-v1" + Self.a + "/p2p-circuit" + Self.b, "/ip6/2001:db8::1/tcp/4001/ws",
            "/dns4/example.com/tcp/443/tls/sni/example.com/wss", "/unix/a/b/c", "/ip6zone/x/ip6/fe80::1/tcp/1/noise",
            "/onion/aaimaq4ygg2iegci:80", "/memory/4/http-path/foo%2F",
            "/garlic32/566niximlxdzpanmn4qouucvua3k7neniwss47li5r6ugoertzuq",
            "/udp/1/webrtc-direct/certhash/uEiAkH5a4DPGKUuOBjYw0CgwjvcJCJMD2K_1aluKR_tpevQ",
        ].map { try Multiaddr($0).bytes }
        for round in 0..<40_000 {
            let damaged = random.mutate(seeds[round % seeds.count])
            guard let address = try? Multiaddr(bytes: damaged) else { continue }
            if (try? Multiaddr(address.description)) != address {
                Issue.record("\(damaged.hex) does not read back from \(address)")
            }
        }
    }

    @Test func damagedTextReadsBackFromItsBytes() throws {
        var random = SplitMix64(seed: 2)
        let seeds = [
            "/ip4/192.0.2.1/udp/4001/quic-v1\(Self.a)/p2p-circuit", "/ip6/2001:db8::ffff:1.2.3.4/tcp/4001/ws/",
            "/dns4/example.com/tcp/443/tls/sni/example.com/wss", "/unix/a/b/c", "/http/http-path/a%2Fb",
        ].map { Array($0.utf8) }
        for round in 0..<40_000 {
            let damaged = String(decoding: random.mutate(seeds[round % seeds.count]), as: UTF8.self)
            guard let address = try? Multiaddr(damaged) else { continue }
            let back = try? Multiaddr(bytes: address.bytes)
            if back != address || (try? Multiaddr(address.description)) != address {
                Issue.record("\(damaged) reads as \(address), and that as something else")
            }
        }
    }
}
