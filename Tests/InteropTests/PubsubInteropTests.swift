import GossipSub
import Identity
import Multiformats
import Reactor
import Swarm
import Testing
import Wire

/// GossipSub with py-libp2p 0.8.1, both ways.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct PubsubInteropTests {
    @NetworkActor private final class Listener {
        let node = Node()
        let gossip: GossipSubService
        private(set) var heard: [(author: PeerID?, text: String)] = []

        init() throws {
            gossip = GossipSubService(swarm: node.swarm)
            gossip.start()
            try gossip.subscribe("room") { [unowned self] message, _, _ in
                heard.append((message.author, String(decoding: message.data, as: UTF8.self)))
                return .accept
            }
        }

        /// Waits until something holds, for at most half a minute.
        func until(_ condition: () -> Bool) async -> Bool {
            for _ in 0..<600 where !condition() { await node.swarm.world.clock.sleep(for: .milliseconds(50)) }
            return condition()
        }
    }

    /// py-libp2p and go-libp2p forget what a peer is subscribed to when their own stream to it ends, though the peer's
    /// stream to them, on which it was told, goes on.
    @Test("its stream is reset, and messages go both ways again")
    func streamReset() async throws {
        let python = try await PythonPeer()
        let peer = try PeerID(python.peer)
        _ = try await python.ask("subscribe", [("topic", .string("room"))])
        let listener = try await spawn { try Listener() }.value
        try await spawn { _ = try await listener.node.swarm.dial(Multiaddr(python.address)) }.value
        #expect(await spawn { await listener.until { listener.gossip.mesh(of: "room") == [peer] } }.value)
        for round in 0..<3 {
            let direction = round % 2 == 0 ? Direction.inbound : .outbound
            await spawn {
                for stream in listener.node.swarm.connections.flatMap(\.openStreams)
                where stream.direction == direction && GossipSub.protocolIDs.contains(stream.protocolID) {
                    stream.reset()
                }
            }.value
            // It notices when it writes.
            let texts = (0..<20).map { "theirs \(round) \($0)" }
            var isHeard = false
            for text in texts where !isHeard {
                _ = try await python.ask("publish", [("topic", .string("room")), ("text", .string(text))])
                isHeard = await spawn {
                    for _ in 0..<20 where listener.heard.last?.text != text {
                        await listener.node.swarm.world.clock.sleep(for: .milliseconds(50))
                    }
                    return listener.heard.last?.text == text
                }.value
            }
            #expect(isHeard, "round \(round)")
            try await spawn { _ = try listener.gossip.publish(Array("ours \(round)".utf8), to: "room") }.value
            var answers = false
            for _ in 0..<300 where !answers {
                let heard = try await python.ask("heard", [("topic", .string("room")), ("count", .integer(1))])
                answers = (heard["messages"]?.elements ?? []).contains { $0["text"]?.text == "ours \(round)" }
                if !answers {
                    await spawn { await listener.node.swarm.world.clock.sleep(for: .milliseconds(100)) }.value
                }
            }
            #expect(answers, "round \(round)")
        }
        await spawn {
            listener.gossip.stop()
            await listener.node.swarm.close()
        }.value
    }

    @Test("messages both ways, whoever dials", arguments: [true, false])
    func bothWays(_ weDial: Bool) async throws {
        let python = try await PythonPeer()
        let peer = try PeerID(python.peer)
        _ = try await python.ask("subscribe", [("topic", .string("room"))])
        let listener = try await spawn { try Listener() }.value
        if weDial {
            try await spawn { _ = try await listener.node.swarm.dial(Multiaddr(python.address)) }.value
        } else {
            let (address, _) = try await spawn { try listener.node.listen() }.value
            _ = try await python.ask("connect", [("address", .string(address.description))])
        }
        let isMember = await spawn { await listener.until { listener.gossip.mesh(of: "room") == [peer] } }.value
        #expect(isMember)

        try await spawn {
            for number in 0..<20 { try listener.gossip.publish(Array("ours \(number)".utf8), to: "room") }
        }.value
        let heard = try await python.ask("heard", [("topic", .string("room")), ("count", .integer(20))])
        let messages = heard["messages"]?.elements ?? []
        let own = await spawn { listener.node.swarm.localPeer.description }.value
        #expect(Set(messages.compactMap { $0["text"]?.text }) == Set((0..<20).map { "ours \($0)" }))
        #expect(messages.allSatisfy { $0["from"]?.text == own })

        for number in 0..<20 {
            _ = try await python.ask("publish", [("topic", .string("room")), ("text", .string("theirs \(number)"))])
        }
        let isHeard = await spawn { await listener.until { listener.heard.count == 20 } }.value
        #expect(isHeard)
        await spawn {
            #expect(listener.heard.allSatisfy { $0.author == peer })
            #expect(Set(listener.heard.map(\.text)) == Set((0..<20).map { "theirs \($0)" }))
            #expect(listener.gossip.counts.rejected == 0)
            #expect(listener.gossip.score(of: peer) >= 0)
            listener.gossip.stop()
            await listener.node.swarm.close()
        }.value
    }
}
