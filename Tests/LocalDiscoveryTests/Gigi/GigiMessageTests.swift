import Identity
import Multiformats
import TestSupport
import Testing
import Time
import Wire

@testable import LocalDiscovery

@Suite("gigi-dns messages") struct GigiMessageTests {
    private static let service = "09 5f676967692d646e73 04 5f756470 05 6c6f63616c 00"
    private static let peer = "12D3KooWPzjifM5tHHWrhyYZsGfKaAtPUxoAsdnmUnSdZ69xSoBQ"
    private static let text =
        "peer_id=\(peer) nickname=bob addr=/ip4/192.168.1.7/tcp/40001 caps=chat,file_sharing meta=os:linux"

    private static func datagram(_ text: String, timeToLive: UInt32 = 360, id: UInt16 = 7) -> [UInt8] {
        var strings: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            strings += [UInt8(rest.prefix(255).count)] + rest.prefix(255)
            rest = rest.dropFirst(255)
        }
        var bytes = hex("0000 8400 0000 0001 0000 0000" + service + "0010 0001")
        (bytes[0], bytes[1]) = (UInt8(id >> 8), UInt8(id & 0xff))
        bytes.appendBigEndian(timeToLive)
        bytes.appendBigEndian(UInt16(strings.count))
        return bytes + strings
    }

    private func read(_ text: String) throws -> GigiAnnouncement? {
        guard case .announcement(let received, _) = try GigiMessage(decoding: Self.datagram(text)) else { return nil }
        return received.announcement
    }

    @Test("the question")
    func pinnedQuestion() throws {
        let bytes = GigiMessage.question(id: 0x1234)
        #expect(bytes.hex == hex("1234 0000 0001 0000 0000 0000" + Self.service + "000c 0001").hex)
        #expect(try GigiMessage(decoding: bytes) == .question)
    }

    @Test("an announcement as gigi sends it")
    func foreignAnnouncement() throws {
        let told = try #require(try read(Self.text))
        #expect(told.peer.description == Self.peer)
        #expect(told.nickname == "bob")
        #expect(told.address == .test("/ip4/192.168.1.7/tcp/40001"))
        #expect(told.capabilities == ["chat", "file_sharing"])
        #expect(told.metadata == [.init(key: "os", value: "linux")])
        let bare = try #require(try read("peer_id=\(Self.peer) nickname=b addr=/ip4/10.0.0.1/tcp/1/p2p/\(Self.peer)"))
        #expect(bare.address == .test("/ip4/10.0.0.1/tcp/1") && bare.capabilities.isEmpty && bare.metadata.isEmpty)
        #expect(
            try read(Self.text + " version=9 flag colour=blue=green")?.nickname == "bob",
            "what is unknown is passed over")
    }

    @Test("our announcement: gigi's words, in gigi's order, then ours")
    func pinnedAnnouncement() throws {
        let identity = KeyPair.test(7)
        let told = GigiAnnouncement(
            peer: identity.peerID, nickname: "alice", address: .test("/ip4/10.0.0.7/tcp/4001"), capabilities: ["chat"],
            metadata: [.init(key: "os", value: "linux-of-some-considerable-age")])
        let bytes = try #require(
            GigiMessage.announcement(told, id: 9, timeToLive: 360, at: Samples.wall, by: identity))
        let start =
            "peer_id=\(identity.peerID) nickname=alice addr=/ip4/10.0.0.7/tcp/4001 caps=chat meta=os:linux-of-some-considerable-age"
            + " time=1767225600000"
        let signature = identity.sign(Array("linnet-gigi-dns:".utf8) + [0, 0, 1, 0x68] + Array(start.utf8))
        let text = start + " sig=" + Multibase.base64URL.encodeWithoutPrefix(signature)
        #expect(bytes.hex == Self.datagram(text, id: 9).hex)
        #expect(text.utf8.count > 255, "it takes two strings")
        guard case .announcement(let received, timeToLive: 360) = try GigiMessage(decoding: bytes) else {
            Issue.record("not read again")
            return
        }
        #expect(received.announcement == told)
        #expect(received.proof?.time == 1_767_225_600_000)
    }

    @Test("a nickname with blanks is shown to gigi with underscores, and told in full")
    func nicknames() throws {
        for nickname in ["Ada Lovelace", "Ærøskøbing", "名前 です", "a=b", "100%", "tab\there", " "] {
            let told = GigiAnnouncement(
                peer: KeyPair.test(7).peerID, nickname: nickname, address: .test("/ip4/10.0.0.7/tcp/4001"))
            let bytes = try #require(
                GigiMessage.announcement(told, id: 9, timeToLive: 1, at: Samples.wall, by: .test(7)))
            guard case .announcement(let received, _) = try GigiMessage(decoding: bytes) else { continue }
            #expect(received.announcement.nickname == nickname)
            #expect(!received.announcement.text.contains("nickname= "))
        }
        let text = GigiAnnouncement(
            peer: KeyPair.test(7).peerID, nickname: "Ada Lovelace", address: .test("/ip4/10.0.0.7/tcp/4001")
        ).text
        #expect(text.contains(" nickname=Ada_Lovelace "))
        #expect(text.hasSuffix(" nick=Ada%20Lovelace"))
    }

    @Test("what would be read as something else is not told")
    func injection() throws {
        let told = GigiAnnouncement(
            peer: KeyPair.test(7).peerID, nickname: "x addr=/ip4/6.6.6.6/tcp/1", address: .test("/ip4/10.0.0.7/tcp/1"),
            capabilities: ["ok", "a b", "c,d", ""],
            metadata: [.init(key: "k", value: "v w"), .init(key: "a:b", value: "c"), .init(key: "k2", value: "x:y")])
        let read = try #require(try read(told.text))
        #expect(read.address == told.address)
        #expect(read.capabilities == ["ok"])
        #expect(read.metadata == [.init(key: "k2", value: "x:y")])
    }

    @Test(
        "what is no announcement is refused",
        arguments: [
            ("nickname=b addr=/ip4/10.0.0.1/tcp/1", "peer_id"),
            ("peer_id=12D3 nickname=b addr=/ip4/10.0.0.1/tcp/1", "peer_id"),
            ("peer_id=\(peer) addr=/ip4/10.0.0.1/tcp/1", "nickname"),
            ("peer_id=\(peer) nickname= addr=/ip4/10.0.0.1/tcp/1", "nickname"),
            ("peer_id=\(peer) nickname=\(String(repeating: "n", count: 65)) addr=/ip4/10.0.0.1/tcp/1", "nickname"),
            ("peer_id=\(peer) nickname=b nick=%zz addr=/ip4/10.0.0.1/tcp/1", "nickname"),
            ("peer_id=\(peer) nickname=b", "addr"),
            ("peer_id=\(peer) nickname=b addr=10.0.0.1", "addr"),
            ("peer_id=\(peer) nickname=b addr=/p2p/\(peer)", "addr"),
            (
                "peer_id=\(peer) nickname=b "
                    + "addr=/ip4/10.0.0.1/tcp/1/p2p/12D3KooWHg5ykySsajSpP7rkL9hmaVfTaxmjT9ZUCPR4rwDvLwWY", "addr"
            ),
            ("peer_id=\(peer) nickname=b nickname=c addr=/ip4/10.0.0.1/tcp/1", "nickname"),
            ("\(text) sig=AAAA", "time"),
            ("\(text) time=1 sig=!!!!", "sig"),
            ("\(text) time=1 sig=AAAA more=1", "sig"),
        ])
    func refused(_ text: String, _ field: String) {
        #expect(throws: GigiError.malformedField(field)) { try GigiMessage(decoding: Self.datagram(text)) }
    }

    @Test("text that is too long or no UTF-8, and strings that end early")
    func malformed() {
        let long = Self.text + " x=" + String(repeating: "x", count: 4096)
        #expect(throws: GigiError.malformedText) { try GigiMessage(decoding: Self.datagram(long)) }
        var bytes = Self.datagram("peer_id=\u{7f}")
        bytes[bytes.count - 1] = 0xff
        #expect(throws: GigiError.malformedText) { try GigiMessage(decoding: bytes) }
        #expect(throws: GigiError.malformed(.truncated)) {
            try GigiMessage(
                decoding: hex("0000 8400 0000 0001 0000 0000" + Self.service + "0010 0001 00000001 0002 0561"))
        }
    }

    @Test("other names and other records are passed over")
    func other() throws {
        #expect(try GigiMessage(decoding: MDNSAdvertisement.question(known: [], unresolved: [])) == .other)
        #expect(try GigiMessage(decoding: Samples.answer(2, name: "x")) == .other)
    }

    @Test("nothing of a signed announcement can be changed")
    func forgery() throws {
        let identity = KeyPair.test(7)
        let told = GigiAnnouncement(
            peer: identity.peerID, nickname: "alice", address: .test("/ip4/10.0.0.7/tcp/4001"), capabilities: ["chat"])
        let text = GigiSignature.sign(told.text, timeToLive: 360, at: Samples.wall, by: identity)
        _ = try GigiMessage(decoding: Self.datagram(text))
        for forged in [
            text.replacing("nickname=alice", with: "nickname=mallory"), text.replacing("10.0.0.7", with: "10.0.0.6"),
            text.replacing("caps=chat", with: "caps=files"),
            text.replacing("time=1767225600000", with: "time=1767225600001"),
            text.replacing("peer_id=\(identity.peerID)", with: "peer_id=\(KeyPair.test(8).peerID)"),
        ] {
            #expect(forged != text)
            #expect(throws: GigiError.invalidSignature) { try GigiMessage(decoding: Self.datagram(forged)) }
        }
        #expect(throws: GigiError.invalidSignature, "a goodbye is signed, too") {
            try GigiMessage(decoding: Self.datagram(text, timeToLive: 0))
        }
    }

    @Test("injured announcements never crash, and none of them proves anything", arguments: 0..<8)
    func fuzz(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let identity = KeyPair.test(7)
        let told = GigiAnnouncement(
            peer: identity.peerID, nickname: "al ice", address: .test("/ip4/10.0.0.7/tcp/4001"), capabilities: ["chat"])
        let whole = try #require(
            GigiMessage.announcement(told, id: 9, timeToLive: 360, at: Samples.wall, by: identity))
        for _ in 0..<3000 {
            let bytes = random.mutated(random.next(below: 4) == 0 ? GigiMessage.question(id: 1) : whole)
            guard case .announcement(let received, _) = try? GigiMessage(decoding: bytes) else { continue }
            #expect(GigiAnnouncement.nicknameLength ~= received.announcement.nickname.utf8.count)
            if received.proof != nil {
                #expect(received.announcement == told, "only what the signature does not cover has changed")
            }
        }
        for _ in 0..<2000 {
            let text = random.mutated(Array(Self.text.utf8))
            _ = try? GigiAnnouncement.parse(text)
        }
    }
}
