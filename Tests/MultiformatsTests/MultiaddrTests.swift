import Multiformats
import TestSupport
import Testing

@Suite struct MultiaddrTests {
    static let a = Vectors.text("A.peerid_b58")
    static let b = Vectors.text("B.peerid_b58")
    static let garlic64 = Multiaddr.garlic64Text(count: 387)

    @Test(arguments: [
        ("/ip4/127.0.0.1/udp/1234", "047f000001910204d2"),
        ("/ip4/127.0.0.1/tcp/4321", "047f0000010610e1"),
        ("/ip4/127.0.0.1/udp/1234/ip4/127.0.0.1/tcp/4321", "047f000001910204d2047f0000010610e1"),
        ("/onion/aaimaq4ygg2iegci:80", "bc030010c0439831b48218480050"),
        (
            "/onion3/vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd:1234",
            "bd03adadec040be047f9658668b11a504f3155001f231a37f54c4476c07fb4cc139ed7e30304d2"
        ),
        (
            "/garlic32/566niximlxdzpanmn4qouucvua3k7neniwss47li5r6ugoertzuq",
            "bf0320efbcd45d0c5dc79781ac6f20ea5055a036afb48d45a52e7d68ec7d4338919e69"
        ),
        ("/ip4/192.0.2.42/tcp/443", "04c000022a0601bb"),
        ("/ip6/::1/udp/0", "29000000000000000000000000000000019102" + "0000"),
        ("/memory/4", "89060000000000000004"),
        ("/unix/a/b/c", "9003062f612f622f63"),
        ("/http-path/foo%2Fbar%20baz", "e1030b666f6f2f6261722062617a"),
        ("/p2p-circuit", "a202"),
    ])
    func vectors(text: String, bytes: String) throws {
        let address = try Multiaddr(text)
        #expect(address.bytes.hex == bytes)
        #expect(address.description == text)
        #expect(try Multiaddr(bytes: hex(bytes)) == address)
    }

    @Test(arguments: Vectors.names(prefix: "/"))
    func sharedVectors(name: String) throws {
        // In the file, the peers A and B stand by their letters.
        let text = name.split(separator: "/").map { $0 == "A" ? Self.a : $0 == "B" ? Self.b : String($0) }
            .map { "/" + $0 }.joined()
        let address = try Multiaddr(text)
        #expect(address.bytes == Vectors.bytes(name))
        #expect(try Multiaddr(bytes: Vectors.bytes(name)).description == text)
    }

    @Test(arguments: Vectors.names(prefix: "code "))
    func codes(name: String) throws {
        let code = try #require(MultiaddrCode.allCases.first { $0.name == name.dropFirst("code ".count) })
        #expect(UnsignedVarint.encode(code.rawValue) == Vectors.bytes(name))
    }

    @Test(arguments: [
        "/ip6zone/x/ip6/fe80::1/udp/1234/quic-v1", "/unix/a/b/c", "/ip4/127.0.0.1/tcp/127/tls/ws",
        "/ip4/127.0.0.1/tcp/443/tls/sni/example.com/http/http-path/foo", "/memory/4", "/tcp/0",
        "/ip4/0.0.0.0/ipcidr/8", "/ip6/2001:db8::/ipcidr/32", "/dns/example.com/udp/443/quic-v1/webtransport",
        "/ip4/1.2.3.4/udp/1/webrtc-direct/certhash/uEiAkH5a4DPGKUuOBjYw0CgwjvcJCJMD2K_1aluKR_tpevQ/p2p/\(a)",
        "/ip4/1.2.3.4/tcp/80/noise", "/ip4/1.2.3.4/sctp/1/dccp/2", "/ip4/1.2.3.4/udp/1/utp/udt",
        "/ip4/1.2.3.4/tcp/80/wss", "/ip4/1.2.3.4/tcp/80/https", "/ip4/1.2.3.4/udp/80/quic/webrtc",
        "/memory/18446744073709551615", "/unix//", "/unix/a/", "/p2p/\(a)", "/garlic64/\(garlic64)",
    ])
    func parsesAndPrintsTheSame(text: String) throws {
        let address = try Multiaddr(text)
        #expect(address.description == text)
        #expect(try Multiaddr(bytes: address.bytes) == address)
    }

