import Identity
import Multiformats
import Reactor
import TestSupport
import Testing
import Time

@testable import Swarm

@Suite("Dialing, in the simulated world")
struct DialTests {
    /// The error of a dial that must fail.
    @NetworkActor
    private func failure(_ dial: @NetworkActor () async throws(SwarmError) -> Connection) async throws -> SwarmError {
        do throws(SwarmError) {
            _ = try await dial()
        } catch {
            return error
        }
        throw AdversaryError.unexpected
    }

    @Test("refused: the error lists the address with its reason")
    func refused() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let client = Swarm(world: simulation.host("client"), identity: .test(1))
            let address = Multiaddr.test("/ip4/10.0.0.1/tcp/9")
            let error = try await failure { () throws(SwarmError) in try await client.dial(address) }
            #expect(error.code == .dialFailed)
            #expect(error.attempts.map(\.reason) == [.refused])
            #expect(error.attempts.map(\.address) == [address])
            #expect(error.message.contains("/ip4/10.0.0.1/tcp/9"))
        }
    }

    @Test("a host that does not answer costs 5 s, one that does not shake hands 15 s")
    func timeouts() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let network = try TestNetwork(simulation, count: 2)
            simulation.partition(["peer0"], ["peer1"])
            let error = try await failure { () throws(SwarmError) in try await network[0].dial(network.peers[1].address)
            }
            #expect(error.attempts.map(\.reason) == [.timedOut])
            #expect(simulation.elapsed == .seconds(5))
            simulation.heal()
            let silent = simulation.host("silent")
            let address = SocketAddress.ip(silent.network.localAddresses()[0], port: 7)
            _ = try Adversary.listen(silent, on: address) { await $0.untilEnded() }
            let start = simulation.elapsed
            let target = try #require(Multiaddr(address))
            let second = try await failure { () throws(SwarmError) in try await network[0].dial(target) }
            #expect(second.attempts.map(\.reason) == [.timedOut])
            #expect((.seconds(15) ... .seconds(16)).contains(simulation.elapsed - start))
            await network.close()
        }
    }

    /// key confusion: C proves itself where B was dialed.
    @Test("another peer behind the address: the error names both")
    func wrongPeer() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let network = try TestNetwork(simulation, count: 2)
            let expected = KeyPair.test(77).peerID
            let bare = try #require(network.peers[1].address.withoutPeerID())
            let error = try await failure { () throws(SwarmError) in
                try await network[0].dial(bare.appending(peer: expected))
            }
            #expect(error.code == .wrongPeer)
            #expect(error.expectedPeer == expected)
            #expect(error.actualPeer == network[1].localPeer)
            #expect(error.message.contains(expected.description))
            #expect(error.message.contains(network[1].localPeer.description))
            #expect(network[0].connections.isEmpty)
            await network[0].world.clock.sleep(for: .seconds(1))
            #expect(network[1].connections.isEmpty)
            await network.close()
        }
    }

    /// Noise reflection: this node itself.
    @Test("this node itself, by id and by address")
    func ourselves() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let network = try TestNetwork(simulation, count: 1)
            let own = network.peers[0].address
            let bare = try #require(own.withoutPeerID())
            let errors = [
                try await failure { () throws(SwarmError) in try await network[0].dial(own) },
                try await failure { () throws(SwarmError) in try await network[0].dial(network[0].localPeer) },
                try await failure { () throws(SwarmError) in try await network[0].dial(bare) },
            ]
            #expect(errors.map(\.code) == [.selfDial, .selfDial, .selfDial])
            #expect(network[0].connections.isEmpty)
            await network.close()
        }
    }

    @Test(
        "addresses that are never dialed",
        arguments: [
            ("/ip4/10.0.0.1/tcp/0", SwarmError.Code.invalidAddress), ("/ip4/0.0.0.0/tcp/1", .invalidAddress),
            ("/ip6/ff02::1/tcp/1", .invalidAddress), ("/ip4/1.2.3.4/udp/1/quic-v1", .unsupportedAddress),
            ("/ip4/1.2.3.4/tcp/1/ws", .unsupportedAddress),
        ])
    func never(_ text: String, _ code: SwarmError.Code) async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let client = Swarm(world: simulation.host("client"), identity: .test(1))
            let error = try await failure { () throws(SwarmError) in try await client.dial(.test(text)) }
            #expect(error.code == code)
        }
    }

    @Test("no address known")
    func unknown() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let client = Swarm(world: simulation.host("client"), identity: .test(1))
            let error = try await failure { () throws(SwarmError) in try await client.dial(KeyPair.test(2).peerID) }
            #expect(error.code == .noAddresses)
        }
    }

    @Test("by name")
    func names() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let network = try TestNetwork(simulation, count: 2)
            let connection = try await network[0].dial(.test("/dns4/peer1/tcp/4001"))
            #expect(connection.remotePeer == network[1].localPeer)
            let error = try await failure { () throws(SwarmError) in
                try await network[0].dial(.test("/dns/nobody.invalid/tcp/4001"))
            }
            #expect(error.attempts.map(\.reason) == [.unresolved])
            await network.close()
        }
    }

    @Test("the next address begins 250 ms later in the open internet and 30 ms later in the same site")
    func staggering() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            simulation.setConditions(LinkConditions(latency: .milliseconds(1), jitter: .zero))
            let client = Swarm(world: simulation.host("client"), identity: .test(1))
            var accepted: [(String, Duration)] = []
            var addresses: [Multiaddr] = []
            for (name, ip) in [
                ("far1", "198.51.100.1"), ("far2", "198.51.100.2"), ("near1", "10.9.0.1"), ("near2", "10.9.0.2"),
            ] {
                let host = simulation.host(name, ip: IPAddress(ip))
                let address = SocketAddress.ip(try #require(IPAddress(ip)), port: 1)
                _ = try Adversary.listen(host, on: address) { adversary in
                    accepted.append((name, simulation.elapsed))
                    await adversary.untilEnded()
                }
                addresses.append(try #require(Multiaddr(address)))
            }
            let peer = KeyPair.test(5).peerID
            let start = simulation.elapsed
            let task = spawn { try? await client.dial(peer, addresses: addresses) }
            await client.world.clock.sleep(for: .seconds(1))
            #expect(accepted.map(\.0) == ["near1", "near2", "far1", "far2"])
            let times = accepted.map { $0.1 - start }
            let steps = zip(times, times.dropFirst()).map { $1 - $0 }
            #expect(steps == [.milliseconds(30), .milliseconds(30), .milliseconds(250)])
            task.cancel()
            _ = await task.value
        }
    }

    @Test("one dial per peer, shared; one caller who gives up does not end it for the others")
    func joined() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let network = try TestNetwork(simulation, count: 2)
            let address = network.peers[1].address
            let first = spawn { try await network[0].dial(address).id }
            let second = spawn { try await network[0].dial(address).id }
            let third = spawn { try await network[0].dial(address).id }
            await network[0].world.clock.sleep(for: .milliseconds(1))
            first.cancel()
            await #expect(throws: SwarmError.cancelled) { try await first.value }
            let ids = [try await second.value, try await third.value]
            #expect(ids[0] == ids[1])
            #expect(network[0].connections.count == 1)
            await network[0].world.clock.sleep(for: .milliseconds(100))
            #expect(network[1].connections.count == 1)
            await network.close()
        }
    }

    @Test("a dial that nobody waits for any more is given up")
    func abandoned() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let network = try TestNetwork(simulation, count: 2)
            simulation.partition(["peer0"], ["peer1"])
            let task = spawn { try await network[0].dial(network.peers[1].address).id }
            await network[0].world.clock.sleep(for: .milliseconds(10))
            #expect(network[0].resources.system.outboundConnections == 1)
            task.cancel()
            await #expect(throws: SwarmError.cancelled) { try await task.value }
            #expect(network[0].resources.system.outboundConnections == 0)
            #expect(network[0].dials.isEmpty && network[0].pending.isEmpty)
            await network.close()
        }
    }

    @Test("an address that failed is left alone for 6 s, unless it is asked for by itself")
    func backoff() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let client = Swarm(world: simulation.host("client"), identity: .test(1))
            let server = Swarm(world: simulation.host("server"), identity: .test(2))
            let ip = server.world.network.localAddresses()[0]
            let address = Multiaddr.test("/ip4/\(ip)/tcp/4001")
            client.addressBook.add(server.localPeer, [address], source: .manual)
            let dial: @NetworkActor @Sendable () async throws(SwarmError) -> Connection = { () throws(SwarmError) in
                try await client.dial(server.localPeer)
            }
            #expect(try await failure(dial).attempts.map(\.reason) == [.refused])
            let backedOff = try await failure(dial)
            #expect(backedOff.attempts.map(\.reason) == [.backedOff])
            #expect(try #require(backedOff.retryAfter) > .milliseconds(5900))
            let direct = try await failure { () throws(SwarmError) in
                try await client.dial(address.appending(peer: server.localPeer))
            }
            #expect(direct.attempts.map(\.reason) == [.refused])
            #expect(direct.retryAfter == nil)
            #expect(client.counters.dialsFailed == 3)
            await client.world.clock.sleep(for: .seconds(10))
            #expect(try await failure(dial).attempts.map(\.reason) == [.refused])
            try server.listen(on: address)
            await client.world.clock.sleep(for: .seconds(15))
            _ = try await dial()
            #expect(client.counters.dialsSucceeded == 1)
            await client.close()
            await server.close()
            #expect(client.counters.connectionsOpened == 1 && server.counters.connectionsOpened == 1)
            #expect(server.counters.dialsSucceeded == 0)
            #expect(client.counters.bytesSent == server.counters.bytesReceived)
            #expect(server.counters.bytesSent == client.counters.bytesReceived && server.counters.bytesSent > 100)
        }
    }

    @Test("the second address answers when the first is dead")
    func fallback() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let network = try TestNetwork(simulation, count: 2)
            let dead = Multiaddr.test("/ip4/10.250.0.1/tcp/1")
            let good = try #require(network.peers[1].address.withoutPeerID())
            let connection = try await network[0].dial(network[1].localPeer, addresses: [dead, good])
            #expect(connection.remoteAddress == good)
            #expect(simulation.elapsed < .seconds(1))
            await network.close()
        }
    }

    @Test("both sides dial at once: both get a connection, and one is left")
    func simultaneous() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let network = try TestNetwork(simulation, count: 2)
            let one = spawn { try await network.connect(0, 1).remotePeer }
            let other = spawn { try await network.connect(1, 0).remotePeer }
            #expect(try await one.value == network[1].localPeer)
            #expect(try await other.value == network[0].localPeer)
            await network[0].world.clock.sleep(for: .seconds(60))
            #expect(network[0].connections.count == 1)
            #expect(network[1].connections.count == 1)
            await network.close()
        }
    }
}
