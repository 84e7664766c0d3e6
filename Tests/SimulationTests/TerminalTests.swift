import Engine
import Identity
import Reactor
import Swarm
import Testing
import Wire

/// Whatever a stranger writes, and wherever: a terminal that shows the lines obeys none of it.
@Suite struct TerminalTests {
    private static let unicode = (UInt32(1)...0x10FFFF).compactMap(Unicode.Scalar.init)

    /// What acts, and its neighbours, and a few thousand others: for what costs too much to try with all.
    private static let suspects = unicode.filter { scalar in
        scalar.value < 0x100 || (0x600...0x620).contains(scalar.value) || (0x2000...0x2070).contains(scalar.value)
            || scalar.value % 997 == 0
    }

    /// Characters in pieces of so many.
    private static func pieces(of size: Int, _ scalars: [Unicode.Scalar] = unicode) -> [String] {
        var pieces: [String] = []
        var piece = ""
        var count = 0
        for scalar in scalars {
            piece.unicodeScalars.append(scalar)
            count += 1
            guard count == size else { continue }
            pieces.append(piece)
            (piece, count) = ("", 0)
        }
        return pieces + [piece]
    }

    private static func quoted(_ text: String) -> String { String(decoding: JSON.string(text).bytes, as: UTF8.self) }

    /// Looks at the bytes of lines for anything that acts.
    @NetworkActor private static func expectHarmless(_ engine: SimulatedEngine) {
        for line in engine.lines {
            guard let scalar = line.unicodeScalars.first(where: \.actsOnTerminal) else { continue }
            Issue.record("U+\(String(scalar.value, radix: 16)) in \(line.prefix(200))")
            return
        }
    }

    /// What peers say of themselves.
    @Test func agentsAndProtocols() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let server = try await SimulatedEngine.start(simulation.host("s"), listen: ["/ip4/0.0.0.0/tcp/4001"])
            let client = try await SimulatedEngine.start(simulation.host("c"))
            let (peer, _) = try await client.connect(to: server)
            let swarm = try #require(client.engine?.swarm)
            for piece in Self.pieces(of: 8192) {
                swarm.post(identified: try PeerID(peer), PeerInfo(agentVersion: piece))
                await client.sleep(for: .milliseconds(1))
            }
            for piece in Self.pieces(of: 256, Self.suspects) {
                swarm.post(identified: try PeerID(peer), PeerInfo(protocols: [piece, "/\(piece)/1.0.0"]))
            }
            await client.sleep(for: .milliseconds(1))
            let told = client.lines.filter { $0.hasPrefix(#"{"type":"peer.updated""#) }
            #expect(told.count > 100)
            await client.send(#"{"cmd":"peer.show","peer":"\#(peer)"}"#)
            await client.send(#"{"cmd":"peer.list"}"#)
            await client.sleep(for: .milliseconds(1))
            Self.expectHarmless(client)
            await client.end()
            await server.end()
        }
    }

    /// What they write, and what kind they say it is of.
    @Test func messages() async throws {
        try await SimulatedWorld.run(seed: 2) { simulation in
            let server = try await SimulatedEngine.start(simulation.host("s"), listen: ["/ip4/0.0.0.0/tcp/4001"])
            let client = try await SimulatedEngine.start(simulation.host("c"))
            let (peer, _) = try await client.connect(to: server)
            let pieces = Self.pieces(of: 60_000)
            for (index, piece) in pieces.enumerated() {
                await client.send(
                    #"{"cmd":"message.send","id":\#(index),"to":"\#(peer)","text":\#(Self.quoted(piece)),"wait":"delivered"}"#
                )
                try await client.line(with: #""type":"ok","id":\#(index),"#)
            }
            await server.sleep(for: .seconds(1))
            let texts = try server.lines.filter { $0.hasPrefix(#"{"type":"message","#) }.map {
                try value("text", of: $0)
            }
            // Byte for byte what was sent.
            #expect(texts.map { Array($0.utf8) } == pieces.map { Array($0.utf8) })
            Self.expectHarmless(server)
            Self.expectHarmless(client)
            await client.end()
            await server.end()
        }
    }

    /// What an error repeats of the line that it answers.
    @Test func errors() async throws {
        try await SimulatedWorld.run(seed: 3) { simulation in
            let engine = try await SimulatedEngine.start(simulation.host("a"))
            // A command's name is repeated whole up to 64 bytes.
            let pieces = Self.pieces(of: 16, Self.suspects)
            for piece in pieces {
                let text = Self.quoted(piece)
                await engine.send(#"{"cmd":\#(text)}"#)
                await engine.send(#"{"cmd":"sync",\#(text):1}"#)
                await engine.send(#"{"cmd":"sync","id":\#(text)}"#)
                await engine.send(#"{"cmd":"net.ping","peer":\#(text)}"#)
                await engine.send(#"{"cmd":"net.connect","address":\#(text)}"#)
                await engine.send(#"{"cmd":"message.send","to":"bob","text":"hi","wait":\#(text)}"#)
                await engine.send(#"{"cmd":"events.subscribe","types":[\#(text)]}"#)
                await engine.send(#"{"cmd":"events.ack","consumer":\#(text),"seq":1}"#)
                await engine.send(#"{"cmd":"config.set","name":\#(text),"value":\#(text)}"#)
                await engine.send(
                    #"{"cmd":"contact.add","peer":"12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo","alias":\#(text)}"#
                )
            }
            await engine.sleep(for: .seconds(1))
            #expect(engine.lines.count { $0.hasPrefix(#"{"type":"error""#) } > 5 * pieces.count)
            Self.expectHarmless(engine)
            await engine.end()
        }
    }
}

extension SimulatedEngine {
    /// Connects to another; answers its peer id and address.
    fileprivate func connect(to other: SimulatedEngine) async throws -> (peer: String, address: String) {
        let started = try await other.line(with: #""type":"started""#)
        let (peer, address) = (try value("peer", of: started), try value("addresses", of: started))
        await send(#"{"cmd":"net.connect","address":"\#(address)"}"#)
        try await line(with: #""type":"ok""#, "net.connect")
        return (peer, address)
    }
}
