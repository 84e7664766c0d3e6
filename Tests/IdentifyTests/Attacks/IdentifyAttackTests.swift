import Identify
import Identity
import Multiformats
import Reactor
import Swarm
import TestSupport
import Testing
import Wire

/// Identify against a peer that sends bare bytes, so that no code of ours stands between it and the victim.
@Suite("Attacks on identify")
struct IdentifyAttackTests {
    private static let liar = KeyPair.test(66)
    private static let header = Adversary.negotiation("/multistream/1.0.0")
    private static let push = header + Adversary.negotiation(Identify.pushProtocolID)

    /// A victim that runs identify, and an adversary past the handshake.
    @NetworkActor
    private struct Scene {
        let simulation: SimulatedWorld
        let attacker: World
        let victim: Swarm
        let service: IdentifyService
        let adversary: Adversary

        static func run(_ body: @escaping @NetworkActor (Scene) async throws -> Void) async throws {
            try await SimulatedWorld.run(seed: 4) { simulation in
                let victim = try TestPeer(simulation.host("victim"), key: 1)
                let service = IdentifyService(swarm: victim.swarm, agentVersion: "victim/1.0.0")
                service.start()
                let attacker = simulation.host("attacker")
                let adversary = try await Adversary.connect(
                    attacker, to: simulation.address(of: "victim", port: 4001))
                try await adversary.dialHandshake(as: liar)
                await attacker.clock.sleep(for: .milliseconds(100))
                try await body(
                    Scene(
                        simulation: simulation, attacker: attacker, victim: victim.swarm, service: service,
                        adversary: adversary))

                // Whatever was said, the victim goes on: an honest peer is identified at once, and asks in vain of none.
                let honest = try TestPeer(simulation.host("honest"), key: 2)
                let other = IdentifyService(swarm: honest.swarm, agentVersion: "honest/1.0.0")
                other.start()
                _ = try await honest.swarm.dial(victim.address)
                await attacker.clock.sleep(for: .milliseconds(500))
                #expect(victim.swarm.peers[honest.id]?.agentVersion == "honest/1.0.0")
                #expect(honest.swarm.peers[victim.id]?.agentVersion == "victim/1.0.0")
                await honest.swarm.close()
                await victim.swarm.close()
            }
        }

        var isConnected: Bool { victim.isConnected(IdentifyAttackTests.liar.peerID) }
    }

    private static let lengths: [(name: String, bytes: [UInt8])] = [
        ("2^63 - 1", hex("ffffffffffffffff7f")), ("2^64 - 1", hex("ffffffffffffffffff01")),
        ("ten bytes", hex("80808080808080808001")), ("not minimal", hex("948000")), ("4 GiB", hex("ffffffff0f")),
        ("8 KiB and a byte", hex("8140")),
    ]

    @Test("prost-codec e156a22fa · GHSA-xqvc-92cf-94j4: lengths of a push", arguments: lengths.indices)
    func pushedLengths(_ index: Int) async throws {
        let (name, bytes) = Self.lengths[index]
        try await Scene.run { scene in
            try scene.adversary.sendSealed(Adversary.data(Self.push + bytes, stream: 1, flags: 1))
            let start = scene.simulation.elapsed
            _ = try await scene.adversary.receiveReset(of: 1)
            #expect(scene.simulation.elapsed - start < .seconds(1), "\(name)")
            #expect(scene.service.ignoredMessages == 1, "\(name)")
            #expect(scene.isConnected, "\(name)")
        }
    }

    @Test("prost-codec e156a22fa · GHSA-xqvc-92cf-94j4: lengths of an answer", arguments: lengths.indices)
    func answeredLengths(_ index: Int) async throws {
        let (name, bytes) = Self.lengths[index]
        try await Scene.run { scene in
            // The victim has asked, on the first stream of its own.
            let answer = Self.header + Adversary.negotiation(Identify.protocolID) + bytes
            try scene.adversary.sendSealed(Adversary.data(answer, stream: 2, flags: 2))
            _ = try await scene.adversary.receiveReset(of: 2)
            #expect(scene.service.ignoredMessages == 1, "\(name)")
            #expect(scene.isConnected, "\(name)")
            #expect(scene.victim.connections.map(\.streamCount) == [0], "\(name)")
        }
    }

