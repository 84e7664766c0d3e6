import Foundation
import TestSupport
import Testing

@testable import Multiformats

/// Damaged bytes and text for everything here that reads what peers send. `LINNET_FUZZ_ROUNDS` asks for more rounds.
@Suite struct FuzzTests {
    private static let rounds = ProcessInfo.processInfo.environment["LINNET_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 40_000

    private static let texts = [
        "/ip4/127.0.0.1/tcp/4001/p2p/12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo",
        "/ip6/fe80::1/udp/1/quic-v1/webtransport", "/dns4/example.org/tcp/443/wss", "/ip6zone/eth0/ip6/::1/tcp/1",
        "/unix/a/b", "/onion3/vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd:1234",
        "/ip4/1.2.3.4/tcp/1/http-path/a%2Fb", "/memory/5",
    ]

    /// CVE-2020-35909: panic on a bad digest length. What is read gives its bytes back, and its text reads the same.
    @Test func damagedValuesReadBackOrNotAtAll() throws {
        var random = SplitMix64(seed: 35_909)
        let multihash = [0x12, 0x20] + [UInt8](repeating: 7, count: 32)
        let inline = hex("00240801 1220") + [UInt8](repeating: 9, count: 32)
        let addresses = try Self.texts.map { try Multiaddr($0).bytes }
        for round in 0..<Self.rounds {
            let digest = random.mutate(round.isMultiple(of: 2) ? multihash : inline)
            if let value = try? Multihash(decoding: digest) { #expect(value.bytes == digest) }
            let content = random.mutate([1, 0x55] + multihash)
            if let value = try? CID(bytes: content) { #expect(value.bytes == content) }
            let bytes = random.mutate(addresses[round % addresses.count])
            if let value = try? Multiaddr(bytes: bytes) {
                #expect(value.bytes == bytes)
                #expect(try Multiaddr(value.description) == value)
                #expect(value.components.count < 1024 && (value.peerIDBytes?.count ?? 0) < 1024)
            }
            let text = random.mutate(Array(Self.texts[round % Self.texts.count].utf8))
            if let value = try? Multiaddr(String(decoding: text, as: UTF8.self)) {
                #expect(try Multiaddr(bytes: value.bytes) == value)
            }
        }
    }
}
