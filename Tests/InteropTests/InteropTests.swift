import Identify
import Identity
import Multiformats
import Perf
import Ping
import Reactor
import RequestResponse
import Swarm
import Testing
import Wire

/// The wire against py-libp2p 0.8.1 over TCP, Noise and Yamux on loopback. Its dialer waits 250 ms before the first
/// attempt, so nothing here asserts how long a dial takes.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct InteropTests {
    @Test("we dial py-libp2p: identify, ping, echo, perf")
    func dialing() async throws {
        let python = try await PythonPeer()
        let peer = try PeerID(python.peer)
        try await spawn {
            let node = Node()
            let connection = try await node.swarm.dial(Multiaddr(python.address))
            #expect(connection.remotePeer == peer)
            let info = try await node.identified(peer)
            #expect(info.protocols.contains("/echo/1.0.0"))
            #expect(info.protocols.contains("/ipfs/ping/1.0.0"))

            let times = try await node.ping.ping(peer, count: 3)
            #expect(times.count == 3)

            let stream = try await node.swarm.openStream(to: peer, ["/echo/1.0.0"])
            let message = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let writer = spawn {
                try await stream.write(message)
                stream.closeWrite()
            }
            #expect(try await stream.readToEnd(limit: message.count + 1) == message)
            try await writer.value

            let result = try await node.perf.run(peer, upload: 3 << 20, download: 5 << 20)
            #expect(result.uploadSeconds > 0 && result.downloadSeconds > 0)
            await node.swarm.close()
        }.value
    }

    @Test("py-libp2p dials us: identify, ping, echo, perf")
    func listening() async throws {
        let python = try await PythonPeer()
        let node = await spawn { Node() }.value
        let (address, own) = try await spawn { try node.listen() }.value
        let peer = JSON.string(own.description)
        _ = try await python.ask("connect", [("address", .string(address.description))])
        let identify = try await python.ask("identify", [("peer", peer)])
        #expect(identify["agent"]?.text == Node.agent)
        #expect(identify["protocols"]?.elements.contains(.string("/echo/1.0.0")) == true)
        #expect(identify["addresses"]?.elements.isEmpty == false)
        #expect(identify["signed_peer_record"]?.text?.isEmpty == false)
        #expect(identify["observed"]?.text?.hasPrefix("/ip4/127.0.0.1/tcp/") == true)

        let ping = try await python.ask("ping", [("peer", peer), ("count", .integer(3))])
        #expect(ping["rtt"]?.elements.count == 3)
        _ = try await python.ask("echo", [("peer", peer), ("size", .integer(200_000)), ("count", .integer(5))])
        let sizes: [(String, JSON)] = [("upload", .integer(3 << 20)), ("download", .integer(5 << 20))]
        _ = try await python.ask("perf", [("address", .string(address.description))] + sizes)

        // What it knows of us came by identify over its connection; what we know of it came the same way.
        let info = try await spawn { try await node.identified(PeerID(python.peer)) }.value
        #expect(info.protocols.contains("/reverse/1.0.0"))
        await spawn { await node.swarm.close() }.value
    }

    @Test("identify push, both ways")
    func push() async throws {
        let python = try await PythonPeer()
        let peer = try PeerID(python.peer)
        let node = await spawn { Node() }.value
        let (_, own) = try await spawn { () async throws -> (Multiaddr, PeerID) in
            let listening = try node.listen()
            _ = try await node.swarm.dial(Multiaddr(python.address))
            _ = try await node.identified(peer)
            return listening
        }.value

        // A new protocol of ours is pushed; it goes on talking to us.
        await spawn { node.swarm.setHandler("/late/1.0.0") { $0.close() } }.value
        let pushed = try await spawn { try await node.identified(peer, times: 1) }.value
        #expect(pushed.protocols.contains("/echo/1.0.0"))
        let answer = try await python.ask("push", [("peer", .string(own.description))])
        #expect(answer["pushed"] == .bool(true))
        let again = try await spawn { try await node.identified(peer, times: 2) }.value
        #expect(again.protocols.contains("/echo/1.0.0"))
        _ = try await python.ask("ping", [("peer", .string(own.description))])
        await spawn { await node.swarm.close() }.value
    }

    @Test("a wrong peer id behind an address is refused, and both ids are named")
    func wrongPeer() async throws {
        let python = try await PythonPeer()
        try await spawn { () async throws -> Void in
            let node = Node()
            let stranger = Node().swarm.localPeer
            let address = try #require(try Multiaddr(python.address).withoutPeerID()).appending(peer: stranger)
            do throws(SwarmError) {
                _ = try await node.swarm.dial(address)
                Issue.record("connected to \(python.peer) as \(stranger)")
            } catch {
                #expect(error.expectedPeer == stranger)
                #expect(error.actualPeer?.description == python.peer)
            }
            await node.swarm.close()
        }.value
    }
}
