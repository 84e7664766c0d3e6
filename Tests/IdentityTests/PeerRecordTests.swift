import Crypto
import Identity
import Multiformats
import TestSupport
import Testing
import Wire

@Suite struct PeerRecordTests {
    private let a = KeyPair(seed: SecretBytes(copying: Vectors.bytes("A.seed")))
    private let b = KeyPair(seed: SecretBytes(copying: Vectors.bytes("B.seed")))
    private let type: [UInt8] = [0x03, 0x01]

    /// A record's payload from raw parts, well formed or not.
    private func payload(peer: [UInt8], sequence: UInt64, addresses: [[UInt8]]) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.bytes(1, peer)
        writer.varint(2, sequence)
        for address in addresses { writer.message(3) { $0.bytes(1, address) } }
        return writer.bytes
    }

    private func sealed(_ payload: [UInt8], by key: KeyPair) -> [UInt8] {
        SignedEnvelope.seal(domain: "libp2p-peer-record", payloadType: type, payload: payload, key: key).encoded
    }

    @Test func thePublishedRecord() throws {
        let addresses = [try Multiaddr("/ip4/127.0.0.1/tcp/4001"), try Multiaddr("/ip4/192.0.2.1/udp/4001/quic-v1")]
        let record = PeerRecord(peerID: a.peerID, sequence: 1_700_000_000, addresses: addresses)
        #expect(record.seal(with: a).encoded == Vectors.bytes("peer_record envelope"))
        let opened = try PeerRecord.open(Vectors.bytes("peer_record envelope"))
        #expect(opened.record == record)
        #expect(opened.envelope.encoded == Vectors.bytes("peer_record envelope"))
        // The domain that the text of RFC 0003 still names.
        #expect(try PeerRecord.open(Vectors.bytes("legacy(rust) envelope")).record == record)
    }

    @Test func domainAndTypeBelongTogether() {
        let payload = Vectors.bytes("peer_record payload")
        let legacyType = Array("/libp2p/routing-state-record".utf8)
        for (domain, type) in [("libp2p-peer-record", legacyType), ("libp2p-routing-state", type)] {
            let envelope = SignedEnvelope.seal(domain: domain, payloadType: type, payload: payload, key: a)
            #expect(throws: IdentityError.invalidSignature) { try PeerRecord.open(envelope.encoded) }
        }
        let voucher = Vectors.bytes("voucher envelope")
        #expect(throws: IdentityError.unexpectedPayloadType([0x03, 0x02])) { try PeerRecord.open(voucher) }
    }

    /// RUSTSEC-2022-0009 · GHSA-wc36-xgcc-jwpr: B's record, signed by A.
    @Test func aRecordOfAnotherPeerIsRefused() throws {
        let address = try Multiaddr("/ip4/192.0.2.1/tcp/1").bytes
        let forged = sealed(payload(peer: b.peerID.bytes, sequence: 9, addresses: [address]), by: a)
        #expect(throws: IdentityError.recordOfAnotherPeer(record: b.peerID.bytes, signer: a.peerID)) {
            try PeerRecord.open(forged)
        }
        for peer in [[], [0x12, 0x20], a.peerID.bytes + [0], Array(a.peerID.bytes.dropLast())] {
            #expect(throws: IdentityError.recordOfAnotherPeer(record: peer, signer: a.peerID)) {
                try PeerRecord.open(sealed(payload(peer: peer, sequence: 9, addresses: []), by: a))
            }
        }
    }

    /// one bad address.
    @Test func oneBadAddressDoesNotCostTheOthers() throws {
        let good = try (1...4).map { try Multiaddr("/ip4/192.0.2.\($0)/tcp/4001") }
        var bytes = good.map(\.bytes)
        bytes.insert(hex("ffff7f01"), at: 1)
        bytes.insert([], at: 3)
        bytes.insert([UInt8](repeating: 4, count: 1025), at: 4)
        bytes.append(hex("047f0000"))
        let opened = try PeerRecord.open(sealed(payload(peer: a.peerID.bytes, sequence: 3, addresses: bytes), by: a))
        #expect(opened.record.addresses == good)
        // An address entry that is not even a message.
        let lax = payload(peer: a.peerID.bytes, sequence: 3, addresses: [good[0].bytes]) + hex("1805 1a020a05 1a00")
        #expect(try PeerRecord.open(sealed(lax, by: a)).record.addresses == [good[0]])
    }

    @Test func addressesAreBoundedAndToldOnce() throws {
        let many = try (0..<1000).map { try Multiaddr("/ip4/10.0.\($0 / 250).\($0 % 250)/tcp/4001") }
        let record = PeerRecord(peerID: a.peerID, sequence: 1, addresses: many + many)
        #expect(record.addresses == Array(many.prefix(PeerRecord.maximumAddressCount)))
        let bytes = payload(peer: a.peerID.bytes, sequence: 1, addresses: many.map(\.bytes))
        #expect(try PeerRecord.open(sealed(bytes, by: a)).record == record)
        let repeated = [UInt8](repeating: 0, count: 500).map { _ in many[0].bytes } + [many[1].bytes]
        #expect(
            try PeerRecord.open(sealed(payload(peer: a.peerID.bytes, sequence: 1, addresses: repeated), by: a))
                .record.addresses == [many[0], many[1]])
        // Thirty thousand empty entries cost nothing.
        let empty =
            payload(peer: a.peerID.bytes, sequence: 1, addresses: [])
            + [UInt8](repeating: 0, count: 60_000)
            .indices.map { $0 % 2 == 0 ? 0x1a : 0 }
        #expect(try PeerRecord.open(sealed(empty, by: a)).record.addresses.isEmpty)
    }

    @Test func addressesThatLeadToAnotherPeerAreDropped() throws {
        let plain = try Multiaddr("/ip4/192.0.2.1/tcp/1")
        let relayed = try Multiaddr("/ip4/192.0.2.9/tcp/1/p2p/\(b.peerID)/p2p-circuit")
        let addresses = [
            plain.appending(peer: b.peerID), plain.appending(peer: a.peerID), relayed,
            try Multiaddr("/p2p/\(a.peerID)"),
        ]
        let bytes = payload(peer: a.peerID.bytes, sequence: 1, addresses: addresses.map(\.bytes))
        #expect(try PeerRecord.open(sealed(bytes, by: a)).record.addresses == [plain, relayed])
    }

    @Test func everySequenceIsCarried() throws {
        for sequence in [0, 1, 127, 128, UInt64(Int64.max), .max] {
            let record = PeerRecord(peerID: b.peerID, sequence: sequence, addresses: [])
            #expect(try PeerRecord.open(record.seal(with: b).encoded).record == record)
        }
        // Neither sequence nor addresses: both have their defaults.
        var writer = ProtobufWriter()
        writer.bytes(1, b.peerID.bytes)
        #expect(try PeerRecord.open(sealed(writer.bytes, by: b)).record.sequence == 0)
    }

    /// Payloads are injured and then signed, so that the parser behind the signature is what is tried.
    @Test func readingInjuredRecordsNeverTraps() throws {
        var random = SeededRandom(seed: 16)
        let seed = Vectors.bytes("peer_record payload")
        for _ in 0..<5000 {
            let envelope = sealed(random.mutated(seed), by: a)
            if let opened = try? PeerRecord.open(envelope) {
                #expect(opened.record.peerID == a.peerID)
                #expect(opened.record.addresses.count <= PeerRecord.maximumAddressCount)
                #expect(try PeerRecord.open(opened.record.seal(with: a).encoded).record == opened.record)
            }
        }
        let whole = Vectors.bytes("peer_record envelope")
        let record = try PeerRecord.open(whole).record
        for _ in 0..<20_000 {
            // Unknown fields may be added to an envelope; what is signed cannot change.
            if let opened = try? PeerRecord.open(random.mutated(whole)) { #expect(opened.record == record) }
        }
    }
}
