import Identity
import Reactor
import TestSupport
import Testing

@testable import Swarm

/// What a peer might do with the frames of Yamux once it is past the handshake. The session's own answers are tested
/// in YamuxTests; here it is seen that a whole node holds, and serves others meanwhile.
@Suite("Attacks on the multiplexer")
struct MultiplexerAttackTests {
    private static let echo = Adversary.negotiation("/multistream/1.0.0") + Adversary.negotiation("/echo/1")
    private static let ping = Adversary.frame(type: 2, flags: 1, stream: 0, length: 7)

    private static func header(_ stream: UInt32, flags: UInt16 = 0, length: UInt32) -> [UInt8] {
        Adversary.frame(type: 0, flags: flags, stream: stream, length: length)
    }

    private static func window(_ stream: UInt32, flags: UInt16 = 0, _ delta: UInt32 = 0) -> [UInt8] {
        Adversary.frame(type: 1, flags: flags, stream: stream, length: delta)
    }

    private static let violations: [(name: String, frames: [UInt8])] = [
        ("CVE-2026-31814: credit of 2^32 - 1, twice", window(3, flags: 1) + window(3, .max) + window(3, .max)),
        ("CVE-2026-32314 · GHSA-vxx9-2994-q338: 262,145 bytes, with SYN", header(3, flags: 1, length: 262_145)),
        (
            "CVE-2026-32314 · GHSA-vxx9-2994-q338: 262,145 bytes, without",
            window(3, flags: 1) + header(3, length: 262_145)
        ),
        // A stream unknown here may have had a window that grew to 16 MiB.
        ("CVE-2026-32314 · GHSA-vxx9-2994-q338: too much on an unknown id", header(99, length: 16 << 20 + 1)),
        ("GHSA-hmj8-5xmh-5573: a body of 4 GiB, refused by its header", header(3, flags: 1, length: .max)),
        ("a SYN with an id of the wrong parity", window(2, flags: 1)),
        ("a duplicate SYN", window(3, flags: 1) + window(3, flags: 1)),
        ("reuse of a closed id", window(3, flags: 1) + window(3, flags: 8) + window(3, flags: 1)),
        ("a stream frame on id 0", header(0, length: 1) + [1]),
    ]

    @Test("frames that Yamux does not allow: go away 1, other streams served until then", arguments: violations.indices)
    func violation(_ index: Int) async throws {
        let (name, frames) = Self.violations[index]
        try await HostileScene.run { scene in
            let adversary = try await scene.insider()
            try adversary.sendSealed(Adversary.data(Self.echo + [42], stream: 1, flags: 1))
            #expect(try await adversary.receivePayload(Self.echo.count + 1, of: 1) == Self.echo + [42], "\(name)")
            weak let connection = scene.victim.connections(to: KeyPair.test(66).peerID).first
            #expect(connection?.isOpen == true)
            try adversary.sendSealed(frames)
            #expect(try await adversary.receiveGoAway() == 1, "\(name)")
            #expect(!scene.isInsiderConnected, "\(name)")
            // Whatever it held has gone with it: its streams, their tasks, its buffers.
            await scene.attacker.clock.sleep(for: .seconds(3))
            #expect(connection == nil, "\(name)")
        }
    }

    @Test("CVE-2026-32314 · GHSA-vxx9-2994-q338: exactly 262,144 bytes with the SYN are served")
    func wholeWindow() async throws {
        try await HostileScene.run { scene in
            let adversary = try await scene.insider()
            let body = Self.echo + [UInt8](repeating: 6, count: 262_144 - Self.echo.count)
            try adversary.sendSealed(Adversary.data(body, stream: 1, flags: 1))
            #expect(try await adversary.receivePayload(262_144, of: 1) == body)
            adversary.reset()
        }
    }

