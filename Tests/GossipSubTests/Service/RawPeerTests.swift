import Identify
import Identity
import Reactor
import Swarm
import TestSupport
import Testing
import Time
import Wire

@testable import GossipSub

/// A peer that handles the streams of pubsub as it likes.
@Suite struct RawPeerTests {
    /// One end of a conversation: streams without a service.
    @NetworkActor private final class RawPeer {
        let peer: TestPeer
        private let identify: IdentifyService
        /// What to do with each stream that is opened to it.
        var answer: @NetworkActor (Stream) async -> Void = { stream in while let _ = try? await stream.read() {} }
        /// When each was opened.
        private(set) var opened: [Instant] = []
        /// What it was told, on each.
        private(set) var told: [[RPC]] = []

        init(_ world: World) throws {
            peer = try TestPeer(world, key: 77)
            identify = IdentifyService(swarm: peer.swarm, agentVersion: "raw/1")
            identify.start()
            peer.swarm.setHandler(GossipSub.Version.v1_1.protocolID) { [unowned self] stream in
                opened.append(world.clock.now)
                told.append([])
                await answer(stream)
            }
        }

        /// Reads what is told on a stream, until its end or so many messages.
        func listen(_ stream: Stream, count: Int = .max) async {
            let index = told.count - 1
            while told[index].count < count, let frame = try? await stream.readLengthPrefixed(limit: 1 << 20) {
                if let rpc = try? RPC(frame, limits: .init()) { told[index].append(rpc) }
            }
        }

        func open(to other: PeerID, subscribing topics: [GossipSub.Topic]) async throws -> Stream {
            let stream = try await peer.swarm.openStream(to: other, [GossipSub.Version.v1_1.protocolID])
            try await say(topics, on: stream)
            return stream
        }

        func say(_ topics: [GossipSub.Topic], isSubscribing: Bool = true, on stream: Stream) async throws {
            var rpc = RPC()
            rpc.subscriptions = topics.map { RPC.Subscription($0, isSubscribing: isSubscribing) }
            try await stream.write(rpc.frame)
        }
    }

