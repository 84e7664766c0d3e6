import Crypto
import Identity
import Multiformats
import TestSupport
import Testing

@Suite struct PeerIDTests {
    @Test(arguments: [
        ("spec ED25519 public key", "12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq"),
        ("spec secp256k1 public key", "16Uiu2HAmLhLvBoYaoZfaMUKuibM6ac163GwKY74c5kiSLg5KvLpY"),
        ("spec ECDSA public key", "QmVMT29id3TUASyfZZ6k9hmNyc2nYabCo4uMSpDw4zrgDk"),
        ("spec rsa public key", "QmaeANgBs1DTSxWSrPPtobgQuxW8XTfsS4ydbK4rCHzqxG"),
        ("go_fixture_0/pub", "QmcW3oMdSqoEcjbyd51auqC23vhKX6BqfcZcY2HJ3sKAZR"),
        ("go_fixture_2/pub", "16Uiu2HAky1YnjeGryCtGu69pvjeHXSwTHUgDNFF4zxtD5WrCPury"),
    ]) func ofPublishedKeys(key: String, text: String) throws {
        let key = try PublicKey(protobuf: Vectors.bytes(key))
        let id = key.peerID
        #expect(id.description == text)
        #expect(try PeerID(text) == id)
        #expect(try PeerID(bytes: id.bytes) == id)
        #expect(try PeerID(id.cidText) == id)
        #expect(id.publicKey == (key.protobuf.count <= 42 ? key : nil))
    }

    @Test func publishedTexts() throws {
        let a = try PeerID(Vectors.text("A.peerid_b58"))
        #expect(a.bytes == Vectors.bytes("A.peerid_bytes"))
        #expect(a.cidText == Vectors.text("A.peerid_cidv1_b32"))
        for name in ["secp256k1(spec)", "ecdsa(spec)"] {
            let id = try PeerID(Vectors.text("peerid \(name) b58"))
            #expect(id.bytes == Vectors.bytes("peerid \(name) bytes"))
            #expect(id.cidText == Vectors.text("peerid \(name) cid"))
            #expect(try PeerID(Vectors.text("peerid \(name) cid")) == id)
        }
        let spec = try PeerID("bafzbeie5745rpv2m6tjyuugywy4d5ewrqgqqhfnf445he3omzpjbx5xqxe")
        #expect(spec.description == "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N")
        #expect(try PeerID("12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA").publicKey?.type == .ed25519)
    }

    @Test func anyMultibaseIsRead() throws {
        for name in ["A.peerid_b58", "peerid ecdsa(spec) b58"] {
            let id = try PeerID(Vectors.text(name))
            for base in [Multibase.base32, .base32Upper, .base36, .base58BTC, .base16, .base64URL] {
                #expect(try PeerID(base.encode([0x01, 0x72] + id.bytes)) == id)
            }
            #expect(Multibase.base36.encode([0x01, 0x72] + id.bytes).hasPrefix(name.hasPrefix("A") ? "k51q" : "k2k4"))
        }
    }

    @Test func otherTextsAreRefused() throws {
        let id = try PeerID(Vectors.text("A.peerid_b58"))
        let text = id.description
        let refused = [
            "", "1", "Q", "Qm", " ", "peer", String(text.dropLast()), text + "1", "1" + text, text + " ", " " + text,
            "0" + text.dropFirst(), text.replacing("K", with: "0"), text + "\0",
            "bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq",  // a CID of raw data
            "z" + text,  // base58 of a multihash is no CID
            Multibase.base32.encode(id.bytes),
            Multibase.base32.encode([0x01, 0x70] + id.bytes),
            Multibase.base32.encode([0x02, 0x72] + id.bytes),
            Multibase.base32.encode([0x01, 0x72] + id.bytes + [0]),
            Base58.encode([0x12, 0x20] + [UInt8](repeating: 1, count: 31)),
            Base58.encode([0x11, 0x14] + [UInt8](repeating: 1, count: 20)),
            Base58.encode([0x13, 0x40] + [UInt8](repeating: 1, count: 64)),
            String(repeating: "1", count: 1_000_000), String(repeating: "b", count: 1_000_000), "k51é",
        ]
        for text in refused {
            #expect(throws: IdentityError.self, "\(text.prefix(80))") { try PeerID(text) }
        }
    }