    @Test("RST carrying an error code is not counted as credit")
    func resetCode() async throws {
        try await HostileScene.run { scene in
            scene.victim.setHandler("/flood/1") { stream in
                let block = [UInt8](repeating: 0, count: 64 << 10)
                while (try? await stream.write(block)) != nil {}
            }
            let adversary = try await scene.insider()
            let opening = Adversary.negotiation("/multistream/1.0.0") + Adversary.negotiation("/flood/1")
            try adversary.sendSealed(Adversary.data(opening, stream: 1, flags: 1))
            // All that the window allows has come; from here on only credit brings more.
            #expect(try await adversary.receivePayload(262_144, of: 1).count == 262_144)
            try adversary.sendSealed(Self.window(1, flags: 8, 0x1001) + Self.ping)
            await scene.attacker.clock.sleep(for: .seconds(1))
            let pong = ReceivedFrame(type: ReceivedFrame.Kind.ping, flags: 2, stream: 0, length: 7)
            #expect(try await adversary.receiveFrame() == pong)
            #expect(scene.victim.connections.last?.streamCount == 0)
            adversary.reset()
        }
    }

    // MARK: Floods

    @Test("CVE-2024-32984 · GHSA-3999-5ffv-wp2r: a million streams opened, no answer read")
    func openings() async throws {
        try await HostileScene.run { scene in
            let adversary = try await scene.insider()
            await scene.attacker.clock.sleep(for: .milliseconds(100))
            adversary.hasStoppedReading = true
            let connection = try #require(scene.victim.connections(to: KeyPair.test(66).peerID).first)
            var opened: UInt32 = 0
            var most = (streams: 0, output: 0)
            while opened < 1_000_000, scene.isInsiderConnected {
                try adversary.sendSealed((0..<5000).flatMap { Self.window((opened + $0) * 2 + 1, flags: 1) })
                opened += 5000
                await scene.attacker.clock.sleep(for: .milliseconds(10))
                most.streams = max(most.streams, connection.streamCount)
                most.output = max(most.output, connection.outbound.count)
            }
            #expect(opened <= 10_000)
            #expect(most.streams <= 512)
            #expect(most.output <= RecordBuffers.sendCapacity)
            await scene.attacker.clock.sleep(for: .seconds(3))
            #expect(scene.victim.closing.isEmpty)
        }
    }

