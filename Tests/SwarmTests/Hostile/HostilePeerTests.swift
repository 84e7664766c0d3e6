import Identity
import Multiformats
import Reactor
import TestSupport
import Testing

@testable import Swarm

/// A victim with an honest peer connected to it, and a host for the attacker.
@NetworkActor
struct HostileScene {
    let simulation: SimulatedWorld
    let network: TestNetwork
    let connection: Connection
    let attacker: World
    let target: SocketAddress

    var victim: Swarm { network[1] }

    func attack() async throws -> Adversary { try await Adversary.connect(attacker, to: target) }

    /// An adversary past the handshake, with key 66.
    func insider() async throws -> Adversary {
        let adversary = try await attack()
        try await adversary.dialHandshake(as: .test(66))
        return adversary
    }

    var isInsiderConnected: Bool { victim.isConnected(KeyPair.test(66).peerID) }

    /// Runs an attack. Afterwards the honest peer must still be served at once, and nothing half-open may be left.
    static func run(
        _ configuration: SwarmConfiguration = .init(),
        _ body: @escaping @NetworkActor (HostileScene) async throws -> Void
    ) async throws {
        try await SimulatedWorld.run(seed: 3) { simulation in
            let network = try TestNetwork(simulation, count: 2, configuration: configuration)
            network[1].setHandler("/echo/1", echoHandler)
            let connection = try await network.connect(0, 1)
            let ip = network[1].world.network.localAddresses()[0]
            let scene = HostileScene(
                simulation: simulation, network: network, connection: connection,
                attacker: simulation.host("attacker"), target: .ip(ip, port: 4001))
            try await body(scene)

            let stream = try await connection.openStream(["/echo/1"])
            let start = simulation.elapsed
            try await stream.write([1, 2, 3])
            #expect(try await stream.read(exactly: 3) == [1, 2, 3])
            #expect(simulation.elapsed - start < .milliseconds(100))
            stream.close()
            await network[0].world.clock.sleep(for: .seconds(20))
            #expect(network[1].resources.transient == ResourceUsage())
            #expect(network[1].pending.isEmpty)
            await network.close()
        }
    }
}

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

@Suite("Hostile peers after the handshake, in the simulated world")
struct HostileInsiderTests {
    private static let echo = Adversary.negotiation("/multistream/1.0.0") + Adversary.negotiation("/echo/1")
    private static let ping = Adversary.frame(type: 2, flags: 1, stream: 0, length: 7)
    private static let open = Adversary.frame(type: 1, flags: 1, stream: 1, length: 0)

    @Test("a damaged record ends the connection without an answer")
    func damaged() async throws {
        try await HostileScene.run { scene in
            let adversary = try await scene.insider()
            var record = try adversary.seal(Self.ping)
            record[record.count - 1] ^= 1
            adversary.send(record)
            await adversary.untilEnded()
            #expect(!scene.isInsiderConnected)
        }
    }

    @Test(
        "frames that the multiplexer does not allow end the connection",
        arguments: [
            Adversary.frame(type: 0, flags: 1, stream: 1, length: 262_145),
            Adversary.frame(type: 0, flags: 1, stream: 1, length: 0xffff_ffff),
            Adversary.frame(type: 9, flags: 0, stream: 0, length: 0),
            [9] + Adversary.frame(type: 0, flags: 0, stream: 1, length: 0).dropFirst(),
            Adversary.frame(type: 1, flags: 1, stream: 2, length: 0), open + open,
            open + Adversary.frame(type: 1, flags: 0, stream: 1, length: 0xffff_ffff)
                + Adversary.frame(type: 1, flags: 0, stream: 1, length: 0xffff_ffff),
        ] as [[UInt8]])
    func malformedFrames(_ frames: [UInt8]) async throws {
        try await HostileScene.run { scene in
            let adversary = try await scene.insider()
            try adversary.sendSealed(frames)
            await adversary.untilEnded()
            #expect(!scene.isInsiderConnected)
        }
    }

