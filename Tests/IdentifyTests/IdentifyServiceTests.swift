import Identify
import Identity
import Multiformats
import Reactor
import Swarm
import TestSupport
import Testing
import Wire

@Suite("Identify on a swarm")
struct IdentifyServiceTests {
    @Test("both sides learn about each other on a new connection")
    func exchange() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let peers = try IdentifiedPeers(simulation, count: 2)
            peers[1].setHandler("/app/1.0.0", echoHandler)
            try await peers.network.connect(0, 1)
            await peers.pass(.seconds(1))
            let info = try #require(peers.services[0].info(peers[1].localPeer))
            #expect(info.agentVersion == "agent1/1.0.0")
            #expect(info.protocolVersion == "linnet/1.0.0")
            #expect(info.protocols == ["/app/1.0.0", Identify.protocolID, Identify.pushProtocolID])
            #expect(info.listenAddresses == [.test("/ip4/10.0.0.2/tcp/4001")])
            #expect(info.observedAddress == peers[0].connections[0].localAddress)
            let back = try #require(peers.services[1].info(peers[0].localPeer))
            #expect(back.agentVersion == "agent0/1.0.0")
            #expect(back.observedAddress == .test("/ip4/10.0.0.2/tcp/4001"))
            let entries = peers[1].addressBook.entries(of: peers[0].localPeer)
            #expect(entries.map(\.address) == [.test("/ip4/10.0.0.1/tcp/4001")])
            #expect(entries.first?.isCertified == true)
            #expect(peers.watchers.map(\.identified.count) == [1, 1])
            #expect(peers[0].connections[0].streamCount == 0)
            await peers.network.close()
        }
    }

    @Test("connections that are there when the service starts are asked as well")
    func late() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let network = try TestNetwork(simulation, count: 2)
            try await network.connect(0, 1)
            let one = IdentifyService(swarm: network[0], agentVersion: "one/1")
            let other = IdentifyService(swarm: network[1], agentVersion: "other/1")
            other.start()
            one.start()
            await network[0].world.clock.sleep(for: .seconds(1))
            #expect(network[0].peers[network[1].localPeer]?.agentVersion == "other/1")
            await network.close()
        }
    }

    @Test("changes are pushed, several in a row at once, and nothing is pushed without a change")
    func pushes() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let peers = try IdentifiedPeers(simulation, count: 3)
            try await peers.network.connect(0, 1)
            try await peers.network.connect(0, 2)
            await peers.pass(.seconds(2))
            #expect(peers.watchers.map(\.identified.count) == [2, 1, 1])
            for number in 0..<5 { peers[0].setHandler("/new/\(number)", echoHandler) }
            try peers[0].listen(on: .test("/ip4/0.0.0.0/tcp/4002"))
            await peers.pass(.seconds(1))
            #expect(peers.watchers.map(\.identified.count) == [2, 2, 2])
            for number in 1...2 {
                let info = try #require(peers[number].peers[peers[0].localPeer])
                #expect(info.protocols.contains("/new/4"))
                #expect(info.listenAddresses.count == 2)
                #expect(info.agentVersion == "agent0/1.0.0")
            }
            // There and back again is no change.
            peers[0].removeHandler("/new/0")
            peers[0].setHandler("/new/0", echoHandler)
            peers.services[0].push()
            await peers.pass(.seconds(5))
            #expect(peers.watchers.map(\.identified.count) == [2, 2, 2])
            await peers.network.close()
        }
    }

    @Test("an address that is given up is dropped from the address book of others")
    func dropped() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let peers = try IdentifiedPeers(simulation, count: 2)
            try peers[1].listen(on: .test("/ip4/0.0.0.0/tcp/4002"))
            // The listener dials, so that its addresses come from identify alone.
            try await peers.network.connect(1, 0)
            await peers.pass(.seconds(1))
            let listener = peers[1].localPeer
            #expect(peers[0].addressBook.addresses(of: listener).count == 2)
            peers[1].stopListening(on: .test("/ip4/0.0.0.0/tcp/4001"))
            await peers.pass(.seconds(1))
            #expect(peers[0].addressBook.addresses(of: listener) == [.test("/ip4/10.0.0.2/tcp/4002")])
            #expect(peers[0].peers[listener]?.listenAddresses == [.test("/ip4/10.0.0.2/tcp/4002")])
            await peers.network.close()
        }
    }

    @Test("a push changes what it says and leaves the rest")
    func partialPush() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let peers = try IdentifiedPeers(simulation, count: 2)
            try await peers.network.connect(0, 1)
            await peers.pass(.seconds(1))
            let before = try #require(peers[1].peers[peers[0].localPeer])
            var message = IdentifyMessage()
            message.agentVersion = "changed/2"
            try await peers.push(message, from: 0, to: 1)
            let after = try #require(peers[1].peers[peers[0].localPeer])
            #expect(after.agentVersion == "changed/2")
            #expect(after.protocols == before.protocols)
            #expect(after.listenAddresses == before.listenAddresses)
            #expect(after.observedAddress == before.observedAddress)
            await peers.network.close()
        }
    }

    @Test("at most 32 peers are pushed to at a time, and a peer that stalls is given up after 5 s")
    func concurrency() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let network = try TestNetwork(simulation, count: 41, configuration: .unlimited)
            let service = IdentifyService(swarm: network[0], agentVersion: "one/1")
            service.start()
            let pushed = Counter()
            for number in 1...40 {
                // Peers that take pushes, and never end reading.
                network[number].setHandler(Identify.protocolID) { stream in
                    var message = IdentifyMessage()
                    message.protocols = [Identify.pushProtocolID]
                    try? await stream.write(LengthPrefix.frame(message.encoded))
                }
                network[number].setHandler(Identify.pushProtocolID) { stream in
                    pushed.count += 1
                    await network[number].world.clock.sleep(for: .seconds(60))
                }
                try await network.connect(0, number)
            }
            await network[0].world.clock.sleep(for: .seconds(1))
            #expect(pushed.count == 0)
            network[0].setHandler("/new", echoHandler)
            await network[0].world.clock.sleep(for: .seconds(2))
            #expect(pushed.count == 32)
            await network[0].world.clock.sleep(for: .seconds(5))
            #expect(pushed.count == 40)
            await network[0].world.clock.sleep(for: .seconds(7))
            #expect(network[0].connections.allSatisfy { $0.streamCount == 0 })
            #expect(pushed.count == 40)
            await network.close()
        }
    }

    @Test("our own address is believed when four peers have seen it")
    func observedAddress() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let network = try TestNetwork(simulation, count: 5)
            let service = IdentifyService(swarm: network[0], agentVersion: "one/1")
            service.start()
            let outside = Multiaddr.test("/ip4/203.0.113.9/tcp/4001")
            for number in 1...4 {
                network[number].setHandler(Identify.protocolID) { stream in
                    var message = IdentifyMessage()
                    message.observedAddress = outside
                    try? await stream.write(LengthPrefix.frame(message.encoded))
                }
                #expect(network[0].externalAddresses == [])
                try await network.connect(number, 0)
                await network[0].world.clock.sleep(for: .seconds(1))
            }
            #expect(network[0].externalAddresses == [outside])
            for number in 1...4 { network[number].disconnect(network[0].localPeer) }
            await network[0].world.clock.sleep(for: .seconds(1))
            #expect(network[0].externalAddresses == [])
            await network.close()
            withExtendedLifetime(service) {}
        }
    }
}

