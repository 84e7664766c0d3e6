import Identity
import Multiformats
import Reactor
import TestSupport
import Testing

@testable import Swarm

/// What peers might do with the addresses that a node keeps.
@Suite("Attacks on what is kept of peers")
struct AddressAttackTests {
    /// A peer id as of a hashed key; there are as many as an attacker likes.
    private static func stranger(_ number: Int) throws -> PeerID {
        try PeerID(bytes: [0x12, 0x20] + (0..<32).map { UInt8(number >> ($0 % 4 * 8) & 0xff) })
    }

    /// An address of almost a KiB that could be dialed one day.
    private static func longAddress(_ port: Int) -> Multiaddr {
        .test("/ip4/198.51.100.1/tcp/\(port)/http-path/" + String(repeating: "x", count: 1000))
    }

    @Test("CVE-2023-40583 · GHSA-gcq9-qqwx-rgj3: 200,000 records of one peer take the room of one")
    func recordsOfOnePeer() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let swarm = Swarm(world: simulation.host("victim"), identity: .test(1))
            let peer = KeyPair.test(66).peerID
            let records = (1...100).map { port in
                PeerRecord(
                    peerID: peer, sequence: .max, addresses: [.test("/ip4/198.51.100.1/tcp/\(port)")])
            }
            for number in 0..<200_000 {
                swarm.addressBook.add(records[number % records.count], source: .identify)
            }
            #expect(swarm.addressBook.peers == [peer])
            #expect(swarm.addressBook.addresses(of: peer) == records[99].addresses)
        }
    }

    @Test("CVE-2023-40583 · GHSA-gcq9-qqwx-rgj3: long addresses of many peers stay within a bound")
    func recordsOfManyPeers() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let swarm = Swarm(world: simulation.host("victim"), identity: .test(1))
            let addresses = (1...16).map(Self.longAddress)
            for number in 0..<4500 {
                let record = PeerRecord(peerID: try Self.stranger(number), sequence: 1, addresses: addresses)
                swarm.addressBook.add(record, source: .identify)
            }
            let peers = swarm.addressBook.peers
            #expect(peers.count <= swarm.configuration.peersInAddressBook)
            let sizes = peers.map { swarm.addressBook.addresses(of: $0).reduce(0) { $0 + $1.bytes.count } }
            #expect((sizes.min() ?? 0) > 0)
            #expect((sizes.max() ?? 0) <= 8 << 10)
        }
    }

    @Test("CVE-2023-40583 · GHSA-gcq9-qqwx-rgj3: what peers that are gone have said stays within a bound")
    func peersThatAreGone() async throws {
        var store = PeerStore()
        let long = String(repeating: "p", count: 8000)
        let info = PeerInfo(
            protocols: (0..<10).map { "/\($0)/" + long }, listenAddresses: (1...64).map(Self.longAddress))
        for number in 0..<5000 {
            let peer = try Self.stranger(number)
            store[peer] = info
            store.shrink(peer)
        }
        #expect(store.peers.count <= PeerStore.maximumPeers)
        let kept = store.peers.compactMap { store[$0] }
        let protocols = kept.map { $0.protocols.reduce(0) { $0 + $1.utf8.count } }
        let addresses = kept.map { $0.listenAddresses.reduce(0) { $0 + $1.bytes.count } }
        #expect((protocols.min() ?? 0) > 0 && (protocols.max() ?? 0) <= 8 << 10)
        #expect((addresses.min() ?? 0) > 0 && (addresses.max() ?? 0) <= 8 << 10)
    }

    /// Places inside the victim's network that count who comes.
    @NetworkActor
    private static func bait(_ worlds: [World], ports: [UInt16]) throws -> [any Listener] {
        try worlds.flatMap { world in try ports.map { try world.network.listen(on: .ip(.any4, port: $0), backlog: 8) } }
    }

    @Test("address injection to third parties: nothing inside is dialed on the word of a public peer")
    func injection() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let victimWorld = simulation.host("victim", ip: IPAddress("203.0.113.1"))
            let victim = try TestPeer(victimWorld, key: 1).swarm
            let inside = simulation.host("intranet", ip: IPAddress("192.168.7.7"))
            var visits = 0
            let baits = try Self.bait([inside, victimWorld], ports: [22, 80])
            for bait in baits {
                bait.onAccept = { channel in
                    visits += 1
                    channel.close()
                }
            }
            let liar = KeyPair.test(66).peerID
            let claims = [
                "/ip4/127.0.0.1/tcp/80", "/ip4/127.9.9.9/tcp/80", "/ip6/::1/tcp/80", "/ip6/::ffff:127.0.0.1/tcp/80",
                "/ip4/192.168.7.7/tcp/22", "/ip6/::ffff:192.168.7.7/tcp/22", "/ip4/0.0.0.0/tcp/80",
                "/ip4/192.168.7.7/tcp/0", "/ip4/203.0.113.1/tcp/4001", "/dns4/intranet/tcp/22",
                "/dns/intranet/tcp/80", "/dns/localhost/tcp/80", "/dns4/127.0.0.1/tcp/80", "/dns4/victim/tcp/4001",
                "/memory/1",
            ].map(Multiaddr.test)
            let failures = InboundFailures(of: victim)
            for source in [AddressSource.identify, .exchange] {
                victim.addressBook.add(liar, claims, source: source, heardFrom: .test("/ip4/198.51.100.66/tcp/4001"))
            }
            await #expect(throws: SwarmError.self) { try await victim.dial(liar) }
            await victimWorld.clock.sleep(for: .seconds(10))
            #expect(visits == 0)
            #expect(failures.errors.isEmpty, "the victim dialed itself")

            // What the person at this node names is dialed, wherever it is.
            await #expect(throws: SwarmError.self) {
                try await victim.dial(.test("/dns4/intranet/tcp/22").appending(peer: liar))
            }
            #expect(visits == 1)
            await victim.close()
            for bait in baits { bait.close() }
        }
    }

    @Test(
        "address injection to third parties: a peer's word costs a victim few connections, and once",
        arguments: [false, true])
    func dialBudget(_ isSilent: Bool) async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let victimWorld = simulation.host("victim", ip: IPAddress("203.0.113.1"))
            let victim = Swarm(world: victimWorld, identity: .test(1))
            let thirdParty = simulation.host("third", ip: IPAddress("198.51.100.7"))
            var silent: [any ByteChannel] = []
            var visits = 0
            var most = 0
            let ports = 1...200 as ClosedRange<UInt16>
            let baits = try Self.bait([thirdParty], ports: Array(ports))
            for bait in baits {
                bait.onAccept = { channel in
                    visits += 1
                    most = max(most, victim.pending.count)
                    if isSilent { silent.append(channel) } else { channel.close() }
                }
            }
            let liar = KeyPair.test(66).peerID
            victim.addressBook.add(
                liar, ports.map { .test("/ip4/198.51.100.7/tcp/\($0)") }, source: .identify,
                heardFrom: .test("/ip4/198.51.100.66/tcp/4001"))
            await #expect(throws: SwarmError.self) { try await victim.dial(liar) }
            #expect((1...64).contains(visits))
            #expect(most <= victim.configuration.concurrentDialsPerPeer)
            // Those that have failed just now are left alone.
            let before = visits
            if !isSilent {
                await #expect(throws: SwarmError.self) { try await victim.dial(liar) }
                #expect(visits == before)
            }
            for channel in silent { channel.close() }
            await victim.close()
            for bait in baits { bait.close() }
        }
    }
}
