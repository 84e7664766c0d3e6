import Identity
import Multiformats
import Reactor
import Swarm
import TestSupport
import Testing
import Time
import Wire

@testable import LocalDiscovery

@Suite("Discovery in the simulated world", .timeLimit(.minutes(3))) struct LocalDiscoveryServiceTests {
    @Test("two who start at once know each other by name, and are connected, within two seconds", arguments: 1...8)
    func findsAndConnects(_ seed: UInt64) async throws {
        try await SimulatedWorld.run(seed: seed) { simulation in
            let lan = try Lan(simulation, count: 2)
            lan.start()
            await lan.pass(.seconds(2))
            #expect(lan.connected == [1, 1])
            #expect(lan.events(0, about: 1) == ["discovered nick1"])
            #expect(lan.events(1, about: 0) == ["discovered nick0"])
            #expect(lan.services.allSatisfy { $0.peers.allSatisfy(\.isVerified) })
            #expect(lan.peers.map { $0.swarm.counters.connectionsOpened } == [1, 1], "one connection, not two")
            await lan.close()
        }
    }

    @Test("whoever comes later finds those who are there, and they find it", arguments: LocalDiscovery.Source.allCases)
    func comesLater(_ source: LocalDiscovery.Source) async throws {
        try await SimulatedWorld.run(seed: 3) { simulation in
            let lan = try Lan(simulation, count: 6) { $0.sources = [source] }
            for service in lan.services {
                service.start()
                await lan.pass(.milliseconds(7700))
                let count = lan.services.count { $0.isRunning }
                #expect(lan.known.prefix(count).allSatisfy { $0 == count - 1 })
                #expect(lan.connected.prefix(count).allSatisfy { $0 == count - 1 })
            }
            let names = source == .gigi ? ["discovered nick5"] : ["discovered -"]
            #expect(lan.events(0, about: 5) == names)
            await lan.close()
        }
    }

    @Test("a third of all datagrams lost, a tenth doubled: all twelve find each other", arguments: 1...2)
    func loss(_ seed: UInt64) async throws {
        try await SimulatedWorld.run(seed: seed) { simulation in
            simulation.setConditions(LinkConditions(latency: .milliseconds(2), loss: 0.33, duplication: 0.1))
            let lan = try Lan(simulation, count: 12) { $0.dialsPeers = false }
            lan.start()
            await lan.pass(.seconds(20))
            #expect(lan.known == Array(repeating: 11, count: 12))
            // And nobody is lost for the loss of some.
            await lan.pass(.seconds(600))
            #expect(lan.told.joined().allSatisfy { if case .expired = $0.event { false } else { true } })
            await lan.close()
        }
    }

    @Test("who says goodbye is gone at once, by both ways")
    func goodbye() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let lan = try Lan(simulation, count: 3)
            lan.start()
            await lan.pass(.seconds(5))
            lan.services[2].stop()
            await lan.pass(.milliseconds(100))
            #expect(lan.events(0, about: 2) == ["discovered nick2", "expired nick2"])
            #expect(lan.services[0][lan.peers[2].id] == nil)
            #expect(lan.known == [1, 1, 0])
            await lan.close()
        }
    }

    @Test("who is killed expires in time, and is found again when it comes back")
    func expiry() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let lan = try Lan(simulation, count: 3)
            lan.start()
            await lan.pass(.seconds(60))
            simulation.crash("peer2")
            await lan.pass(.seconds(300))
            #expect(lan.events(0, about: 2) == ["discovered nick2"])
            await lan.pass(.seconds(70))
            #expect(lan.events(0, about: 2) == ["discovered nick2", "expired nick2"])
            #expect(lan.events(0, about: 1) == ["discovered nick1"], "the living are refreshed")
            await lan.close()
        }
    }

    @Test("a partition parts them; they find each other again when it heals")
    func partition() async throws {
        try await SimulatedWorld.run(seed: 2) { simulation in
            let lan = try Lan(simulation, count: 4)
            lan.start()
            await lan.pass(.seconds(10))
            simulation.partition(["peer0", "peer1"], ["peer2", "peer3"])
            await lan.pass(.seconds(600))
            #expect(lan.known == [1, 1, 1, 1])
            simulation.heal()
            await lan.pass(.seconds(30))
            #expect(lan.known == [3, 3, 3, 3])
            await lan.pass(.seconds(300))
            #expect(lan.connected == [3, 3, 3, 3])
            await lan.close()
        }
    }

    @Test("another name is told to all within a moment")
    func renames() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let lan = try Lan(simulation, count: 3)
            lan.start()
            await lan.pass(.seconds(5))
            var configuration = lan.services[1].configuration
            configuration.nickname = "Ada Lovelace"
            lan.services[1].adopt(configuration)
            await lan.pass(.seconds(1))
            #expect(lan.events(0, about: 1) == ["discovered nick1", "updated Ada Lovelace"])
            await lan.close()
        }
    }

    @Test("an interface that comes is used, and one that goes takes its peers along")
    func interfaces() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let lan = try Lan(simulation, count: 2)
            let other = simulation.host("other", ip: Samples.ip("192.168.7.1"))
            simulation.attach("other", to: "wifi")
            let stranger = try TestPeer(other, key: 77)
            let service = LocalDiscoveryService(swarm: stranger.swarm)
            service.start()
            lan.start()
            await lan.pass(.seconds(30))
            #expect(lan.services[0].interfaces == ["lo", "eth0"])
            #expect(lan.services[0][stranger.id] == nil)
            simulation.attach("peer0", to: "wifi", ip: Samples.ip("192.168.7.2"))
            await lan.pass(.seconds(2))
            #expect(lan.services[0].interfaces == ["lo", "eth0", "eth1"])
            #expect(lan.services[0][stranger.id]?.interface == "eth1")
            #expect(service.peers.map(\.addresses) == [[.test("/ip4/192.168.7.2/tcp/4001")]], "not those of eth0")
            #expect(stranger.swarm.isConnected(lan.peers[0].id))
            simulation.detach("peer0", from: "wifi")
            await lan.pass(.seconds(1))
            #expect(lan.services[0][stranger.id] == nil)
            #expect(lan.services[0].interfaces == ["lo", "eth0"])
            service.stop()
            await stranger.swarm.close()
            await lan.close()
        }
    }

    @Test("a listener on loopback discovers on loopback alone; one on one interface, there alone")
    func onlyWhereItListens() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let liar = try Liar(simulation)
            let lan = try Lan(simulation, count: 1, listen: "/ip4/127.0.0.1/tcp/4001")
            let neighbour = try TestPeer(lan.peers[0].swarm.world, key: 50, listen: "/ip4/127.0.0.1/tcp/4002")
            let service = LocalDiscoveryService(swarm: neighbour.swarm)
            lan.start()
            service.start()
            await lan.pass(.seconds(2))
            #expect(lan.services[0].interfaces == ["lo"])
            #expect(lan.connected == [1])
            #expect(lan.services[0].peers.map(\.addresses) == [[.test("/ip4/127.0.0.1/tcp/4002")]])
            #expect(liar.heard.isEmpty, "nothing leaves the host")
            lan.peers[0].swarm.stopListening(on: .test("/ip4/127.0.0.1/tcp/4001"))
            await lan.pass(.seconds(1))
            #expect(lan.services[0].interfaces.isEmpty, "who listens nowhere has nothing to tell")
            #expect(service.peers.isEmpty)
            let address = simulation.address(of: "peer0", port: 0).ip?.description ?? ""
            try lan.peers[0].swarm.listen(on: .test("/ip4/\(address)/tcp/4003"))
            await lan.pass(.seconds(1))
            #expect(lan.services[0].interfaces == ["eth0"])
            #expect(!liar.heard.isEmpty)
            service.stop()
            await neighbour.swarm.close()
            await lan.close()
        }
    }

    @Test("a connection that breaks is made anew; one that was closed is not")
    func redials() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let lan = try Lan(simulation, count: 2)
            lan.start()
            await lan.pass(.seconds(3))
            simulation.cutConnections(between: "peer0", and: "peer1")
            await lan.pass(.milliseconds(100))
            #expect(lan.connected == [0, 0])
            await lan.pass(.seconds(10))
            #expect(lan.connected == [1, 1])
            lan.peers[0].swarm.disconnect(lan.peers[1].id)
            await lan.pass(.seconds(120))
            #expect(lan.connected == [0, 0])
            await lan.close()
        }
    }

    @Test("with other ways to find them, those who were known are found anew; switched off, they have gone")
    func otherWays() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let lan = try Lan(simulation, count: 2)
            lan.start()
            await lan.pass(.seconds(3))
            var configuration = lan.services[0].configuration
            configuration.sources = [.mdns]
            lan.services[0].adopt(configuration)
            await lan.pass(.seconds(3))
            #expect(lan.events(0, about: 1) == ["discovered nick1", "expired nick1", "discovered -"])
            lan.services[0].stop(tellsExpiry: true)
            #expect(lan.events(0, about: 1).last == "expired -")
            #expect(lan.services[0].peers.isEmpty)
            #expect(lan.connected == [1, 1], "who is connected stays so")
            await lan.close()
        }
    }

    // MARK: Attacks

    /// A peer that does not exist.
    private nonisolated func fake(_ number: Int) throws -> PeerID {
        try PeerID(bytes: [0x12, 0x20] + (0..<32).map { UInt8(truncatingIfNeeded: number >> ($0 % 4 * 8)) })
    }

    @Test("thousands of invented peers: at most 256 are kept, few are dialed, and honest ones are found all the same")
    func spoofedFlood() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let liars = try (0..<20).map { try Liar(simulation, "liar\($0)") }
            let lan = try Lan(simulation, count: 2)
            lan.services[0].start()
            var peak = 0
            for round in 0..<400 {
                for (index, liar) in liars.enumerated() {
                    let number = round * liars.count + index
                    let peer = try fake(number)
                    guard let own = MDNSAdvertisement(peer: peer, peerName: "fake\(number)") else { continue }
                    try liar.say(
                        own.answer([.test("/ip4/10.77.\(number % 250).1/tcp/4001")], timeToLive: 4500), .mdns)
                }
                await lan.pass(.milliseconds(50))
                peak = max(peak, lan.services[0].peers.count)
                if round == 200 { lan.services[1].start() }
            }
            await lan.pass(.seconds(30))
            #expect(peak <= 256)
            #expect(lan.services[0].peers.contains { $0.peer == lan.peers[1].id })
            #expect(lan.connected.first == 1)
            let dials = lan.peers[0].swarm.counters.dialsFailed
            #expect(dials <= 16 + 4 * 51, "\(dials) dials")
            #expect(lan.peers[0].swarm.addressBook.peers.count <= 300)
            await lan.close()
        }
    }

    @Test("nobody is made to dial out of the network, nor into itself")
    func thirdParties() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            simulation.recordsTrace = true
            let liar = try Liar(simulation)
            let lan = try Lan(simulation, count: 1)
            lan.start()
            let addresses = [
                "/ip4/8.8.8.8/tcp/53", "/ip4/127.0.0.1/tcp/22", "/dns4/peer0/tcp/22", "/ip4/10.0.0.9/tcp/0",
                "/ip4/224.0.0.251/tcp/5353", "/ip6/::1/tcp/22",
            ].map { Multiaddr.test($0) }
            guard let own = MDNSAdvertisement(peer: Samples.peer(99), peerName: "liar") else { return }
            try liar.say(own.answer(addresses, timeToLive: 360), .mdns)
            for (index, address) in addresses.enumerated() {
                let told = GigiAnnouncement(peer: Samples.peer(99), nickname: "x", address: address)
                let bytes = GigiMessage.announcement(
                    told, id: UInt16(index), timeToLive: 360, at: liar.world.wallClock.now, by: .test(99))
                try liar.say(bytes ?? [], .gigi)
            }
            await lan.pass(.seconds(30))
            #expect(lan.services[0].peers.isEmpty)
            #expect(lan.services[0].counts.implausible == 12)
            #expect(!simulation.trace.contains { $0.contains("connect") })
            await lan.close()
        }
    }

    @Test("nobody takes the name of a peer that signs, nor sends it away")
    func impersonation() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let liar = try Liar(simulation)
            let lan = try Lan(simulation, count: 2)
            lan.start()
            await lan.pass(.seconds(3))
            let peer = lan.peers[1].id
            let text = "peer_id=\(peer) nickname=mallory addr=/ip4/10.0.0.66/tcp/4001"
            for timeToLive: UInt32 in [360, 0] {
                var message = DNSMessage(id: 1, flags: 0x8400)
                message.answers = [
                    .init(
                        name: GigiMessage.service, type: 16, recordClass: 1, timeToLive: timeToLive,
                        data: [UInt8(text.utf8.count)] + text.utf8)
                ]
                try liar.say(message.encoded, .gigi)
                await lan.pass(.seconds(2))
            }
            // What it has once said, said again.
            for bytes in liar.heard.filter({ $0.source == .gigi }).map(\.bytes) { try liar.say(bytes, .gigi) }
            await lan.pass(.seconds(2))
            #expect(lan.events(0, about: 1) == ["discovered nick1"])
            #expect(lan.services[0].counts.unproved >= 2)
            // A replay after the goodbye does not bring it back.
            lan.services[1].stop()
            await lan.pass(.seconds(1))
            for bytes in liar.heard.filter({ $0.source == .gigi }).map(\.bytes) { try liar.say(bytes, .gigi) }
            await lan.pass(.seconds(5))
            #expect(lan.events(0, about: 1) == ["discovered nick1", "expired nick1"])
            await lan.close()
        }
    }

    @Test("who sends nonsense is not heard for a while; others are")
    func nonsense() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let liar = try Liar(simulation)
            let lan = try Lan(simulation, count: 2)
            lan.services[0].start()
            for _ in 0..<500 {
                try liar.say([1, 2, 3], .gigi)
                await lan.pass(.milliseconds(10))
            }
            #expect(lan.services[0].counts.malformed == 10)
            #expect(lan.services[0].counts.limited >= 489)
            lan.services[1].start()
            await lan.pass(.seconds(2))
            #expect(lan.known == [1, 1])
            await lan.close()
        }
    }

    @Test("questions without end are answered once a second, and ten times")
    func questions() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let liars = try (0..<10).map { try Liar(simulation, "liar\($0)") }
            let lan = try Lan(simulation, count: 1)
            lan.start()
            await lan.pass(.seconds(5))
            let before = liars[0].heard.count
            for _ in 0..<200 {
                for liar in liars {
                    try liar.say(MDNSAdvertisement.question(known: [], unresolved: []), .mdns)
                    try liar.say(GigiMessage.question(id: 1), .gigi)
                }
                await lan.pass(.milliseconds(50))
            }
            let answers = liars[0].heard.dropFirst(before).filter { _, bytes in bytes.dropFirst(2).first == 0x84 }
            #expect(answers.count { $0.source == .mdns } <= 11)
            #expect(answers.count { $0.source == .gigi } <= 102)
            await lan.close()
        }
    }

    @Test("one seed gives one run")
    func determinism() async throws {
        func trace() async throws -> [String] {
            try await SimulatedWorld.run(seed: 9) { simulation in
                simulation.recordsTrace = true
                simulation.setConditions(LinkConditions(latency: .milliseconds(2), loss: 0.1, duplication: 0.1))
                let lan = try Lan(simulation, count: 6)
                lan.start()
                await lan.pass(.seconds(60))
                await lan.close()
                return simulation.trace
            }
        }
        let first = try await trace()
        #expect(first.count > 500)
        #expect(try await trace() == first)
    }

    @Test("loopback is tried, and works")
    func probe() async throws {
        let result = try await spawn { () async throws -> MulticastProbe.Result? in
            let world = World.real()
            guard let loopback = try world.network.interfaces().first(where: \.isLoopback) else { return nil }
            return await MulticastProbe.run(world, loopback, .gigi)
        }.value
        #expect(result == .works)
    }
}