/// Several peers with identify, and what they have learned.
@NetworkActor
struct IdentifiedPeers {
    let network: TestNetwork
    let services: [IdentifyService]
    let watchers: [Watcher]

    init(_ simulation: SimulatedWorld, count: Int) throws {
        let network = try TestNetwork(simulation, count: count)
        self.network = network
        services = (0..<count).map { IdentifyService(swarm: network[$0], agentVersion: "agent\($0)/1.0.0") }
        watchers = (0..<count).map { _ in Watcher() }
        for number in 0..<count {
            services[number].start()
            network[number].addObserver(watchers[number])
        }
    }

    subscript(index: Int) -> Swarm { network[index] }

    func pass(_ time: Duration) async { await self[0].world.clock.sleep(for: time) }

    /// Pushes any message, as a peer without a service would.
    func push(_ message: IdentifyMessage, from sender: Int, to receiver: Int) async throws {
        try await push(LengthPrefix.frame(message.encoded), from: sender, to: receiver)
    }

    func push(_ bytes: [UInt8], from sender: Int, to receiver: Int) async throws {
        let stream = try await self[sender].openStream(to: self[receiver].localPeer, [Identify.pushProtocolID])
        try? await stream.write(bytes)
        stream.closeWrite()
        _ = try? await stream.readToEnd(limit: 10)
        stream.close()
    }
}

/// Writes down what identify has learned.
@NetworkActor
final class Watcher: SwarmObserver {
    var identified: [PeerID] = []
    func identified(_ peer: PeerID, _ info: PeerInfo) { identified.append(peer) }
}

/// A number that tasks share.
@NetworkActor
final class Counter {
    var count = 0
}