    @Test(
        """
        CVE-2022-23486 · CVE-2022-23487 · CVE-2022-23492 · GHSA-jvgw-gccv-q5p8 · GHSA-f44q-634c-jvwv · \
        GHSA-j7qp-mfxf-8xjw: 10,000 connections from one address
        """)
    func connections() async throws {
        try await HostileScene.run { scene in
            var channels: [any ByteChannel] = []
            for round in 0..<100 {
                for _ in 0..<100 {
                    channels.append(try scene.attacker.network.connect(to: scene.target, from: nil))
                }
                await scene.attacker.clock.sleep(for: .milliseconds(10))
                #expect(scene.victim.resources.system.inboundConnections <= 9)
                if round.isMultiple(of: 20) { #expect(try await scene.honestRoundTrip() < .milliseconds(100)) }
            }
            await scene.attacker.clock.sleep(for: .seconds(1))
            #expect(scene.victim.resources.refusals > 9_900)
            for channel in channels { channel.reset() }
        }
    }

    @Test(
        """
        CVE-2022-23486 · CVE-2022-23487 · CVE-2022-23492 · GHSA-jvgw-gccv-q5p8 · GHSA-f44q-634c-jvwv · \
        GHSA-j7qp-mfxf-8xjw: 10,000 streams on one connection, a KiB dripped on each
        """)
    func streams() async throws {
        try await HostileScene.run { scene in
            let adversary = try await scene.insider()
            await scene.attacker.clock.sleep(for: .milliseconds(100))
            let connection = try #require(scene.victim.connections(to: KeyPair.test(66).peerID).first)
            let limit = scene.victim.configuration.limits.protocolPeer.inboundStreams
            let kibibyte = [UInt8](repeating: 1, count: 1024)
            for batch in 0..<100 as Range<UInt32> {
                let ids = (batch * 100..<batch * 100 + 100).map { $0 * 2 + 1 }
                for id in ids { try adversary.sendSealed(Adversary.data(Self.echo, stream: id, flags: 1)) }
                for id in ids { try adversary.sendSealed(Adversary.data(kibibyte, stream: id)) }
                await scene.attacker.clock.sleep(for: .milliseconds(10))
                #expect(connection.streamCount <= limit)
                if batch.isMultiple(of: 20) { #expect(try await scene.honestRoundTrip() < .milliseconds(100)) }
            }
            #expect(scene.victim.resources.lastRefusal?.scope == .protocolPeer("/echo/1", KeyPair.test(66).peerID))
            #expect(scene.victim.resources.system.inboundStreams <= limit)
            adversary.reset()
            await scene.attacker.clock.sleep(for: .seconds(1))
            #expect(scene.victim.resources.system.inboundStreams == 0)
        }
    }

    @Test("GHSA-84x2-2qv6-qg56: no rate limit on messages; 10,000 pings a second, every answer read")
    func pings() async throws {
        try await HostileScene.run { scene in
            let adversary = try await scene.insider()
            let hundred = Array([[UInt8]](repeating: Self.ping, count: 100).joined())
            for round in 0..<200 {
                try adversary.sendSealed(hundred)
                await scene.attacker.clock.sleep(for: .milliseconds(10))
                if round.isMultiple(of: 50) { #expect(try await scene.honestRoundTrip() < .milliseconds(100)) }
            }
            adversary.close()
            // 20,000 were asked for; what is answered in 30 s is bounded.
            var answers = 0
            while (try? await adversary.receiveSealed(12)) != nil { answers += 1 }
            #expect((1...1024).contains(answers))
        }
    }

    @Test("mplex is not spoken: the answer is na")
    func mplex() async throws {
        try await HostileScene.run { scene in
            let adversary = try await scene.attack()
            try await adversary.dialHandshake(as: .test(66), offeringMuxer: false)
            let header = Adversary.negotiation("/multistream/1.0.0")
            try adversary.sendSealed(header + Adversary.negotiation("/mplex/6.7.0"))
            let refusal = header + Adversary.negotiation("na")
            #expect(try await adversary.receiveSealed(refusal.count) == refusal)
            let yamux = Adversary.negotiation("/yamux/1.0.0")
            try adversary.sendSealed(yamux + Self.ping)
            #expect(try await adversary.receiveSealed(yamux.count) == yamux)
            #expect(try await adversary.receiveFrame().type == ReceivedFrame.Kind.ping)
            adversary.reset()
        }
    }

    @Test("CVE-2020-36443: nothing of one peer's bytes reaches another")
    func buffersAreNotShared() async throws {
        try await HostileScene.run { scene in
            // The honest peer fills the buffers that all connections of the victim share.
            let stream = try await scene.connection.openStream(["/echo/1"])
            let secret = [UInt8](repeating: 0xaa, count: 200_000)
            try await stream.write(secret)
            #expect(try await stream.read(exactly: secret.count) == secret)
            stream.close()
            let adversary = try await scene.insider()
            try adversary.sendSealed(Adversary.data(Self.echo + [42], stream: 1, flags: 1) + Self.ping)
            // Every record holds exactly its frames: the payload asked for, an acknowledgement, a pong.
            var received: [ReceivedFrame] = []
            while received.last?.type != ReceivedFrame.Kind.ping { received.append(try await adversary.receiveFrame()) }
            #expect(received.flatMap(\.body).allSatisfy { $0 != 0xaa })
            #expect(received.flatMap(\.body).count <= Self.echo.count + 1)
            adversary.reset()
        }
    }
}

extension HostileScene {
    /// The time that the honest peer's echo takes, on a stream of its own.
    func honestRoundTrip() async throws -> Duration {
        let start = simulation.elapsed
        let stream = try await connection.openStream(["/echo/1"])
        try await stream.write([9])
        #expect(try await stream.read(exactly: 1) == [9])
        stream.close()
        return simulation.elapsed - start
    }
}
