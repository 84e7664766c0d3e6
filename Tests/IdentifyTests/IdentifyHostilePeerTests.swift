import Identify
import Identity
import Multiformats
import Reactor
import Swarm
import TestSupport
import Testing
import Wire

@Suite("What hostile peers say about themselves")
struct IdentifyHostilePeerTests {
    private let liar = KeyPair.test(1)

    private func record(of key: KeyPair, _ sequence: UInt64, _ addresses: [String]) -> [UInt8] {
        PeerRecord(peerID: key.peerID, sequence: sequence, addresses: addresses.map { .test($0) })
            .seal(with: key).encoded
    }

    @Test("a message with another key is ignored, and the connection stays")
    func wrongKey() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let peers = try IdentifiedPeers(simulation, count: 2)
            try await peers.network.connect(0, 1)
            await peers.pass(.seconds(1))
            var message = IdentifyMessage()
            message.publicKey = KeyPair.test(77).publicKey.protobuf
            message.agentVersion = "liar"
            message.listenAddresses = [.test("/ip4/10.0.0.66/tcp/66")]
            try await peers.push(message, from: 0, to: 1)
            #expect(peers[1].peers[peers[0].localPeer]?.agentVersion == "agent0/1.0.0")
            #expect(!peers[1].addressBook.addresses(of: peers[0].localPeer).contains(.test("/ip4/10.0.0.66/tcp/66")))
            #expect(peers.services[1].ignoredMessages == 1)
            #expect(peers[1].isConnected(peers[0].localPeer))
            await peers.network.close()
        }
    }

    /// RUSTSEC-2022-0009 · GHSA-wc36-xgcc-jwpr: a record whose signer is not its subject.
    @Test("records that are not the peer's own, or badly signed, change no addresses of anybody")
    func foreignRecords() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let peers = try IdentifiedPeers(simulation, count: 2)
            try await peers.network.connect(0, 1)
            await peers.pass(.seconds(1))
            let victim = KeyPair.test(77)
            let before = peers[1].addressBook.addresses(of: peers[0].localPeer)
            var forged = record(of: liar, .max, ["/ip4/10.0.0.66/tcp/66"])
            forged[forged.count - 1] ^= 1
            // The subject's id, in an envelope that the liar has signed.
            var payload = ProtobufWriter()
            payload.bytes(1, victim.peerID.bytes)
            payload.varint(2, 9)
            let signed = SignedEnvelope.seal(
                domain: "libp2p-peer-record", payloadType: [3, 1], payload: payload.bytes, key: liar)
            let wrongDomain = SignedEnvelope.seal(
                domain: "libp2p-relay-rsvp", payloadType: [3, 1], payload: payload.bytes, key: liar)
            for bytes in [
                record(of: victim, 1, ["/ip4/10.0.0.66/tcp/66"]), forged, signed.encoded, wrongDomain.encoded, [], [1],
            ] {
                var message = IdentifyMessage()
                message.signedPeerRecord = bytes
                message.listenAddresses = [.test("/ip4/10.0.0.67/tcp/67")]
                try await peers.push(message, from: 0, to: 1)
            }
            #expect(peers[1].addressBook.addresses(of: victim.peerID) == [])
            #expect(peers[1].addressBook.addresses(of: peers[0].localPeer) == before)
            await peers.network.close()
        }
    }

    @Test("an older record is ignored, a newer one replaces")
    func sequence() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let peers = try IdentifiedPeers(simulation, count: 2)
            try await peers.network.connect(0, 1)
            await peers.pass(.seconds(1))
            for (sequence, port) in [(UInt64.max - 1, 1), (UInt64.max, 2), (5, 3)] {
                var message = IdentifyMessage()
                message.signedPeerRecord = record(of: liar, sequence, ["/ip4/10.0.0.1/tcp/\(port)"])
                try await peers.push(message, from: 0, to: 1)
            }
            #expect(peers[1].addressBook.addresses(of: liar.peerID) == [.test("/ip4/10.0.0.1/tcp/2")])
            #expect(peers[1].peers[liar.peerID]?.listenAddresses == [.test("/ip4/10.0.0.1/tcp/2")])
            await peers.network.close()
        }
    }

    /// CVE-2023-40583 · GHSA-gcq9-qqwx-rgj3: unlimited signed peer records.
    @Test("any number of records of one peer take the room of one")
    func manyRecords() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let peers = try IdentifiedPeers(simulation, count: 1)
            for round in 1...2000 {
                let addresses = (0..<64).map { "/ip4/10.\(round % 250).\($0).1/tcp/\(round)" }
                let record = PeerRecord(
                    peerID: liar.peerID, sequence: UInt64(round), addresses: addresses.map { .test($0) })
                peers[0].addressBook.add(record, source: .identify)
            }
            #expect(peers[0].addressBook.peers.count == 1)
            #expect(peers[0].addressBook.addresses(of: liar.peerID).count == 64)
            await peers.network.close()
        }
    }

    /// CVE-2026-57497 · GHSA-g35j-m5xg-vh3q.
    @Test("ten parts full of protocols and addresses: capped while connected, and more so after")
    func caps() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let peers = try IdentifiedPeers(simulation, count: 2)
            try await peers.network.connect(0, 1)
            await peers.pass(.seconds(1))
            var bytes: [UInt8] = []
            var number = 0
            for _ in 0..<10 {
                var part = ProtobufWriter()
                while part.bytes.count < 8000 {
                    part.bytes(2, [4, 10, 1, UInt8(number >> 8 & 0xff), UInt8(number & 0xff), 6, 0, 1])
                    part.string(3, "/p\(number)")
                    number += 1
                }
                bytes.appendLengthPrefixed(part.bytes)
            }
            try await peers.push(bytes, from: 0, to: 1)
            let sender = peers[0].localPeer
            #expect(peers[1].peers[sender]?.protocols.count == 1024)
            #expect(peers[1].peers[sender]?.listenAddresses.count == 500)
            #expect(peers[1].addressBook.addresses(of: sender).count <= 64)
            peers[1].disconnect(sender)
            await peers.pass(.seconds(1))
            #expect(peers[1].peers[sender]?.protocols.count == 128)
            #expect(peers[1].peers[sender]?.listenAddresses.count == 20)
            await peers.network.close()
        }
    }

    /// identify push flood.
    @Test("a thousand pushes a second: a few are taken, and nobody else hears of them")
    func pushFlood() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let peers = try IdentifiedPeers(simulation, count: 3)
            try await peers.network.connect(0, 1)
            try await peers.network.connect(2, 1)
            await peers.pass(.seconds(2))
            let before = peers.watchers.map(\.identified.count)
            let start = simulation.elapsed
            for round in 0..<1000 {
                var message = IdentifyMessage()
                message.agentVersion = "flood/\(round)"
                message.protocols = [Identify.protocolID, Identify.pushProtocolID, "/p\(round)"]
                let stream = try await peers[0].connections[0].openStream([Identify.pushProtocolID])
                try? await stream.write(LengthPrefix.frame(message.encoded))
                stream.close()
                await peers.pass(.milliseconds(1))
            }
            #expect(simulation.elapsed - start < .seconds(5))
            await peers.pass(.seconds(1))
            #expect(peers.watchers[1].identified.count - before[1] <= 12)
            #expect(peers.watchers[2].identified.count == before[2])
            // An honest peer's push is taken all the same.
            peers[2].setHandler("/honest", echoHandler)
            await peers.pass(.seconds(1))
            #expect(peers[1].peers[peers[2].localPeer]?.protocols.contains("/honest") == true)
            await peers.network.close()
        }
    }

    /// GHSA-84x2-2qv6-qg56.
    @Test("ten thousand questions a second leave a new peer identified at once")
    func askFlood() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let peers = try IdentifiedPeers(simulation, count: 3)
            try await peers.network.connect(0, 1)
            await peers.pass(.seconds(1))
            let over = Counter()
            let flood = spawn {
                while over.count == 0 {
                    for _ in 0..<50 {
                        guard let connection = peers[0].connections.first,
                            let stream = try? await connection.openStream([Identify.protocolID])
                        else { continue }
                        stream.close()
                    }
                    await peers.pass(.milliseconds(5))
                }
            }
            await peers.pass(.seconds(2))
            try await peers.network.connect(2, 1)
            await peers.pass(.milliseconds(200))
            #expect(peers[1].peers[peers[2].localPeer]?.agentVersion == "agent2/1.0.0")
            #expect(peers[2].peers[peers[1].localPeer]?.agentVersion == "agent1/1.0.0")
            over.count = 1
            _ = await flood.result
            await peers.network.close()
        }
    }

    @Test("a peer that does not answer, or answers endlessly slowly, costs a stream for five seconds")
    func silence() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let network = try TestNetwork(simulation, count: 3)
            let service = IdentifyService(swarm: network[0], agentVersion: "one/1")
            service.start()
            network[1].setHandler(Identify.protocolID) { stream in
                await network[1].world.clock.sleep(for: .seconds(60))
            }
            network[2].setHandler(Identify.protocolID) { stream in
                for byte in [UInt8](repeating: 0x80, count: 1) + [UInt8](repeating: 0x20, count: 4000) {
                    guard (try? await stream.write([byte])) != nil else { return }
                    await network[2].world.clock.sleep(for: .seconds(1))
                }
            }
            try await network.connect(0, 1)
            try await network.connect(0, 2)
            await network[0].world.clock.sleep(for: .seconds(4))
            #expect(network[0].connections.map(\.streamCount) == [1, 1])
            await network[0].world.clock.sleep(for: .seconds(2))
            #expect(network[0].connections.map(\.streamCount) == [0, 0])
            await network.close()
        }
    }

    @Test("garbage on the push stream is counted, and nothing else comes of it", arguments: 0..<10)
    func garbage(seed: Int) async throws {
        try await SimulatedWorld.run(seed: UInt64(seed)) { simulation in
            var random = SeededRandom(seed: UInt64(seed))
            let peers = try IdentifiedPeers(simulation, count: 2)
            try await peers.network.connect(0, 1)
            await peers.pass(.seconds(1))
            let before = peers[1].peers[peers[0].localPeer]
            for bytes in [random.bytes(100), [], hex("ffffffffffffffff7f"), [5, 1], hex("00000000000000000000 00")] {
                try await peers.push(bytes, from: 0, to: 1)
            }
            #expect(peers.services[1].ignoredMessages >= 4)
            #expect(peers[1].peers[peers[0].localPeer]?.agentVersion == before?.agentVersion)
            #expect(peers[1].isConnected(peers[0].localPeer))
            await peers.network.close()
        }
    }
}