    @Test("a stream that is reset comes again with everything in it, ever more seldom")
    func resets() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let gossip = try GossipNetwork(simulation, count: 1)
            let raw = try RawPeer(simulation.host("raw"))
            raw.answer = { [unowned raw] stream in
                await raw.listen(stream, count: 1)
                stream.reset()
            }
            _ = try await raw.peer.swarm.dial(gossip.network.peers[0].address)
            let stream = try await raw.open(to: gossip.network[0].localPeer, subscribing: ["t"])
            await gossip.pass(.seconds(30))
            #expect(gossip.services[0].peers(of: "t") == [raw.peer.id], "the peer is connected all the time")
            #expect(gossip.services[0].mesh(of: "t") == [raw.peer.id])
            #expect(raw.told.dropLast().allSatisfy { $0.first?.subscriptions.map(\.topic) == ["t"] })
            let gaps = zip(raw.opened, raw.opened.dropFirst()).map { $1 - $0 }
            #expect(gaps.count >= 6)
            #expect(gaps.prefix(6) == gaps.prefix(6).sorted()[...])
            #expect(gaps.allSatisfy { $0 >= .milliseconds(100) && $0 < .seconds(11) })
            // Once it listens, it is told, and told at once what has been said.
            raw.answer = { [unowned raw] stream in await raw.listen(stream) }
            await gossip.pass(.seconds(11))
            try gossip.publish(0, "hello")
            await gossip.pass(.seconds(1))
            let heard = raw.told.last?.flatMap(\.messages).map { String(decoding: $0.data, as: UTF8.self) }
            #expect(heard == ["hello"])
            #expect(raw.told.last?.first?.subscriptions.map(\.topic) == ["t"])
            #expect(raw.told.last?.contains { $0.control.graft == ["t"] } == true)
            stream.reset()
            await raw.peer.swarm.close()
            await gossip.close()
        }
    }

    @Test("an orderly end of our stream is an end, too")
    func closes() async throws {
        try await SimulatedWorld.run(seed: 2) { simulation in
            let gossip = try GossipNetwork(simulation, count: 1)
            let raw = try RawPeer(simulation.host("raw"))
            raw.answer = { [unowned raw] stream in
                await raw.listen(stream, count: raw.told.count == 1 ? 1 : .max)
                stream.close()
            }
            _ = try await raw.peer.swarm.dial(gossip.network.peers[0].address)
            _ = try await raw.open(to: gossip.network[0].localPeer, subscribing: ["t"])
            await gossip.pass(.seconds(2))
            try gossip.publish(0, "hello")
            await gossip.pass(.seconds(1))
            #expect(raw.opened.count == 2)
            #expect(raw.told.last?.flatMap(\.messages).count == 1)
            await raw.peer.swarm.close()
            await gossip.close()
        }
    }

    @Test("a peer's next stream says anew what it is subscribed to", arguments: [true, false])
    func subscriptionsAnew(_ resets: Bool) async throws {
        try await SimulatedWorld.run(seed: 3) { simulation in
            let gossip = try GossipNetwork(simulation, count: 1)
            try gossip.services[0].subscribe("u") { _, _, _ in .accept }
            let raw = try RawPeer(simulation.host("raw"))
            raw.answer = { [unowned raw] stream in await raw.listen(stream) }
            _ = try await raw.peer.swarm.dial(gossip.network.peers[0].address)
            let service = gossip.services[0]
            let first = try await raw.open(to: gossip.network[0].localPeer, subscribing: ["t"])
            await gossip.pass(.seconds(1))
            #expect(service.peers(of: "t") == [raw.peer.id] && service.peers(of: "u").isEmpty)
            if resets { first.reset() } else { first.close() }
            await gossip.pass(.seconds(1))
            #expect(service.peers(of: "t") == [raw.peer.id], "it is connected still")
            let told = raw.told.last?.count ?? 0
            let second = try await raw.open(to: gossip.network[0].localPeer, subscribing: ["u"])
            await gossip.pass(.seconds(2))
            #expect(service.peers(of: "t").isEmpty && service.peers(of: "u") == [raw.peer.id])
            #expect(service.mesh(of: "u") == [raw.peer.id])
            // It may have forgotten what we said: go-libp2p and py-libp2p do when their stream ends.
            let again = raw.told.last?.dropFirst(told) ?? []
            #expect(again.contains { Set($0.subscriptions.map(\.topic)) == ["t", "u"] })
            // One that does not begin with its subscriptions, as rust-libp2p's does not, is subscribed as before.
            second.reset()
            let third = try await raw.peer.swarm.openStream(
                to: gossip.network[0].localPeer, [GossipSub.Version.v1_1.protocolID])
            var rpc = RPC()
            rpc.control.graft = ["u"]
            try await third.write(rpc.frame)
            try await raw.say(["t"], on: third)
            await gossip.pass(.seconds(2))
            #expect(service.peers(of: "t") == [raw.peer.id] && service.peers(of: "u") == [raw.peer.id])
            // One that begins with nothing at all says that it is subscribed to nothing.
            third.reset()
            let fourth = try await raw.peer.swarm.openStream(
                to: gossip.network[0].localPeer, [GossipSub.Version.v1_1.protocolID])
            try await raw.say([], on: fourth)
            await gossip.pass(.seconds(2))
            #expect(service.peers(of: "t").isEmpty && service.peers(of: "u").isEmpty)
            await raw.peer.swarm.close()
            await gossip.close()
        }
    }

    @Test("streams on two connections are read both, and what was said on one that ends is said no more")
    func twoStreams() async throws {
        try await SimulatedWorld.run(seed: 4) { simulation in
            let gossip = try GossipNetwork(simulation, count: 1)
            let service = gossip.services[0]
            for topic in ["u", "v"] as [GossipSub.Topic] { try service.subscribe(topic) { _, _, _ in .accept } }
            let raw = try RawPeer(simulation.host("raw"))
            var connections: [Connection] = []
            for topics in [["t", "u"], ["u", "v"]] as [[GossipSub.Topic]] {
                let connection = try await raw.peer.swarm.dial(gossip.network.peers[0].address, reuse: false)
                connections.append(connection)
                let stream = try await connection.openStream([GossipSub.Version.v1_1.protocolID])
                try await raw.say(topics, on: stream)
                await gossip.pass(.seconds(1))
            }
            for topic in ["t", "u", "v"] as [GossipSub.Topic] { #expect(service.peers(of: topic) == [raw.peer.id]) }
            connections[0].close()
            await gossip.pass(.seconds(1))
            #expect(service.peers(of: "t").isEmpty)
            for topic in ["u", "v"] as [GossipSub.Topic] { #expect(service.peers(of: topic) == [raw.peer.id]) }
            await raw.peer.swarm.close()
            await gossip.close()
        }
    }

    @Test("a peer that never answers our stream is listened to for ten seconds, and no longer")
    func neverAccepts() async throws {
        try await SimulatedWorld.run(seed: 5) { simulation in
            let gossip = try GossipNetwork(simulation, count: 1)
            let world = simulation.host("raw")
            let adversary = try await Adversary.connect(world, to: simulation.address(of: "peer0", port: 4001))
            try await adversary.dialHandshake(as: .test(77))
            // Its stream, with a proposal; whatever is opened to it is left without an answer.
            let proposal = Adversary.negotiation("/multistream/1.0.0") + Adversary.negotiation("/meshsub/1.1.0")
            try adversary.sendSealed(Adversary.data(proposal, stream: 1, flags: 1))
            await gossip.pass(.seconds(8))
            #expect(gossip.services[0].peers(of: "t").isEmpty)
            #expect(try await adversary.receiveReset(of: 1) == StreamResetCode.none.rawValue)
            adversary.close()
            await gossip.close()
        }
    }

    @Test("a peer that begins stream after stream is not told everything each time")
    func streamAfterStream() async throws {
        try await SimulatedWorld.run(seed: 6) { simulation in
            let gossip = try GossipNetwork(simulation, count: 1)
            let raw = try RawPeer(simulation.host("raw"))
            raw.answer = { [unowned raw] stream in await raw.listen(stream) }
            _ = try await raw.peer.swarm.dial(gossip.network.peers[0].address)
            for _ in 0..<200 {
                _ = try await raw.open(to: gossip.network[0].localPeer, subscribing: ["t"])
                await gossip.pass(.milliseconds(10))
            }
            await gossip.pass(.seconds(2))
            #expect(raw.told.joined().count { !$0.subscriptions.isEmpty } <= 5)
            #expect(gossip.services[0].peers(of: "t") == [raw.peer.id])
            await raw.peer.swarm.close()
            await gossip.close()
        }
    }
}
