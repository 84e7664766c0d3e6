import Identity
import Multiformats
import Reactor
import TestSupport
import Testing

@testable import Swarm

@Suite("Hostile peers before the handshake, in the simulated world")
struct HostileStrangerTests {
    private static let noise = Adversary.negotiation("/multistream/1.0.0") + Adversary.negotiation("/noise")

    @Test(
        "what is no negotiation or handshake is closed at once",
        arguments: [
            Array("GET / HTTP/1.1\r\nHost: example.org\r\nUser-Agent: a browser of some kind\r\n\r\n".utf8), [0x00],
            [0xff, 0xff, 0xff, 0xff, 0xff],
            Adversary.negotiation(String(repeating: "x", count: 2048)), Adversary.negotiation("/multistream/2.0.0"),
            [3, 0xff, 0xfe, 0x0a], noise + [0xff, 0xff, 1, 2, 3], noise + [0, 0],
            noise + [0, 32] + [UInt8](repeating: 0, count: 32),
        ] as [[UInt8]])
    func garbage(_ bytes: [UInt8]) async throws {
        try await HostileScene.run { scene in
            let adversary = try await scene.attack()
            let start = scene.simulation.elapsed
            adversary.send(bytes)
            await adversary.untilEnded()
            #expect(scene.simulation.elapsed - start < .seconds(1))
        }
    }

    /// mss abuse: an endless loop of refusals.
    @Test("64 proposals are answered, the 65th closes the connection")
    func proposals() async throws {
        try await HostileScene.run { scene in
            let adversary = try await scene.attack()
            let start = scene.simulation.elapsed
            adversary.send(Adversary.negotiation("/multistream/1.0.0"))
            for number in 0..<64 { adversary.send(Adversary.negotiation("/tls/\(number)")) }
            let answers = Adversary.negotiation("/multistream/1.0.0").count + 64 * Adversary.negotiation("na").count
            _ = try await adversary.receive(answers)
            #expect(!adversary.isEnded)
            adversary.send(Adversary.negotiation("/tls/64"))
            await adversary.untilEnded()
            #expect(scene.simulation.elapsed - start < .seconds(1))
        }
    }

    /// mss abuse: a slow header.
    @Test("a byte a second is given up after 15 s")
    func drip() async throws {
        try await HostileScene.run { scene in
            let adversary = try await scene.attack()
            let start = scene.simulation.elapsed
            await adversary.drip(Adversary.negotiation("/multistream/1.0.0"), every: .seconds(1))
            await adversary.untilEnded()
            #expect((.seconds(14) ... .seconds(17)).contains(scene.simulation.elapsed - start))
        }
    }

    /// slowloris upgrade.
    @Test("256 silent connections: most are refused, the rest are freed after 15 s, and there is room for others")
    func slowloris() async throws {
        try await HostileScene.run { scene in
            var silent: [Adversary] = []
            for number in 0..<64 {
                let world = scene.simulation.host("bot\(number)")
                for _ in 0..<4 { silent.append(try await Adversary.connect(world, to: scene.target)) }
            }
            let limit = scene.victim.configuration.limits.transient.inboundConnections
            await scene.attacker.clock.sleep(for: .seconds(1))
            #expect(scene.victim.resources.transient.inboundConnections == limit)
            #expect(scene.victim.resources.lastRefusal?.scope == .transient)
            #expect(scene.victim.resources.lastRefusal?.resource == .inboundConnections)
            #expect(scene.victim.resources.lastRefusal?.limit == limit)
            // Dialing has its own share.
            let other = try TestPeer(scene.simulation.host("other"), key: 50)
            _ = try await scene.victim.dial(other.address)
            await scene.attacker.clock.sleep(for: .seconds(15))
            #expect(scene.victim.resources.transient == ResourceUsage())
            let late = Swarm(world: scene.simulation.host("late"), identity: .test(51))
            _ = try await late.dial(scene.network.peers[1].address)
            #expect(silent.filter(\.isEnded).count == silent.count)
            await late.close()
            await other.swarm.close()
        }
    }

    @Test(
        "9 connections from one address: the ninth is refused; with the network allowed, none is",
        arguments: [false, true])
    func perAddress(_ isAllowed: Bool) async throws {
        var configuration = SwarmConfiguration()
        if isAllowed { configuration.allowedNetworks = [try #require(NetworkPrefix("10.0.0.0/8"))] }
        try await HostileScene.run(configuration) { scene in
            var bots: [Adversary] = []
            for _ in 0..<9 { bots.append(try await scene.attack()) }
            await scene.attacker.clock.sleep(for: .seconds(1))
            #expect(bots.filter(\.isEnded).count == (isAllowed ? 0 : 1))
            #expect(scene.victim.resources.refusals == (isAllowed ? 0 : 1))
            for bot in bots { bot.reset() }
        }
    }

    @Test("2,000 connections from one address: never more than 8 are taken, and those are freed")
    func flood() async throws {
        try await HostileScene.run { scene in
            var bots: [Adversary] = []
            for _ in 0..<2000 { bots.append(try await scene.attack()) }
            await scene.attacker.clock.sleep(for: .seconds(1))
            #expect(bots.filter { !$0.isEnded }.count <= 8)
            #expect(scene.victim.resources.refusals >= 1950)
            await scene.attacker.clock.sleep(for: .seconds(16))
            #expect(bots.filter { !$0.isEnded }.isEmpty)
        }
    }

    @Test("a reset in the middle of everything")
    func resets() async throws {
        try await HostileScene.run { scene in
            for cut in [0, 10, 25, 40, 100] {
                let world = scene.simulation.host("cut\(cut)")
                let adversary = try await Adversary.connect(world, to: scene.target)
                let opening = Self.noise + [0, 32] + [UInt8](repeating: 9, count: 90)
                adversary.send(Array(opening.prefix(cut)))
                await world.clock.sleep(for: .milliseconds(50))
                adversary.reset()
            }
            await scene.attacker.clock.sleep(for: .seconds(1))
            #expect(scene.victim.resources.transient == ResourceUsage())
        }
    }

    @Test("a stream of records before the muxer is agreed on is cut off long before the deadline")
    func endlessRecords() async throws {
        try await HostileScene.run { scene in
            let adversary = try await scene.attack()
            try await adversary.dialHandshake(as: .test(66), offeringMuxer: false)
            let start = scene.simulation.elapsed
            for _ in 0..<1000 where !adversary.isEnded {
                for _ in 0..<50 { try adversary.sendSealed([]) }
                await scene.attacker.clock.sleep(for: .milliseconds(1))
            }
            await adversary.untilEnded()
            #expect(scene.simulation.elapsed - start < .seconds(5))
        }
    }

    @Test("a server that sends back what it hears is no peer")
    func reflection() async throws {
        try await HostileScene.run { scene in
            let address = SocketAddress.ip(scene.attacker.network.localAddresses()[0], port: 9)
            _ = try Adversary.listen(scene.attacker, on: address) { adversary in
                while let byte = try? await adversary.receive(1) { adversary.send(byte) }
            }
            let target = try #require(Multiaddr(address))
            do throws(SwarmError) {
                _ = try await scene.network[0].dial(target)
                #expect(Bool(false))
            } catch {
                #expect(error.attempts.map(\.reason) == [.upgradeFailed])
            }
        }
    }
}