    @Test func otherBytesAreRefused() {
        let id = Vectors.bytes("A.peerid_bytes")
        for count in 0..<id.count { #expect(throws: IdentityError.self) { try PeerID(bytes: Array(id.prefix(count))) } }
        let inlined = Array(id.dropFirst(2))
        let refused: [[UInt8]] = [
            id + [0], [0x00, 0x20] + Vectors.bytes("A.pub"), [0x80, 0x00, 0x24] + inlined,
            [0x00, 0xa4, 0x00] + inlined,
            [0x12, 0x24] + inlined, [0x00, 0x00], [0x12, 0x1f] + [UInt8](repeating: 1, count: 31),
            [0x12, 0x21] + [UInt8](repeating: 1, count: 33),
            [0x00, 0x25, 0x08, 0x02, 0x12, 0x21, 0x04] + [UInt8](repeating: 1, count: 32),
            [0x00, 0x24, 0x08, 0x00, 0x12, 0x20] + Vectors.bytes("A.pub"),
            [UInt8](repeating: 0, count: 38), [UInt8](repeating: 0xff, count: 34),
            [UInt8](repeating: 0, count: 1 << 16),
        ]
        for bytes in refused { #expect(throws: IdentityError.self) { try PeerID(bytes: bytes) } }
    }

    @Test func readingInjuredIdsNeverTraps() throws {
        var random = SeededRandom(seed: 14)
        let seeds = ["A.peerid_bytes", "peerid secp256k1(spec) bytes", "peerid ecdsa(spec) bytes"].map {
            Vectors.bytes($0)
        }
        let texts = ["A.peerid_b58", "peerid ecdsa(spec) b58", "peerid ecdsa(spec) cid", "A.peerid_cidv1_b32"]
            .map { Array(Vectors.text($0).utf8) }
        for round in 0..<20_000 {
            if let id = try? PeerID(bytes: random.mutated(seeds[round % seeds.count])) {
                #expect((id.publicKey == nil) == (id.bytes.count == 34))
                if let key = id.publicKey { #expect(key.peerID == id) }
            }
            let text = String(decoding: random.mutated(texts[round % texts.count]), as: UTF8.self)
            if let id = try? PeerID(text) {
                #expect(try PeerID(id.description) == id)
                #expect(try PeerID(id.cidText) == id)
            }
        }
    }

    @Test func theOrderIsThatOfTheBytes() throws {
        var random = SeededRandom(seed: 15)
        let ids = (0..<100).map { _ in KeyPair(seed: SecretBytes(copying: random.bytes(32))).peerID }
        let sorted = ids.sorted()
        for (left, right) in zip(sorted, sorted.dropFirst()) {
            #expect(left < right && !(right < left))
            #expect(left.bytes.hex < right.bytes.hex)
        }
        #expect(Set(ids).count == 100)
    }
}

@Suite struct MultiaddrPeerIDTests {
    @Test func theLastPeerIsTheOne() throws {
        let a = try PeerID(Vectors.text("A.peerid_b58"))
        let b = try PeerID(Vectors.text("B.peerid_b58"))
        let plain = try Multiaddr("/ip4/127.0.0.1/tcp/4001")
        #expect(plain.peerID == nil)
        let withPeer = plain.appending(peer: a)
        #expect(withPeer.bytes == Vectors.bytes("/ip4/127.0.0.1/tcp/4001/p2p/A"))
        #expect(withPeer.description == "/ip4/127.0.0.1/tcp/4001/p2p/\(a)")
        #expect(withPeer.peerID == a)
        #expect(withPeer.appending(peer: a) == withPeer)

        let relayed = try Multiaddr("/ip4/192.0.2.1/udp/4001/quic-v1/p2p/\(a)/p2p-circuit")
        #expect(relayed.peerID == nil)
        #expect(relayed.appending(peer: b).peerID == b)
        #expect(
            relayed.appending(peer: b).bytes
                == Vectors.bytes("/ip4/192.0.2.1/udp/4001/quic-v1/p2p/A/p2p-circuit/p2p/B"))
    }

    @Test func aPeerThatIsNoneIsNotNamed() throws {
        // A multihash that an address may carry, but that inlines no key.
        let address = try Multiaddr(bytes: hex("047f000001060fa1a5030300011f"))
        #expect(address.peerID == nil)
    }
}