    @Test("GHSA-xqvc-92cf-94j4: 8 KiB announced, and then nothing: forgotten after 5 s")
    func announcedOnly() async throws {
        try await Scene.run { scene in
            try scene.adversary.sendSealed(Adversary.data(Self.push + [0x80, 0x40, 1], stream: 1, flags: 1))
            await scene.attacker.clock.sleep(for: .seconds(4))
            #expect(scene.victim.connections.map(\.streamCount) == [2])
            await scene.attacker.clock.sleep(for: .seconds(2))
            #expect(scene.victim.connections.map(\.streamCount) == [0])
            #expect(scene.isConnected)
        }
    }

    /// What a flood of subscriptions is to GossipSub, empty entries are to identify: little on the wire, much in memory.
    @Test("CVE-2026-46679: tens of thousands of empty entries in one message leave nothing behind")
    func emptyEntries() async throws {
        try await Scene.run { scene in
            // Protocols, addresses, signed records and unknown fields of no bytes at all.
            for (number, field) in [UInt8(0x1a), 0x12, 0x42, 0x7a].enumerated() {
                let part = LengthPrefix.frame(Array([[UInt8]](repeating: [field, 0], count: 4096).joined()))
                let message = Array([[UInt8]](repeating: part, count: 10).joined())
                let stream = UInt32(number * 2 + 1)
                try scene.adversary.sendSealed(Adversary.data(Self.push + message, stream: stream, flags: 1 | 4))
                await scene.attacker.clock.sleep(for: .seconds(1))
            }
            let known = try #require(scene.victim.peers[Self.liar.peerID])
            #expect(known.protocols.isEmpty)
            #expect(known.listenAddresses.isEmpty)
            #expect(scene.victim.addressBook.addresses(of: Self.liar.peerID).isEmpty)
            #expect(scene.isConnected)
        }
    }

    @Test("address injection to third parties: what identify says of places inside is never dialed")
    func injection() async throws {
        try await SimulatedWorld.run(seed: 4) { simulation in
            let victimWorld = simulation.host("victim", ip: IPAddress("203.0.113.1"))
            let victim = try TestPeer(victimWorld, key: 1).swarm
            let service = IdentifyService(swarm: victim, agentVersion: "victim/1.0.0")
            service.start()
            let inside = simulation.host("intranet", ip: IPAddress("192.168.7.7"))
            var visits = 0
            let baits = try [inside, victimWorld].map { try $0.network.listen(on: .ip(.any4, port: 80), backlog: 8) }
            for bait in baits {
                bait.onAccept = { channel in
                    visits += 1
                    channel.close()
                }
            }
            let addresses = [
                "/ip4/127.0.0.1/tcp/80", "/ip4/192.168.7.7/tcp/80", "/ip4/203.0.113.1/tcp/4001",
                "/ip4/198.51.100.66/tcp/0", "/dns4/intranet/tcp/80", "/dns/localhost/tcp/80",
            ].map(Multiaddr.test)
            var message = IdentifyMessage()
            message.listenAddresses = addresses
            let signed = PeerRecord(peerID: Self.liar.peerID, sequence: 1, addresses: addresses).seal(with: Self.liar)
            let attacker = simulation.host("attacker", ip: IPAddress("198.51.100.66"))
            for record in [nil, signed.encoded] {
                message.signedPeerRecord = record
                let answer = LengthPrefix.frame(message.encoded)
                let liar = Swarm(world: attacker, identity: Self.liar)
                liar.setHandler(Identify.protocolID) { try? await $0.write(answer) }
                _ = try await liar.dial(.test("/ip4/203.0.113.1/tcp/4001"))
                await attacker.clock.sleep(for: .seconds(1))
                #expect(victim.peers[Self.liar.peerID]?.listenAddresses == addresses)
                await liar.close()
                await attacker.clock.sleep(for: .seconds(1))
                await #expect(throws: SwarmError.self) { try await victim.dial(Self.liar.peerID) }
                await attacker.clock.sleep(for: .seconds(10))
                #expect(visits == 0)
            }
            await victim.close()
            for bait in baits { bait.close() }
            withExtendedLifetime(service) {}
        }
    }
}