    @Test(arguments: [
        (
            "/ip4/127.0.0.1/udp/1234/quic-v1/webtransport/certhash/b2uaraocy6yrdblb4sfptaddgimjmmpy",
            "/ip4/127.0.0.1/udp/1234/quic-v1/webtransport/certhash/u1QEQOFj2IjCsPJFfMAxmQxLGPw"
        ),
        ("/ip4/127.0.0.1/tcp/4001/", "/ip4/127.0.0.1/tcp/4001"),
        ("/ipfs/\(a)", "/p2p/\(a)"),
        ("/p2p/\(Vectors.text("A.peerid_cidv1_b32"))", "/p2p/\(a)"),
        ("/ip6/2001:DB8:0:0:0:0:0:1", "/ip6/2001:db8::1"),
        ("/tcp/00080", "/tcp/80"),
        ("/http-path/a%2fb~c", "/http-path/a%2Fb~c"),
        (
            "/p2p/bafzbeigvf25ytwc3akrijfecaotc74udrhcxzh2cx3we5qqnw5vgrei4bm",
            "/p2p/QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC"
        ),
    ])
    func printsTheCanonicalText(text: String, canonical: String) throws {
        #expect(try Multiaddr(text).description == canonical)
        #expect(try Multiaddr(canonical) == Multiaddr(text))
    }

    @Test func peerIDInBase36() throws {
        let address = try Multiaddr("/p2p/k51qzi5uqu5dhb6l8spkdx7yxafegfkee5by8h7lmjh2ehc2sgg34z7c15vzqs")
        #expect(address.peerIDBytes?.count == 38)
        #expect(address.description.hasPrefix("/p2p/12D3KooW"))
    }

    @Test(arguments: [
        ("", MultiaddrError.Code.empty, 0), ("/", .empty, 0), ("ip4/127.0.0.1", .missingSlash, 0),
        ("/ip4", .missingValue, 0), ("/ip4/", .missingValue, 0), ("/ip4/::1", .invalidValue, 0),
        ("/ip4/1.2.3", .invalidValue, 0), ("/ip4/1.2.3.256", .invalidValue, 0), ("/ip4/01.2.3.4", .invalidValue, 0),
        ("/ip4/1.2.3.4.5", .invalidValue, 0), ("/ip4/1.2.3.+4", .invalidValue, 0), ("/ip6", .missingValue, 0),
        ("/ip6/fe80::1%eth0", .invalidValue, 0), ("/udp/65536", .invalidValue, 0), ("/tcp/-1", .invalidValue, 0),
        ("/tcp/+1", .invalidValue, 0), ("/tcp/٤", .invalidValue, 0), ("/tcp/1 ", .invalidValue, 0),
        ("/quic-v1/65536", .unknownProtocol, 1), ("/ip6zone/", .missingValue, 0),
        ("/ip6zone//ip6/fe80::1", .missingValue, 0), ("/ip4/::/ipcidr/256", .invalidValue, 0),
        ("/ip6/::/ipcidr/256", .invalidValue, 1), ("/ip4/127.0.0.1/p2p", .missingValue, 1),
        ("/ip4/127.0.0.1/p2p/tcp", .invalidValue, 1), ("/unix", .missingValue, 0), ("/unix/", .missingValue, 0),
        ("/p2p/QmxoHT6iViN5xAjoz1VZ553cL31U9F94ht3QvWR1FrEbZY", .invalidValue, 0),
        ("/p2p/bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq", .invalidValue, 0),
        (
            "/ip4/127.0.0.1/udp/1234/quic-v1/webtransport/certhash/b2uaraocy6yrdblb4sfptaddgimjmmp", .invalidValue,
            4
        ),
        ("/ip4/127.0.0.1//tcp/1", .unknownProtocol, 1), ("//ip4/127.0.0.1", .unknownProtocol, 0),
        ("/ip4/127.0.0.1/tcp/1//", .unknownProtocol, 2), ("/IP4/127.0.0.1", .unknownProtocol, 0),
        ("/dns/", .missingValue, 0), ("/dns/a\u{7}b", .invalidValue, 0), ("/dns/a\0b", .invalidValue, 0),
        ("/onion/aaimaq4ygg2iegci", .invalidValue, 0), ("/onion/aaimaq4ygg2iegci:0", .invalidValue, 0),
        ("/onion/aaimaq4ygg2iegci:65536", .invalidValue, 0), ("/onion/aaimaq4ygg2iegc:80", .invalidValue, 0),
        ("/onion/9aimaq4ygg2iegci:80", .invalidValue, 0), ("/onion3/aaimaq4ygg2iegci:80", .invalidValue, 0),
        ("/garlic32/566niximlxdzpanmn4qouucvua3k7neniwss47li5r6ugoertzu", .invalidValue, 0),
        ("/garlic64/AAAA", .invalidValue, 0), ("/memory/18446744073709551616", .invalidValue, 0),
        ("/http-path/%2", .invalidValue, 0), ("/http-path/%zz", .invalidValue, 0), ("/tcp/", .missingValue, 0),
        ("/dns/\(String(repeating: "a", count: 256))", .invalidValue, 0),
        ("/unix/\(String(repeating: "a", count: 1100))", .tooLong, 0),
    ])
    func refusesText(text: String, code: MultiaddrError.Code, component: Int) {
        let error = #expect(throws: MultiaddrError.self) { try Multiaddr(text) }
        #expect(error?.code == code)
        #expect(error?.component == component)
    }

