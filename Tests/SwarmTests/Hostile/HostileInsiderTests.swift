import Identity
import Multiformats
import Reactor
import TestSupport
import Testing

@testable import Swarm

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

    /// mss abuse, on a stream.
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

    /// CVE-2022-23486 · CVE-2022-23487 · CVE-2022-23492.
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

    /// CVE-2024-32984 · GHSA-3999-5ffv-wp2r: an unbounded queue of answers.
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

    /// stream open/close churn ("rapid reset").
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