    @Test("records of any cut, many in one segment, and empty ones")
    func records() async throws {
        try await HostileScene.run { scene in
            let adversary = try await scene.insider()
            var bytes: [UInt8] = []
            for part in [Self.ping, [], Array(Self.ping.prefix(5)), Array(Self.ping.dropFirst(5)), Self.ping] {
                bytes += try adversary.seal(part)
            }
            for byte in bytes {
                adversary.send([byte])
                await scene.attacker.clock.sleep(for: .milliseconds(1))
            }
            for _ in 0..<3 {
                #expect(
                    try await adversary.receiveSealed(12) == Adversary.frame(type: 2, flags: 2, stream: 0, length: 7))
            }
            adversary.reset()
        }
    }

    @Test("the last message of the handshake and the first records in one segment")
    func coalesced() async throws {
        try await HostileScene.run { scene in
            let adversary = try await scene.attack()
            try await adversary.dialHandshake(as: .test(66), holding: true)
            try adversary.sendSealed(Self.ping)
            try adversary.sendSealed(Adversary.data(Self.echo + [42], stream: 1, flags: 1))
            let third = try adversary.seal(Self.ping)
            adversary.send(Array(third.prefix(9)))
            adversary.isHolding = false
            let answer = Adversary.frame(type: 2, flags: 2, stream: 0, length: 7)
            #expect(try await adversary.receiveSealed(12) == answer)
            let echoed = try await adversary.receiveSealed(12 + Self.echo.count + 1)
            #expect(echoed == Adversary.data(Self.echo + [42], stream: 1, flags: 2))
            adversary.send(Array(third.dropFirst(9)))
            #expect(try await adversary.receiveSealed(12) == answer)
            adversary.reset()
        }
    }

    @Test("a stream without a proposal is reset after 10 s; the connection stays")
    func silentStream() async throws {
        try await HostileScene.run { scene in
            let adversary = try await scene.insider()
            let start = scene.simulation.elapsed
            try adversary.sendSealed(Self.open)
            #expect(try await adversary.receiveSealed(12) == Adversary.frame(type: 1, flags: 2, stream: 1, length: 0))
            let reset = try await adversary.receiveSealed(12)
            #expect(reset == Adversary.frame(type: 1, flags: 8, stream: 1, length: 0x1001))
            #expect((.seconds(10) ... .seconds(11)).contains(scene.simulation.elapsed - start))
            #expect(scene.isInsiderConnected)
            adversary.reset()
        }
    }

    @Test("negotiation on a stream: 65 proposals, a line of 2 KiB, a byte a second")
    func streamNegotiation() async throws {
        try await HostileScene.run { scene in
            let adversary = try await scene.insider()
            let header = Adversary.negotiation("/multistream/1.0.0")
            let proposals = (0..<65).flatMap { Adversary.negotiation("/none/\($0)") }
            try adversary.sendSealed(Adversary.data(header + proposals, stream: 1, flags: 1))
            let line = Adversary.negotiation(String(repeating: "x", count: 2048))
            try adversary.sendSealed(Adversary.data(header + line, stream: 3, flags: 1))
            try adversary.sendSealed(Adversary.frame(type: 1, flags: 1, stream: 5, length: 0))
            for byte in header {
                try adversary.sendSealed(Adversary.data([byte], stream: 5))
                await scene.attacker.clock.sleep(for: .seconds(1))
            }
            let connection = try #require(scene.victim.connections.last)
            #expect(connection.streamCount == 0)
            adversary.reset()
        }
    }

    @Test("1 KiB a second on a hundred streams is served like anything else")
    func dripping() async throws {
        try await HostileScene.run(.unlimited) { scene in
            let adversary = try await scene.insider()
            for number in 0..<100 {
                try adversary.sendSealed(Adversary.data(Self.echo, stream: UInt32(number * 2 + 1), flags: 1))
            }
            let kibibyte = [UInt8](repeating: 1, count: 1024)
            for _ in 0..<20 {
                for number in 0..<100 {
                    try adversary.sendSealed(Adversary.data(kibibyte, stream: UInt32(number * 2 + 1)))
                }
                await scene.attacker.clock.sleep(for: .seconds(1))
            }
            #expect(scene.victim.connections.last?.streamCount == 100)
            adversary.reset()
        }
    }

    @Test("more streams than a peer may have are reset; the connection stays")
    func manyStreams() async throws {
        try await HostileScene.run { scene in
            let adversary = try await scene.insider()
            let limit = scene.victim.configuration.limits.protocolPeer.inboundStreams
            for number in 0..<400 {
                try adversary.sendSealed(Adversary.data(Self.echo, stream: UInt32(number * 2 + 1), flags: 1))
            }
            await scene.attacker.clock.sleep(for: .seconds(1))
            let connection = try #require(scene.victim.connections.last)
            #expect(connection.streamCount == limit)
            #expect(scene.victim.resources.lastRefusal?.scope == .protocolPeer("/echo/1", KeyPair.test(66).peerID))
            adversary.reset()
        }
    }

    @Test("a peer that stops reading costs a bounded queue, and is dropped")
    func stopsReading() async throws {
        try await HostileScene.run { scene in
            var written = 0
            scene.victim.setHandler("/flood/1") { stream in
                let block = [UInt8](repeating: 0, count: 64 << 10)
                while (try? await stream.write(block)) != nil { written += block.count }
            }
            let adversary = try await scene.insider()
            adversary.hasStoppedReading = true
            let opening = Adversary.negotiation("/multistream/1.0.0") + Adversary.negotiation("/flood/1")
            try adversary.sendSealed(Adversary.data(opening, stream: 1, flags: 1))
            // Credit without end: only the socket holds the victim back.
            try adversary.sendSealed(Adversary.frame(type: 1, flags: 0, stream: 1, length: 1 << 30))
            await scene.attacker.clock.sleep(for: .seconds(120))
            #expect(written < 4 << 20)
            #expect(!scene.isInsiderConnected)
            adversary.reset()
        }
    }

    @Test("a million pings without reading an answer")
    func pings() async throws {
        try await HostileScene.run { scene in
            let adversary = try await scene.insider()
            adversary.hasStoppedReading = true
            let batch = Array([[UInt8]](repeating: Self.ping, count: 5000).joined())
            for _ in 0..<200 where scene.isInsiderConnected {
                try adversary.sendSealed(batch)
                await scene.attacker.clock.sleep(for: .milliseconds(10))
            }
            #expect(scene.victim.connections.last.map { $0.outbound.count <= RecordBuffers.sendCapacity } ?? true)
            adversary.reset()
        }
    }

    @Test("opening and resetting streams without end is stopped")
    func rapidReset() async throws {
        try await HostileScene.run { scene in
            let adversary = try await scene.insider()
            var number: UInt32 = 1
            for _ in 0..<100 where scene.isInsiderConnected {
                var batch: [UInt8] = []
                for _ in 0..<1000 {
                    batch += Adversary.frame(type: 1, flags: 1, stream: number, length: 0)
                    batch += Adversary.frame(type: 1, flags: 8, stream: number, length: 0)
                    number += 2
                }
                try adversary.sendSealed(batch)
                await scene.attacker.clock.sleep(for: .milliseconds(50))
            }
            #expect(number < 10_000)
            #expect(!scene.isInsiderConnected)
        }
    }

    @Test("a reset in the middle of a record")
    func resetWithin() async throws {
        try await HostileScene.run { scene in
            let adversary = try await scene.insider()
            let record = try adversary.seal(Adversary.data(Self.echo, stream: 1, flags: 1))
            adversary.send(Array(record.prefix(record.count / 2)))
            await scene.attacker.clock.sleep(for: .milliseconds(50))
            #expect(scene.isInsiderConnected)
            adversary.reset()
            await scene.attacker.clock.sleep(for: .seconds(1))
            #expect(!scene.isInsiderConnected)
        }
    }

    @Test("a server that hangs up in the middle of a request: a typed error")
    func hangsUp() async throws {
        try await HostileScene.run { scene in
            let address = SocketAddress.ip(scene.attacker.network.localAddresses()[0], port: 9)
            _ = try Adversary.listen(scene.attacker, on: address) { adversary in
                try? await adversary.answerHandshake(as: .test(66))
                _ = try? await adversary.receiveSealed(12)
                adversary.close()
            }
            let target = try #require(Multiaddr(address))
            let connection = try await scene.network[0].dial(target)
            let stream = try await connection.openStream(["/echo/1"])
            try await stream.write([1])
            await #expect(throws: StreamError.connectionClosed) { try await stream.read() }
            await #expect(throws: SwarmError.connectionClosed) { try await connection.openStream(["/echo/1"]) }
        }
    }
}