    @Test(arguments: [
        ("", MultiaddrError.Code.empty), ("04", .missingValue), ("047f0000", .missingValue), ("05", .unknownProtocol),
        ("047f00000105", .unknownProtocol), ("8400", .invalidValue), ("84000000", .invalidValue),
        ("35ffffffffffffffff7f", .missingValue), ("35ffffffff0f61", .missingValue), ("3500", .invalidValue),
        ("35ffffffffffffffffff01", .invalidValue), ("3502612f", .invalidValue), ("3502c328", .invalidValue),
        ("350100", .invalidValue), ("a50300", .invalidValue), ("a503021220", .invalidValue),
        ("a503020000", .invalidValue), ("a50304000100ff", .invalidValue), ("900301 61", .invalidValue),
        ("9003022f6106 0001", .invalidValue), ("d20302120a", .invalidValue), ("80", .missingValue),
    ])
    func refusesBytes(bytes: String, code: MultiaddrError.Code) {
        let error = #expect(throws: MultiaddrError.self) { try Multiaddr(bytes: hex(bytes)) }
        #expect(error?.code == code)
    }

    @Test func peerIDsAreWholeDigestsOrSmallKeys() throws {
        func address(_ code: MultihashCode, _ count: Int) throws -> Multiaddr {
            let id = try Multihash(code: code, digest: [UInt8](repeating: 8, count: count)).bytes
            return try Multiaddr([Multiaddr.Component(code: .p2p, value: id)])
        }
        #expect(throws: Never.self) { try address(.sha2256, 32) }
        #expect(throws: Never.self) { try address(.identity, 42) }
        #expect(throws: MultiaddrError.self) { try address(.sha2256, 31) }
        #expect(throws: MultiaddrError.self) { try address(.sha2256, 20) }
        #expect(throws: MultiaddrError.self) { try address(.identity, 43) }
        #expect(throws: MultiaddrError.self) { try address(.identity, 0) }
        #expect(throws: MultiaddrError.self) { try address(.sha2512, 64) }
    }

    @Test func lengthsAreBounded() throws {
        #expect(throws: MultiaddrError.self) { try Multiaddr(bytes: [UInt8](repeating: 0xa2, count: 1025)) }
        #expect(throws: MultiaddrError.self) { try Multiaddr("/" + String(repeating: "z", count: 1 << 20)) }
        let longest = try Multiaddr(String(repeating: "/p2p-circuit", count: 341))
        #expect(longest.components.count == 341)
        #expect(throws: MultiaddrError.self) { try Multiaddr(bytes: longest.bytes + longest.bytes) }
        #expect(throws: MultiaddrError.self) { try Multiaddr("/p2p/" + String(repeating: "1", count: 4000)) }
    }

    @Test func errorsShowTextHarmlessly() throws {
        let error = try #require(throws: MultiaddrError.self) { try Multiaddr("/\u{1b}[2J\u{202e}é") }
        #expect(error.description.utf8.allSatisfy { (0x20..<0x7f).contains($0) })
    }
}

extension Multiaddr {
    /// The text of an I2P destination of `count` bytes.
    static func garlic64Text(count: Int) -> String {
        let text = Multibase.base64.encodeWithoutPrefix([UInt8](repeating: 0xfb, count: count))
        return String(text.map { $0 == "+" ? "-" : $0 == "/" ? "~" : $0 })
    }
}
